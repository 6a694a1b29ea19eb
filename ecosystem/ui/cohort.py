"""The cohort builder: candidates, criteria, limits, and what comes of them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import fields
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from ecosystem.common import wording
from ecosystem.common.vocabulary import COUNTRIES, DOMAINS, STAGES
from ecosystem.finding.filters import Filter
from ecosystem.matching import criteria
from ecosystem.matching.cohort import FULL, NEARLY_PERCENT, Choice, Cohort, CohortError, Limits
from ecosystem.matching.criteria import CRITERIA, Assessed, Wanted
from ecosystem.matching.score import Part
from ecosystem.tables import history, regions
from ecosystem.ui import drafts, filter_panel, found_line, listing, shortlist, state
from ecosystem.ui.data import ask
from ecosystem.ui.escape import markdown
from ecosystem.web.pages import ORGANISATION_PAGE

# Not the filter's own parameter: a list stays on this page.
_LIST = "list"
_TYPED = "cohort_typed"
_MOST_TYPED, _LONGEST_TYPED = 200, 60_000
_MOST_WEIGHT = 5
_ID = re.compile(r"[a-z]{2}-[a-z0-9-]{1,257}")
_EDGE = 12
_OLDEST = 50
_NO_LIMIT = 999
_AGE = re.compile(r"([0-9]{1,2})-([0-9]{1,2})", re.ASCII)
_LIMITS = {
    "most_per_valley": "At most from one valley",
    "least_valleys": "Different valleys at least",
    "least_countries": "Different countries at least",
    "most_per_domain": "At most with the same JRC domain",
    "least_domains": "Different JRC domains at least",
}
_NAMES = ("Best", "Second", "Third")


def page() -> None:
    """Candidates, criteria and limits of the address, and the cohort that is best by them."""
    st.markdown(
        "Choose the companies of a programme together, not one by one: the most points that your "
        "criteria give, under limits that keep the balance. The points are as good as the "
        "register, which is a sample; they prepare a decision and don’t make it."
    )
    filter_ = _source()
    if filter_ is None:
        return
    wanted, weights = _criteria()
    try:
        assessed = ask(criteria.assess, filter_, wanted, weights)
        limits = _limits(assessed)
        with st.spinner("Choosing …"):
            chosen = ask(criteria.choose, filter_, wanted, weights, limits)
    except CohortError as problem:
        st.warning(markdown(problem), icon=":material/rule:")
        return
    except ValueError as problem:
        st.warning(markdown(problem), icon=":material/balance:")
        return
    counted = [
        part
        for part in CRITERIA
        if weights[part.code] and (part.code != "domain" or wanted.domains)
    ]
    _cohort(assessed, chosen, limits, counted)
    _sensitivity(assessed, chosen, limits)
    _alternatives(assessed, chosen)
    _files(assessed, chosen, limits, wanted, weights)


def panel() -> None:
    """The filter in the sidebar, unless the address names a list of candidates."""
    if not state.params().get(_LIST):
        filter_panel.facets(state.filter_())


def _source() -> Filter | None:
    """The filter that the candidates are taken from; None if a list names nobody."""
    st.header("Candidates", anchor=False)
    typed = [text for text in state.params().get(_LIST, ()) if text][:_MOST_TYPED]
    own = shortlist.ids()
    with st.container(horizontal=True, vertical_alignment="center"):
        if own and typed != own:
            st.button(
                f"Take my shortlist ({len(own)})",
                icon=":material/bookmarks:",
                on_click=state.update,
                args=({_LIST: own},),
            )
        with st.popover("Type identifiers", icon=":material/keyboard:"):
            with drafts.keep("cohort", {_TYPED: drafts.text(_LONGEST_TYPED)}):
                st.text_area(
                    "Identifiers of organisations",
                    key=_TYPED,
                    max_chars=_LONGEST_TYPED,
                    placeholder="fr-yeswehack, es-alias-robotics",
                    help="Separated by spaces, commas or lines; an organisation’s page has it in "
                    "its address.",
                )
            st.button("Take these", on_click=_take_typed)
        if typed:
            st.button(
                "Take the filter instead",
                icon=":material/filter_alt:",
                on_click=state.update,
                args=({_LIST: None},),
            )
    if not typed:
        filter_ = state.filter_()
        st.caption(
            "SMEs and start-ups among "
            f"{markdown(filter_.sentence({'valley': ask(regions.labels)}))}: the filter at the "
            "side narrows them."
        )
        return filter_
    sound = [id_ for id_ in typed if _ID.fullmatch(id_)]
    now = ask(history.current_ids, sound)
    unknown = [id_ for id_ in typed if id_ not in now]
    if unknown:
        st.info(
            f"Not in the register: {markdown(wording.join_first(unknown, _EDGE))}.",
            icon=":material/search_off:",
        )
    if not now:
        st.warning("There are no candidates to choose from.", icon=":material/rule:")
        return None
    st.caption("SMEs and start-ups of the list in the address; others are left out.")
    return Filter(orgs=tuple(sorted(set(now.values()))))


def _take_typed() -> None:
    ids = re.split(r"[\s,;]+", st.session_state[_TYPED].strip().lower())
    state.update({_LIST: list(dict.fromkeys(filter(None, ids)))[:_MOST_TYPED]})


def _criteria() -> tuple[Wanted, dict[str, float]]:
    weights = {part.code: _number(f"c_{part.code}", part.weight, _MOST_WEIGHT) for part in CRITERIA}
    wanted = _read_wanted()
    with st.expander("Criteria", icon=":material/balance:"):
        left, right = st.columns(2, gap="large")
        with left:
            st.caption("What you look for")
            _choices("stages", "Stages", list(STAGES), STAGES.labels(), list(wanted.stages))
            _age(wanted)
            _choices("wanted", "JRC domains", list(DOMAINS), DOMAINS.labels(), list(wanted.domains))
            _choices("places", "Valleys", list(_valleys()), _valleys(), list(wanted.valleys))
            st.toggle(
                "What isn’t known gives no points",
                key="cohort_unknown",
                help="Else the criteria that are known count for the unknown ones too.",
                on_change=state.bind(
                    "unknown",
                    "cohort_unknown",
                    wanted.unknown_is_nothing,
                    default=True,
                    write=lambda _: "left-out",
                ),
            )
        with right:
            st.caption("How much each criterion counts; 0 leaves it out")
            for part in CRITERIA:
                key = f"cohort_weight_{part.code}"
                st.slider(
                    part.label,
                    0,
                    _MOST_WEIGHT,
                    key=key,
                    help=part.meaning,
                    on_change=state.bind(
                        f"c_{part.code}", key, weights[part.code], default=part.weight
                    ),
                )
    return wanted, {code: float(weight) for code, weight in weights.items()}


def _read_wanted() -> Wanted:
    usual = Wanted()
    span = _AGE.fullmatch(state.get("age"))
    youngest, oldest = (int(span[1]), int(span[2])) if span else (usual.youngest, usual.oldest)
    stages = tuple(code for code in state.params().get("stages", ()) if code in STAGES)
    return Wanted(
        stages or usual.stages,
        min(youngest, oldest, _OLDEST),
        min(max(youngest, oldest), _OLDEST),
        tuple(code for code in state.params().get("wanted", ()) if code in DOMAINS),
        tuple(code for code in state.params().get("places", ()) if code in _valleys()),
        state.get("unknown") != "left-out",
    )


def _valleys() -> dict[str, str]:
    return {
        id_: name for id_, name in ask(regions.labels).items() if regions.level_of(id_) == "valley"
    }


def _choices(
    param: str, label: str, options: Sequence[str], names: Mapping[str, str], chosen: list[str]
) -> None:
    key = f"cohort_{param}"
    default = list(Wanted().stages) if param == "stages" else []
    st.multiselect(
        label,
        options,
        format_func=names.__getitem__,
        key=key,
        placeholder="None in particular",
        on_change=state.bind(param, key, chosen, default=default, write=list),
    )


def _age(wanted: Wanted) -> None:
    usual = (Wanted().youngest, Wanted().oldest)
    st.slider(
        "Age in years",
        0,
        _OLDEST,
        key="cohort_age",
        on_change=state.bind(
            "age",
            "cohort_age",
            (wanted.youngest, wanted.oldest),
            default=usual,
            write=lambda span: f"{span[0]}-{span[1]}",
        ),
    )


def _number(param: str, default: int, most: int, least: int = 0) -> int:
    asked = state.get(param)
    is_number = asked.isascii() and asked.isdigit() and len(asked) <= len(str(_NO_LIMIT))
    return int(asked) if is_number and least <= int(asked) <= most else default


def _limits(assessed: Assessed) -> Limits:
    names = dict(zip(assessed.rows["id"], assessed.rows["name"], strict=True))
    size = _number("size", Limits().size, _NO_LIMIT, 1)
    bounds = {name: _number(name, 0, _NO_LIMIT, 1) or None for name in _LIMITS}
    asked = {param: state.params().get(param, ()) for param in ("in", "out")}
    named = {param: [id_ for id_ in ids if id_ in names] for param, ids in asked.items()}
    with st.expander("Size and limits", icon=":material/rule:", expanded=True):
        columns = st.columns(3)
        with columns[0]:
            _number_box("size", "Members of the cohort", size, Limits().size)
        for i, (name, label) in enumerate(_LIMITS.items(), start=1):
            with columns[i % 3]:
                _number_box(name, label, bounds[name], None)
        halves = st.columns(2)
        for column, param, label in zip(
            halves, named, ("Certainly in", "Certainly out"), strict=True
        ):
            key = f"cohort_{param}"
            with column:
                st.multiselect(
                    label,
                    list(names),
                    format_func=names.__getitem__,
                    key=key,
                    placeholder="Nobody",
                    on_change=state.bind(param, key, named[param], default=[], write=list),
                )
        missing = [id_ for param, ids in asked.items() for id_ in ids if id_ not in named[param]]
        if missing:
            st.caption(f"Not among the candidates: {markdown(wording.join(missing[:_EDGE]))}.")
    return Limits(size, **bounds, include=tuple(named["in"]), exclude=tuple(named["out"]))


def _number_box(param: str, label: str, value: int | None, default: int | None) -> None:
    key = f"cohort_{param}"
    st.number_input(
        label,
        min_value=1,
        max_value=_NO_LIMIT,
        value=None,
        step=1,
        key=key,
        placeholder="No limit",
        on_change=state.bind(param, key, value, default=default),
    )


def _cohort(assessed: Assessed, chosen: Choice, limits: Limits, counted: Sequence[Part]) -> None:
    rows, best = assessed.rows.set_index("id"), chosen.best
    st.header("The cohort", anchor=False)
    members = rows.loc[list(best.ids)]
    proof = (
        ""
        if best.is_best
        else (
            f" It isn’t proved to be the best: at most {wording.number(best.at_most)} are possible."
        )
    )
    found_line.show(
        f"**{wording.count(len(members), 'company', 'companies')}** of "
        f"{wording.count(len(rows), 'candidate')}, from "
        f"{wording.count(members['country'].nunique(), 'country', 'countries')} and "
        f"{wording.count(_valley_number(members), 'valley')}, with "
        f"**{wording.number(best.points)}** of {wording.number(FULL * len(members))} points."
        f"{proof}"
    )
    reasons = criteria.why_in(assessed.rows, chosen, limits, best.ids)
    with listing.rows("cohort"):
        for id_, row in members.to_dict("index").items():
            with st.container(border=True, gap="xxsmall"):
                _member(str(id_), row, reasons[str(id_)], counted)
    passed_over = criteria.why_out(assessed.rows, limits, best.ids)
    points = dict(zip(assessed.rows["id"], assessed.rows["points"].tolist(), strict=True))
    names = dict(zip(assessed.rows["id"], assessed.rows["name"], strict=True))
    if passed_over:
        with st.expander(f"More points, and not in ({len(passed_over)})"):
            st.markdown(
                "\n".join(
                    f"- {markdown(names[id_])} ({points[id_]} points): {markdown(reason)}"
                    for id_, reason in passed_over.items()
                )
            )


def _member(id_: str, row: Mapping[Any, Any], reason: str, counted: Sequence[Part]) -> None:
    st.page_link(
        ORGANISATION_PAGE,
        label=f":primary[{markdown(row['name'])}]",
        query_params={"org": id_},
    )
    place = f"{row['city']}, {COUNTRIES.label(row['country'])}"
    st.markdown(
        f"**{row['points']} points** · {wording.percent(row['known'])} known · "
        f"{markdown(place)} · {markdown(reason)}"
    )
    st.caption(
        " · ".join(f"{part.label}: {markdown(row[f'reason_{part.code}'])}" for part in counted)
    )


def _valley_number(members: pd.DataFrame) -> int:
    return members["valley"][members["valley"] != ""].nunique()


def _sensitivity(assessed: Assessed, chosen: Choice, limits: Limits) -> None:
    names = dict(zip(assessed.rows["id"], assessed.rows["name"], strict=True))
    st.header("How firm the choice is", anchor=False)
    percent = 100 - NEARLY_PERCENT
    certain = [names[id_] for id_ in chosen.always]
    changing = [id_ for id_ in chosen.sometimes if id_ in chosen.best.ids]
    outside = [id_ for id_ in chosen.sometimes if id_ not in chosen.best.ids]
    st.markdown(
        f"Cohorts with at most {percent} % fewer points than the best are as good, for all the "
        "register knows."
    )
    st.markdown(
        "\n".join(
            [
                f"- **In every one of them** ({len(certain)}): {_some(certain)}",
                f"- **In this one, but exchangeable** ({len(changing)}): "
                f"{_some([names[id_] for id_ in changing])}",
                f"- **Not in this one, but in some** ({len(outside)}): "
                f"{_some([names[id_] for id_ in outside])}",
            ]
        )
    )
    if not chosen.is_settled:
        st.caption("There wasn’t time to try everything: more may be exchangeable, or cost points.")
    if not limits.single():
        st.caption("There are no limits, so none costs anything.")
    elif chosen.costs:
        st.dataframe(_costs(chosen, names), hide_index=True, alt="What each limit costs")
        st.caption("Points that the best cohort would have more without that one limit.")


def _costs(chosen: Choice, names: Mapping[str, str]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Limit": [cost.limit.words(names) for cost in chosen.costs],
            "Points without it": [chosen.best.points + cost.points for cost in chosen.costs],
            "It costs": [cost.points for cost in chosen.costs],
        }
    )


def _some(names: Sequence[str]) -> str:
    if not names:
        return "nobody"
    return wording.join_first([markdown(name) for name in names], _EDGE)


def _alternatives(assessed: Assessed, chosen: Choice) -> None:
    if not chosen.alternatives:
        return
    st.header("Side by side", anchor=False)
    st.caption(
        "The best cohort, and the best of those that differ from each one before in a fifth of "
        "the members or more."
    )
    every = [chosen.best, *chosen.alternatives]
    columns = st.columns(len(every))
    for column, name, one in zip(columns, _NAMES, every, strict=False):
        members = assessed.rows[assessed.rows["id"].isin(one.ids)]
        with column:
            st.metric(name, f"{wording.number(one.points)} points")
            st.caption(
                f"{wording.count(members['country'].nunique(), 'country', 'countries')}, "
                f"{wording.count(_valley_number(members), 'valley')}"
            )
    st.dataframe(_comparison(assessed, every), hide_index=True, alt="Members of each cohort")


def _comparison(assessed: Assessed, every: Sequence[Cohort]) -> pd.DataFrame:
    rows = assessed.rows[assessed.rows["id"].isin({id_ for one in every for id_ in one.ids})]
    columns = {"Company": rows["name"], "Points": rows["points"]}
    for name, one in zip(_NAMES, every, strict=False):
        columns[name] = rows["id"].isin(one.ids).map({True: "in", False: ""})
    return pd.DataFrame(columns)


def file_tables(
    assessed: Assessed,
    chosen: Choice,
    limits: Limits,
    wanted: Wanted,
    weights: Mapping[str, float],
) -> dict[str, pd.DataFrame]:
    """What a workbook of a cohort has: members, all candidates, firmness, what was asked."""
    rows = assessed.rows
    names = dict(zip(rows["id"], rows["name"], strict=True))
    told = pd.DataFrame(
        {
            "id": rows["id"],
            "name": rows["name"],
            "town": rows["city"],
            "country": rows["country"],
            "valley": rows["valley"],
            "domains": rows["domains"].map(";".join),
            "points": rows["points"],
            "known": rows["known"].astype(float).round(3),
            **{
                name: column
                for part in CRITERIA
                for name, column in (
                    (part.label, rows[f"part_{part.code}"].astype(float).round(3)),
                    (f"{part.label}: why", rows[f"reason_{part.code}"]),
                )
            },
        }
    )
    best = chosen.best.ids
    members = told[told["id"].isin(best)]
    why = criteria.why_in(rows, chosen, limits, best)
    out = criteria.why_out(rows, limits, best)
    near = {**dict.fromkeys(chosen.sometimes, "some"), **dict.fromkeys(chosen.always, "every")}
    asked = [
        ("candidates", len(rows)),
        ("members", limits.size),
        *((limit.words(names), "limit") for limit in limits.single()),
        *((f"weight of {part.label}", weights[part.code]) for part in CRITERIA),
        *((f"wanted: {f.name}", _plain(getattr(wanted, f.name))) for f in fields(wanted)),
        ("points", chosen.best.points),
        ("proved to be the best", "yes" if chosen.best.is_best else "no"),
    ]
    return {
        "Cohort": members.assign(why=[why[id_] for id_ in members["id"]]),
        "Candidates": told.assign(
            chosen=told["id"].isin(best).map({True: "yes", False: ""}),
            **{
                f"in cohorts within {100 - NEARLY_PERCENT} %": [
                    near.get(id_, "none") for id_ in told["id"]
                ],
                "why not": [out.get(id_, "") for id_ in told["id"]],
            },
        ),
        "Limits": _costs(chosen, names),
        "Side by side": _comparison(assessed, [chosen.best, *chosen.alternatives]),
        "Asked": pd.DataFrame(asked, columns=["what", "value"]).astype({"value": str}),
    }


def _plain(value: Any) -> str:
    return ";".join(value) if isinstance(value, tuple) else str(value)


def _files(
    assessed: Assessed,
    chosen: Choice,
    limits: Limits,
    wanted: Wanted,
    weights: Mapping[str, float],
) -> None:
    st.header("Take it with you", anchor=False)
    tables = file_tables(assessed, chosen, limits, wanted, weights)
    listing.downloads("cohort", {name: partial(tables.__getitem__, name) for name in tables})
