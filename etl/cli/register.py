"""Commands about rows of the register: towns, identifiers, likely duplicates."""

from __future__ import annotations

import enum
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from etl.cli.columns import Map, MappingFile, SaveMapping
from etl.cli.data import Add, Files, Quiet, prepared_from
from etl.cli.terminal import INPUT, fail, say, sentences

if TYPE_CHECKING:
    from etl.places.gazetteer import Gazetteer
    from etl.places.regions import Regions
    from etl.places.towns import Answer, Question

MAX_OTHERS = 10
_DECIDED = {
    "exact": "it has exactly this name, and no other town of the name is nearly as large.",
    "alternate": "this is another of its names: in another language, in short or in part.",
    "largest": "several towns have this name, and it is by far the largest.",
    "hint": "several towns have this name, and it is the one in {hint}.",
    "spread": "it has this name, and spreads over several regions.",
}


class Choice(enum.StrEnum):
    """What can be decided about a pair."""

    SAME = "same"
    DIFFERENT = "different"
    UNDECIDED = "undecided"


def duplicates(
    files: Files = None,
    pairs: Map = None,
    mapping_file: MappingFile = None,
    save_mapping: SaveMapping = None,
    adding: Add = False,
    quiet: Quiet = False,
) -> None:
    """List organisations that may be the same, with what speaks for it.

    Example: `cyber-valleys duplicates`

    Example: `cyber-valleys duplicates organisations.xlsx`
    """
    with sentences():
        from etl.cli.findings import print_candidates
        from etl.report import words

        with prepared_from(
            files, pairs, mapping_file, save_mapping, adding=adding, quiet=quiet
        ) as prepared:
            print_candidates(prepared.transformed.candidates, len(prepared.transformed.candidates))
        if prepared.transformed.candidates:
            say(words.ABOUT_CANDIDATES)
        else:
            say("No two organisations look like the same one.")


def decide(
    org_id_a: Annotated[
        str, typer.Argument(metavar="FIRST", help="Identifier; of the same, this one stays.")
    ],
    org_id_b: Annotated[str, typer.Argument(metavar="SECOND", help="Identifier.")],
    choice: Annotated[Choice, typer.Argument(help="What they are; or to take a decision back.")],
    files: Files = None,
    reason: Annotated[str, typer.Option("--reason", help="Why, in a sentence.")] = "",
) -> None:
    """Decide whether two organisations are the same one; it counts at the next refresh.

    If one of them is new in a file, name that file, too: the row is known again by its content.

    Example: `cyber-valleys decide fr-secure-ic fr-secure-ic-rennes same --reason "One company"`

    Example: `cyber-valleys decide fr-a fr-a-rennes different list.xlsx --reason "Two offices"`

    Example: `cyber-valleys decide fr-secure-ic fr-secure-ic-rennes undecided`
    """
    with sentences():
        from ecosystem.common.settings import settings
        from etl.register.decide import add_decision, take_back
        from etl.register.decisions import FILE

        own = settings()
        if choice is Choice.UNDECIDED:
            take_back(own.register_dir / FILE, org_id_a, org_id_b)
            say(f"Taken out of {FILE}: {org_id_a} and {org_id_b}.")
            return
        if not reason.strip():
            fail('The reason is empty; say why in a sentence: --reason "…".', INPUT)
        contents = _contents([org_id_a, org_id_b], files)
        add_decision(
            own.register_dir / FILE,
            org_id_a,
            org_id_b,
            choice.value,
            reason,
            datetime.now(UTC).date(),
            row_a=contents[org_id_a],
            row_b=contents[org_id_b],
        )
    say(f"Written to {FILE}: {org_id_a} and {org_id_b} are {_decision_phrase(choice)}.")


def _contents(org_ids: list[str], files: list[Path] | None) -> dict[str, str]:
    """By what the rows of organisations without an identifier of their own are known again."""
    from ecosystem.common.settings import settings
    from etl.report.pairs import Sides

    own = settings()
    known = _known_ids(own.register_dir, own.releases_dir)
    contents = dict.fromkeys(org_ids, "")
    if not files and known.issuperset(org_ids):
        return contents
    with prepared_from(files, None, None, None, quiet=True) as prepared:
        sides = Sides(prepared)
        for org_id in org_ids:
            side = sides.get(org_id)
            if side is not None:
                contents[org_id] = side.content
            elif org_id not in known:
                fail(f"{org_id}: {_explain_unknown(org_id, known)}", INPUT)
    return contents


