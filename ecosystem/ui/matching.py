"""The matching page: who fits whom, why, and how much of it is known."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from ecosystem.common import wording
from ecosystem.common.glossary import explain
from ecosystem.common.vocabulary import COUNTRIES, TYPES
from ecosystem.finding.filters import MAX_SEARCH_LENGTH, Filter
from ecosystem.matching import matches, score
from ecosystem.matching.matches import Find, Matches, Narrowing, Order
from ecosystem.matching.register import COMPANY
from ecosystem.matching.score import Part
from ecosystem.tables import investors, life, organisations
from ecosystem.ui import found_line, listing, state, tab_title
from ecosystem.ui.data import ask
from ecosystem.ui.escape import markdown
from ecosystem.ui.organisation_list import page_number, pagination
from ecosystem.web.pages import INVESTOR_PAGE, ORGANISATION_PAGE

_IN_LIST, _OFFERED = 10, 8
_MOST_WEIGHT = 5
_ORDERS = {
    Order.SURE: "What is known to fit",
    Order.SCORE: "Score alone",
}
_ALL_LISTED = "**{found}** of {of} in the register."
_FIRST_LISTED = "**{found}** of {of} in the register; the first {listed} are listed."
_NARROWED_BY = ("country", "sure", "page")


@dataclass(frozen=True)
class Mode:
    """What is matched with what.

    Attributes
    ----------
    code, label : str
        Its name in the address, and for people.
    parts : tuple of Part
        What the score is made of.
    find : callable
        Gives the matches: of the database, an id, weights and a narrowing.
    param : str
        Parameter of the address with the id.
    reason : str
        Why the weights are what they are by default.
    one, many : str
        The noun for what is found.
    none : Empty
        What is said where the narrowing leaves nothing.
    """

    code: str
    label: str
    parts: tuple[Part, ...]
    find: Find
    param: str
    reason: str
    one: str
    many: str
    none: listing.Empty


_MANDATE = (
    "Stage and geography count most by default, because its mandate binds a fund to them; whether "
    "it knows the field says how a talk begins, not whether there is one."
)
_COMPANIES = (
    "SME or start-up",
    "SMEs and start-ups",
    listing.Empty("There are no SMEs and start-ups for which all of this holds."),
)
MODES = {
    mode.code: mode
    for mode in (
        Mode(
            "investors",
            "Investors for a company",
            score.INVESTMENT,
            matches.investors_for,
            "org",
            _MANDATE,
            "investor",
            "investors",
            listing.Empty("There are no investors for which all of this holds."),
        ),
        Mode(
            "companies",
            "Companies for an investor",
            score.INVESTMENT,
            matches.companies_for,
            "investor",
            _MANDATE,
            *_COMPANIES,
        ),
        Mode(
            "partners",
            "Companies for a joint project",
            score.PROJECT,
            matches.partners_for,
            "org",
            "What each adds to the other counts most by default: it is why a project needs two.",
            *_COMPANIES,
        ),
    )
}
_DEFAULT = "investors"
_WEIGHTS = tuple({f"w_{part.code}": None for mode in MODES.values() for part in mode.parts})


def page() -> None:
    """What fits the organisation or investor that the address names."""
    mode = _mode()
    st.markdown(
        "Named parts, each from 0 to 1, and weights that you set: a list to begin a conversation "
        "with, and every number can be checked. It says nothing of how good anybody is."
    )
    chosen = _choose_investor() if mode.param == "investor" else _choose_company()
    if chosen is None:
        _explain(mode)
        return
    subject, name = chosen
    tab_title.show(name, "Matching")
    weights = _weights(mode)
    try:
        score.check_weights(weights, mode.parts)
    except ValueError as problem:
        st.warning(markdown(problem), icon=":material/balance:")
        _reset_weights()
        _explain(mode)
        return
    st.header(f"{mode.label.partition(' for ')[0]} for {markdown(name)}", anchor=False)
    if mode.param == "org":
        _say_type(subject)
    _matches(mode, subject, name, weights)
    _explain(mode)


def _mode() -> Mode:
    asked = state.get("show", _DEFAULT)
    mode = MODES.get(asked, MODES[_DEFAULT])
    st.segmented_control(
        "Match",
        list(MODES),
        format_func=lambda code: MODES[code].label,
        key="matching_show",
        required=True,
        label_visibility="collapsed",
        on_change=state.bind(
            "show",
            "matching_show",
            mode.code,
            default=_DEFAULT,
            resets=(*_WEIGHTS, *_NARROWED_BY),
        ),
    )
    return mode


def _choose_company() -> tuple[str, str] | None:
    """The company of the address, with a way to another; else a box to find one."""
    asked = state.get("org")
    record = ask(organisations.one, asked) if asked else None
    if record is not None and not life.has_ended(record):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.page_link(
                ORGANISATION_PAGE,
                label=markdown(record["name"]),
                icon=":material/domain:",
                query_params={"org": asked},
            )
            st.button(
                "Another company",
                icon=":material/search:",
                on_click=state.update,
                args=({"org": None, "page": None},),
            )
        return asked, str(record["name"])
    if asked:
        st.info(
            "There is no organisation with this identifier in the register. It may have closed, or "
            "the address was mistyped.",
            icon=":material/search_off:",
        )
    text = st.text_input(
        "Find a company",
        key="matching_words",
        max_chars=MAX_SEARCH_LENGTH,
        placeholder="Name, town or what it does",
        icon=":material/search:",
    )
    if text.strip():
        _offer_companies(text)
    return None


def _offer_companies(text: str) -> None:
    filter_ = Filter.from_params({"q": [text], "type": [COMPANY]})
    found = ask(organisations.page, filter_, sort=organisations.RELEVANCE, limit=_OFFERED)
    if found.empty:
        st.caption(f"No SME or start-up of the register is found by “{markdown(text)}”.")
    for row in found.to_dict("records"):
        where = f"{row['city']}, {COUNTRIES.label(row['country'])}"
        st.button(
            markdown(f"{row['name']} · {where}"),
            key=f"matching_org_{row['org_id']}",
            icon=":material/domain:",
            on_click=state.update,
            args=({"org": row["org_id"], "page": None},),
        )


def _choose_investor() -> tuple[str, str] | None:
    names = ask(investors.names)
    asked = state.get("investor")
    if asked and asked not in names:
        st.info(
            "There is no investor with this identifier in the register.",
            icon=":material/search_off:",
        )
    st.selectbox(
        "Investor",
        list(names),
        index=None,
        format_func=names.__getitem__,
        key="matching_investor",
        placeholder="Choose or type a name",
        on_change=state.bind(
            "investor",
            "matching_investor",
            asked if asked in names else None,
            resets=("page",),
        ),
    )
    return (asked, names[asked]) if asked in names else None


def _say_type(org_id: str) -> None:
    record = ask(organisations.one, org_id)
    if record is not None and record["type"] != COMPANY:
        kind = TYPES.inside(record["type"])
        st.caption(
            f"The register has it as: {kind}. The score is made for SMEs and start-ups, so read it "
            "with care."
        )


def _weights(mode: Mode) -> dict[str, float]:
    """Sliders for the weights, which the address holds; what they are set to."""
    weights = {part.code: _weight(part) for part in mode.parts}
    with st.expander("Weights", icon=":material/balance:"):
        st.caption(f"How much each part counts; 0 leaves it out. {mode.reason}")
        columns = st.columns(2)
        for i, part in enumerate(mode.parts):
            key = f"matching_{mode.code}_{part.code}"
            with columns[i % 2]:
                st.slider(
                    part.label,
                    0,
                    _MOST_WEIGHT,
                    key=key,
                    help=part.meaning,
                    on_change=state.bind(
                        f"w_{part.code}",
                        key,
                        weights[part.code],
                        default=part.weight,
                        resets=("page",),
                    ),
                )
        # Where all are zero the page offers it beside the sentence.
        if any(weights.values()) and any(weights[p.code] != p.weight for p in mode.parts):
            _reset_weights()
    return {code: float(weight) for code, weight in weights.items()}


def _weight(part: Part) -> int:
    asked = state.get(f"w_{part.code}")
    is_weight = asked.isascii() and asked.isdigit() and len(asked) == 1
    return int(asked) if is_weight and int(asked) <= _MOST_WEIGHT else part.weight


def _reset_weights() -> None:
    st.button(
        "Weights as they were",
        key="matching_reset",
        icon=":material/restart_alt:",
        on_click=state.update,
        args=(dict.fromkeys(_WEIGHTS),),
    )


def _narrowing(mode: Mode) -> Narrowing:
    known = ask(matches.countries, mode.param == "org" and mode.parts is score.INVESTMENT)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        with st.container(width=320):
            countries = listing.several(
                "country", f"Country of the {mode.many}", listing.names(known, COUNTRIES.labels())
            )
        sure = _sure()
        asked = state.get("order", Order.SURE)
        order = Order(asked) if asked in set(Order) else Order.SURE
        st.selectbox(
            "Sort by",
            list(Order),
            format_func=_ORDERS.__getitem__,
            key="matching_order",
            width=230,
            help="What is known to fit is the score times the confidence: the share of all weight "
            "that is known and fits. The score alone puts pairs first of which little is known.",
            on_change=state.bind(
                "order", "matching_order", order, default=Order.SURE, resets=("page",)
            ),
        )
    return Narrowing(order, sure / 100, tuple(countries))


def _sure() -> int:
    steps = (0, 25, 50, 75)
    asked = state.get("sure")
    sure = int(asked) if asked in {str(step) for step in steps} else 0
    st.selectbox(
        "Confidence",
        steps,
        format_func=lambda step: f"At least {step} %" if step else "Any",
        key="matching_sure",
        width=160,
        help=explain("confidence"),
        on_change=state.bind("sure", "matching_sure", sure, default=0, resets=("page",)),
    )
    return sure


def _matches(mode: Mode, subject: str, name: str, weights: dict[str, float]) -> None:
    narrowing = _narrowing(mode)
    found = ask(mode.find, subject, weights, replace(narrowing, limit=0))
    listed = min(found.left, matches.MOST)
    if not found.left:
        _say_nothing(mode, found, narrowing, name)
        return
    says = _ALL_LISTED if listed == found.left else _FIRST_LISTED
    found_line.show(
        says.format(
            found=wording.count(found.left, mode.one, mode.many),
            of=wording.number(found.compared),
            listed=wording.number(listed),
        )
    )
    everything = partial(ask, mode.find, subject, weights, narrowing)
    if _as_table():
        _show_table(mode, everything().rows)
    else:
        _show_list(mode, listed, partial(ask, mode.find, subject, weights), narrowing)
    listing.downloads(
        f"matches-{subject}",
        {
            "Matches": lambda: file_table(mode, everything().rows),
            "Parts": lambda: _parts(mode, weights),
        },
    )


def _as_table() -> bool:
    view = "table" if state.get("view") == "table" else "list"
    st.segmented_control(
        "Show as",
        ["list", "table"],
        format_func={"list": "List with reasons", "table": "Table"}.__getitem__,
        key="matching_view",
        label_visibility="collapsed",
        required=True,
        on_change=state.bind("view", "matching_view", view, default="list", resets=("page",)),
    )
    return view == "table"


def _show_list(
    mode: Mode, listed: int, find: Callable[[Narrowing], Matches], narrowing: Narrowing
) -> None:
    number, offset = page_number(listed, _IN_LIST)
    rows = find(replace(narrowing, offset=offset, limit=_IN_LIST)).rows
    with listing.rows("listed"):
        for row in rows.to_dict("records"):
            with st.container(border=True, gap="xxsmall"):
                _row(mode, row)
    pagination(number, listed, _IN_LIST)


def _show_table(mode: Mode, rows: pd.DataFrame) -> None:
    columns = {
        "Name": rows["name"],
        "Country": rows["country"].map(COUNTRIES.label, na_action="ignore").fillna(wording.DASH),
        "Score": rows["score"],
        "Known": rows["confidence"],
        **{part.label: rows[f"part_{part.code}"] for part in mode.parts},
        "Why": [_why(mode, row) for row in rows.to_dict("records")],
    }
    two_digits = st.column_config.NumberColumn(format="%.2f", width="small")
    st.dataframe(
        pd.DataFrame(columns),
        hide_index=True,
        alt=f"{mode.label}: scores and reasons",
        column_config={
            "Name": st.column_config.TextColumn(pinned=True),
            "Known": st.column_config.NumberColumn(format="percent", width="small"),
            "Why": st.column_config.TextColumn(width="large"),
            **dict.fromkeys(["Score", *(part.label for part in mode.parts)], two_digits),
        },
    )
    st.caption("An empty cell is a part of which nothing is known.")


def _why(mode: Mode, row: Mapping[Any, Any]) -> str:
    """The reasons of a match as one text; what isn't known is left out."""
    known = [part for part in mode.parts if wording.is_known(row[f"part_{part.code}"])]
    return "; ".join(f"{part.label}: {row[f'reason_{part.code}']}" for part in known)


