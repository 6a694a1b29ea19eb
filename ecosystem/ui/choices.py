"""Widgets that choose among a facet's options, and the address that holds what is chosen."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from ecosystem.common.text import fold
from ecosystem.finding.filters import FACETS, Filter, Names
from ecosystem.tables import organisations
from ecosystem.ui import labels, state
from ecosystem.ui.data import ask


def count_options(name: str, filter_: Filter) -> Callable[[str], str]:
    """Format function that writes each option of a facet with its count under the other filters."""
    return with_counts(labels.options(name), ask(organisations.facet_counts, filter_, name))


def options(name: str, filter_: Filter) -> list[str]:
    """Codes of a facet to choose from; of regions that are one place, the chosen or the first."""
    known = labels.options(name)
    if FACETS[name].labels is not Names.REGIONS:
        return list(known)
    chosen = [code for code in getattr(filter_, name) if code in known]
    by_label: dict[str, str] = {}
    for code in (*chosen, *known):
        by_label.setdefault(known[code], code)
    return [by_label[label] for label in sorted(by_label, key=fold)]


def with_counts(names: Mapping[str, str], counts: Mapping[str, int]) -> Callable[[str], str]:
    """Format function that writes each option with its count."""
    return lambda code: f"{names.get(code, code)} ({counts.get(code, 0):,})"


def take_over(name: str, key: str) -> None:
    """Callback: put what a widget has chosen of a facet into the address."""
    by_label = {label: code for code, label in labels.options(name).items()}
    # Between two reruns the browser may still send an option's label with its old count.
    codes = [by_label.get(value.rpartition(" (")[0], value) for value in st.session_state[key]]
    state.set_filter(state.filter_().with_values(name, codes))