def locate(
    town: Annotated[str, typer.Argument(help="Name of a town, in any spelling.")],
    country: Annotated[str, typer.Argument(help="Country: FR, France, UK.")],
    hint: Annotated[
        str, typer.Option("--hint", help="NUTS 2 code, for names that several towns have.")
    ] = "",
) -> None:
    """Show what the locator finds for a town, why, and which other towns could be meant.

    Example: `cyber-valleys locate "Cesson-Sévigné" FR`

    Example: `cyber-valleys locate Salamanca ES --hint ES41`
    """
    with sentences():
        from ecosystem.common.settings import settings
        from etl.places.gazetteer import load_gazetteer
        from etl.places.regions import load_regions
        from etl.places.towns import Question, answer_questions
        from etl.register.normalise import load_aliases, normalise_code

        own = settings()
        code = normalise_code(country, load_aliases(own.schema_dir / "aliases.csv")["country"])
        question = Question(town, code, hint.upper())
        gazetteer = load_gazetteer(own.reference_dir, own.schema_dir)
        regions = load_regions(own.reference_dir)
        answer = answer_questions([question], gazetteer, regions)[question]
        if answer.row < 0:
            fail(f"{answer.reason} {answer.mend}", INPUT)
        _print_place(question, answer, gazetteer, regions)


def mint(
    file: Annotated[Path, typer.Argument(help="CSV file of organisations.")],
) -> None:
    """Write identifiers into a register file where they are missing; others stay.

    Example: `cyber-valleys mint data/register/organisations.csv`
    """
    with sentences():
        from ecosystem.common.settings import settings
        from etl.register.mint import mint as mint_file
        from etl.register.normalise import load_aliases

        countries = load_aliases(settings().schema_dir / "aliases.csv")["country"]
        made = mint_file(file, countries)
    say(f"{file.name}: {made:,} identifiers made.")


def _print_place(
    question: Question, answer: Answer, gazetteer: Gazetteer, regions: Regions
) -> None:
    from ecosystem.common.vocabulary import LOCATION_PRECISION
    from etl.places.towns import Towns

    place = gazetteer.places.loc[answer.row]
    say(
        f"{place['name']} ({question.country}), latitude {place['lat']:.4f}, longitude "
        f"{place['lon']:.4f}, NUTS 3 {answer.nuts3}. "
        f"{LOCATION_PRECISION.label(answer.precision)}."
    )
    exact = [
        *gazetteer.rows_named(question.city, question.country),
        *gazetteer.rows_abbreviated_as(question.city, question.country),
    ]
    other = gazetteer.rows_also_named(question.city, question.country)
    towns = Towns(gazetteer, regions)
    towns.place([answer.row, *exact, *other])
    decided = answer.note or _DECIDED[answer.precision].format(hint=question.hint)
    say(f"How it was decided: {decided}")
    rest = [row for row in towns.distinct([*exact, *other]) if not towns.are_one(row, answer.row)]
    if not rest:
        say("No other town of the country has this name.")
        return
    say("Others of this name:")
    for row in rest[:MAX_OTHERS]:
        town = gazetteer.places.loc[row]
        region = towns.nuts3(row) or "outside the NUTS regions"
        say(f"  {town['name']}, {region}, {town['population']:,} inhabitants")


def _known_ids(register_dir: Path, releases_dir: Path) -> set[str]:
    """Identifiers of the register file, and those that an organisation had at any time."""
    from ecosystem.common.settings import settings
    from etl.reading import extract, register_file
    from etl.release.taken_ids import past_ids
    from etl.schema import load_schemas

    schema = load_schemas(settings().schema_dir)["organisations"]
    read = extract(register_file(register_dir, "organisations"), schema)
    return (set(read.frame["org_id"].str.strip()) | past_ids(register_dir, releases_dir)) - {""}


def _explain_unknown(org_id: str, known: set[str]) -> str:
    from rapidfuzz import process

    near = [match[0] for match in process.extract(org_id, known, limit=3, score_cutoff=70)]
    meant = f" Did you mean {' or '.join(near)}?" if near else ""
    return (
        f"no organisation has or had this identifier, in the register or a release.{meant} If it "
        "is new in a file, name the file, too."
    )


def _decision_phrase(choice: Choice) -> str:
    return "the same" if choice is Choice.SAME else "different"
