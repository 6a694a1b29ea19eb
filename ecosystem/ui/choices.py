"""Widgets that choose among a facet's options, and the address that holds what is chosen."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from ecosystem.finding.filters import Filter
from ecosystem.tables import organisations
from ecosystem.ui import labels, state
from ecosystem.ui.data import ask


def count_options(name: str, filter_: Filter) -> Callable[[str], str]:
    """Format function that writes each option of a facet with its count under the other filters."""
    return with_counts(labels.options(name), ask(organisations.facet_counts, filter_, name))


def with_counts(names: Mapping[str, str], counts: Mapping[str, int]) -> Callable[[str], str]:
    """Format function that writes each option with its count."""
    return lambda code: f"{names.get(code, code)} ({counts.get(code, 0):,})"


def take_over(name: str, key: str) -> None:
    """Callback: put what a widget has chosen of a facet into the address."""
    by_label = {label: code for code, label in labels.options(name).items()}
    # Between two reruns the browser may still send an option's label with its old count.
    codes = [by_label.get(value.rpartition(" (")[0], value) for value in st.session_state[key]]
    state.set_filter(state.filter_().with_values(name, codes))