def _say_nothing(mode: Mode, found: Matches, narrowing: Narrowing, name: str) -> None:
    if not found.compared:
        st.info(f"The register lists no {mode.many} yet.", icon=":material/info:")
    elif narrowing.countries or narrowing.least_confidence:
        listing.nothing_found(mode.none, _NARROWED_BY, is_any=True)
    else:
        st.info(
            f"No part that counts is known of {markdown(name)} with any of the "
            f"{wording.count(found.compared, mode.one, mode.many)}, so there is no score. That is "
            "a gap of the register, and says nothing of it.",
            icon=":material/info:",
        )


def _row(mode: Mode, row: Mapping[Any, Any]) -> None:
    _profile(mode, row)
    where = [_text(row["city"]), COUNTRIES.label(row["country"]) if _text(row["country"]) else ""]
    st.markdown(
        " · ".join(
            [
                f"**Score {row['score']:.2f}**",
                f"**{wording.percent(row['confidence'])} known**",
                markdown(", ".join(filter(None, where)) or f"seat {wording.NOT_KNOWN}"),
            ]
        )
    )
    lines = []
    for part in mode.parts:
        value = row[f"part_{part.code}"]
        figure = f"{value:.2f}" if wording.is_known(value) else "unknown"
        lines.append(f"- {part.label} **{figure}**: {markdown(row[f'reason_{part.code}'])}")
    st.markdown("\n".join(lines))


