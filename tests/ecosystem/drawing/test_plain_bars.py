"""Bars as HTML."""

from __future__ import annotations

import re

import pandas as pd

from ecosystem.drawing.plain_bars import plain_bars


def test_bars_keep_the_order_and_show_every_number() -> None:
    html = plain_bars(pd.Series({"b": 1200, "a": 300, "c": 0}), {"a": "Assurance", "b": "Bits"})
    assert re.findall(r"<span>(.*?)</span>", html) == ["Bits", "Assurance", "c"]
    assert re.findall(r"<b>(.*?)</b>", html) == ["1,200", "300", "0"]
    assert re.findall(r"width:(.*?)%", html) == ["100.0", "25.0", "0.0"]


def test_text_is_escaped() -> None:
    html = plain_bars(pd.Series({"x": 1}), {"x": "<img src=x onerror=alert(1)> & Co"})
    assert "<img" not in html
    assert "&lt;img src=x onerror=alert(1)&gt; &amp; Co" in html


def test_nothing_is_an_empty_list() -> None:
    assert plain_bars(pd.Series(dtype="int64"), {}) == '<ul class="cv-bars"></ul>'
