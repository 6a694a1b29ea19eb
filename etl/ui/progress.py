"""Progress of a long piece of work on a page."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import TypeVar

import streamlit as st

T = TypeVar("T")

# A browser hears of progress this often at most; more would slow the work down.
_EVERY_S = 0.2
_WORTH_SAYING_S = 2.0


class Bar:
    """One bar for all steps: what is being done, how far it is, how long it still takes.

    Fits :class:`etl.model.Track`.
    """

    def __init__(self) -> None:
        self._bar = st.progress(0.0, text="Starting")

    def __call__(self, sequence: Sequence[T], label: str) -> Iterator[T]:
        """Yield the items of a sequence, and show how far it is."""
        began = shown = time.monotonic()
        self._bar.progress(0.0, text=label)
        for done, item in enumerate(sequence):
            now = time.monotonic()
            if done and now - shown >= _EVERY_S:
                shown = now
                self._bar.progress(
                    done / len(sequence),
                    text=_in_words(label, (now - began) / done * (len(sequence) - done)),
                )
            yield item

    def finish(self) -> None:
        """Take the bar away."""
        self._bar.empty()


def _in_words(label: str, seconds: float) -> str:
    return f"{label}, about {seconds:.0f} s left" if seconds >= _WORTH_SAYING_S else label