def _profile(mode: Mode, row: Mapping[Any, Any]) -> None:
    page, param = (INVESTOR_PAGE, "id") if mode.code == "investors" else (ORGANISATION_PAGE, "org")
    st.page_link(
        page,
        label=f":primary[{markdown(row['name'])}]",
        query_params={param: str(row["id"])},
    )


def file_table(mode: Mode, rows: pd.DataFrame) -> pd.DataFrame:
    """The list as a file has it: an empty cell is unknown."""
    columns = {
        "id": rows["id"],
        "name": rows["name"],
        "town": rows["city"],
        "country": rows["country"],
        "score": rows["score"].astype(float).round(3),
        "confidence": rows["confidence"].astype(float).round(3),
    }
    for part in mode.parts:
        columns[part.label] = rows[f"part_{part.code}"].astype(float).round(3)
        columns[f"{part.label}: why"] = rows[f"reason_{part.code}"]
    return pd.DataFrame(columns)


def _parts(mode: Mode, weights: Mapping[str, float]) -> pd.DataFrame:
    return pd.DataFrame(
        [(part.label, weights[part.code], part.meaning) for part in mode.parts],
        columns=["part", "weight", "how it is worked out"],
    )


def _explain(mode: Mode) -> None:
    with st.expander("How the score is made, and what it isn’t", icon=":material/info:"):
        st.markdown(
            "**Score** is the mean of the known parts, each counted with its weight. **Known** is "
            "the share of the weight of which the register knows anything: a missing fact lowers "
            "it and not the score. The same pair has the same score from either side."
        )
        st.markdown("\n".join(f"- **{part.label}.** {part.meaning}" for part in mode.parts))
        st.markdown(
            "It is no forecast and no judgement. The register has a sample of the investors, of "
            "the rounds and of what companies need, mostly what pages have told in public; "
            "nothing is learned from past deals. A high score is a reason to read two profiles."
        )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
