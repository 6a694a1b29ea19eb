"""A cohort is the best that its limits allow: the same as trying every one."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from itertools import combinations

import pytest

from ecosystem.matching import cohort
from ecosystem.matching.cohort import (
    Candidate,
    CohortError,
    ContradictionError,
    Limit,
    Limits,
    breaches,
    choose,
    contradiction,
)

_DOMAINS = ("cryptology", "human-aspects", "legal-aspects")


def _candidates(number: random.Random) -> list[Candidate]:
    return [
        Candidate(
            f"c{i}",
            f"Company {i}",
            number.choice([0, 250, 333, 500, 900, 1000]),
            number.choice(["AT", "FR", "DE"]),
            number.choice(["", "one", "two", "three"]),
            tuple(number.sample(_DOMAINS, number.randint(0, 2))),
        )
        for i in range(number.randint(4, 8))
    ]


def _limits(number: random.Random, candidates: list[Candidate]) -> Limits:
    def maybe(most: int) -> int | None:
        return number.choice([None, number.randint(1, most)])

    ids = [candidate.id for candidate in candidates]
    return Limits(
        size=number.randint(1, 4),
        most_per_valley=maybe(2),
        least_valleys=maybe(3),
        least_countries=maybe(3),
        most_per_domain=maybe(3),
        least_domains=maybe(3),
        include=tuple(number.sample(ids, number.choice([0, 0, 1]))),
        exclude=tuple(number.sample(ids, number.choice([0, 0, 2]))),
    )


def _keeps(limits: Limits, members: tuple[Candidate, ...]) -> bool:
    """The limits as somebody would read them, in other words than the product's."""
    valleys = [member.valley for member in members if member.valley]
    domains = [code for member in members for code in member.domains]
    ids = {member.id for member in members}
    return (
        all(valleys.count(v) <= (limits.most_per_valley or 99) for v in valleys)
        and len(set(valleys)) >= (limits.least_valleys or 0)
        and len({member.country for member in members}) >= (limits.least_countries or 0)
        and all(domains.count(code) <= (limits.most_per_domain or 99) for code in domains)
        and len(set(domains)) >= (limits.least_domains or 0)
        and ids >= set(limits.include)
        and not ids & set(limits.exclude)
    )


def _every(candidates: list[Candidate], limits: Limits) -> Iterator[tuple[Candidate, ...]]:
    return (some for some in combinations(candidates, limits.size) if _keeps(limits, some))


def _points(members: tuple[Candidate, ...]) -> int:
    return sum(member.points for member in members)


@pytest.mark.parametrize("seed", range(80))
def test_the_choice_equals_trying_every_cohort(seed: int) -> None:
    number = random.Random(seed)  # noqa: S311
    candidates = _candidates(number)
    limits = _limits(number, candidates)
    allowed = list(_every(candidates, limits))
    if not allowed:
        with pytest.raises(ContradictionError) as refusal:
            choose(candidates, limits)
        _assert_smallest(candidates, limits, refusal.value)
        return
    best = max(map(_points, allowed))
    chosen = choose(candidates, limits, seconds=60)
    assert chosen.best.points == chosen.best.at_most == best
    assert chosen.is_settled
    near = [
        {member.id for member in some}
        for some in allowed
        if 100 * _points(some) >= cohort.NEARLY_PERCENT * best
    ]
    assert set(chosen.always) == set.intersection(*near)
    assert set(chosen.sometimes) == set.union(*near) - set.intersection(*near)
    for cost in chosen.costs:
        rest = [limit for limit in limits.single() if limit != cost.limit]
        without = max(map(_points, _every(candidates, limits.only(rest))))
        assert cost.points == without - best
    assert len(chosen.costs) == len(limits.single())
    shown = [chosen.best]
    for other in chosen.alternatives:
        assert not breaches(candidates, limits, other.ids)
        assert other.points <= shown[-1].points
        for before in shown:
            assert len(set(other.ids) & set(before.ids)) <= limits.size * 4 / 5
        shown.append(other)


def _assert_smallest(
    candidates: list[Candidate], limits: Limits, refusal: ContradictionError
) -> None:
    def is_possible(some: tuple[Limit, ...]) -> bool:
        return any(_every(candidates, limits.only(some)))

    assert not is_possible(refusal.limits)
    for fewer in combinations(limits.single(), len(refusal.limits) - 1):
        assert is_possible(fewer)


@pytest.mark.parametrize("seed", range(40))
def test_breaches_are_those_of_somebody_who_counts(seed: int) -> None:
    number = random.Random(1000 + seed)  # noqa: S311
    candidates = _candidates(number)
    limits = _limits(number, candidates)
    for some in combinations(candidates, limits.size):
        broken = breaches(candidates, limits, [member.id for member in some])
        assert (not broken) == _keeps(limits, some)
        for limit in broken:
            assert not _keeps(limits.only([limit]), some)
    short = [candidate.id for candidate in candidates[: limits.size - 1]]
    assert breaches(candidates, limits, short)[0] == Limit("size", limits.size)


def _row(
    id_: str, points: int = 500, country: str = "FR", valley: str = "fr-bretagne"
) -> Candidate:
    return Candidate(id_, id_.upper(), points, country, valley, ("cryptology",))


def test_a_contradiction_is_told_in_words() -> None:
    rows = [_row("a"), _row("b"), _row("c", country="DE", valley="de-bayern"), _row("d")]
    limits = Limits(3, most_per_valley=1, least_countries=2, include=("a",), exclude=("c",))
    with pytest.raises(ContradictionError) as refusal:
        choose(rows, limits)
    assert str(refusal.value) == (
        "No cohort of 3 can be made of these candidates under this limit: at most 1 of one valley."
    )
    with pytest.raises(ContradictionError) as refusal:
        choose(rows, Limits(3, least_countries=2, least_domains=1, exclude=("c",)))
    assert {limit.kind for limit in refusal.value.limits} == {"least_countries", "exclude"}
    assert "at least 2 different countries" in str(refusal.value)
    assert "C is out" in str(refusal.value)


def test_who_is_both_in_and_out_is_a_contradiction() -> None:
    with pytest.raises(ContradictionError, match="A is in and A is out"):
        choose([_row("a"), _row("b")], Limits(1, include=("a",), exclude=("a",)))


@pytest.mark.parametrize(
    ("rows", "limits", "says"),
    [
        ([], Limits(), "There are no candidates to choose from."),
        ([_row("a")], Limits(2), "A cohort of 2 can't be chosen from 1 candidate."),
        ([_row("a")], Limits(0), "at least one member"),
        ([_row("a")], Limits(1, include=("nobody",)), "Not among the candidates: nobody."),
        (
            [_row(f"a{i}") for i in range(cohort.MOST_CANDIDATES + 1)],
            Limits(1),
            "These are 2,001 candidates; at most 2,000",
        ),
    ],
)
def test_what_can_not_be_is_a_sentence(rows: list[Candidate], limits: Limits, says: str) -> None:
    with pytest.raises(CohortError, match=re.escape(says)):
        choose(rows, limits)


def test_all_limits_that_can_be_kept_are_no_contradiction() -> None:
    assert contradiction([_row("a"), _row("b")], Limits(1, most_per_valley=1)) is None
