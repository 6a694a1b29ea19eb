"""The regional brief: two pages that say what the profile says, whatever is in the register."""

from __future__ import annotations

import dataclasses
import io
import re
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from ecosystem import brief
from ecosystem.brief.typeset import printable
from ecosystem.common.store import Database, Release
from ecosystem.drawing import pictures
from ecosystem.finding.filters import Filter
from ecosystem.regional import comparisons, profiles
from ecosystem.regional.measures import MEASURES, in_words
from ecosystem.tables import regions

# A sentence's worth of each of the EU's 24 official languages' letters.
LETTERS = {
    "bg": "Жълтите пчели щъкат, юноша ѝ",
    "cs": "Příliš žluťoučký kůň úpěl ďábelské ódy",
    "da": "Æblegrød på en ø, år",
    "de": "Größe, Übung, Öl, ẞ, ähnlich",
    "el": "Ξεσκεπάζω την ψυχοφθόρα βδελυγμία ΐΰ ώ",
    "en": "naïve café",
    "es": "El pingüino ñandú ¿cómo? ¡así!",
    "et": "Õun, žürii, šokk, ööülikool",
    "fi": "Törkylempijävongahdus ågren",
    "fr": "Cœur, Ÿ, garçon, forêt, où, Noël, ægypan",
    "ga": "Dún Laoghaire, Éire, Ó, Ú, Í, ḃ",
    "hr": "Čačak, ćup, đak, šal, žaba, dž",
    "hu": "Árvíztűrő tükörfúrógép ŐŰ",
    "it": "Perché città più così però",
    "lt": "Įlinkdama fechtuotojo špaga, ąčęėįšųūž",
    "lv": "Glāžšķūņa rūķīši ģēģeris ķīļņā",
    "mt": "Ħal Għargħur, Ċirkewwa, Ġgantija, Żurrieq",
    "nl": "IJmuiden, geïnd, één, coördinatie",
    "pl": "Zażółć gęślą jaźń, ŁÓDŹ",
    "pt": "À noite, vovô Kowalsky vê o ímã, coração",
    "ro": "Șobolani, țară, București, în, măr, âță",
    "sk": "Kŕdeľ ďatľov učí koňa žrať kôru, ĺ, ô, ä",
    "sl": "Šerif bo za vajo spet kuhal domače žgance",
    "sv": "Flygande bäckasiner söka hwila på mjuka tuvor, å ä ö",
}
HOSTILE = (
    '#include "/etc/passwd" $x^2$ *bold* _it_ @ref <label> `raw` \\ \\u{41} = Heading '
    '#read("style.typ") // comment /* more */ ${1} <script>alert(1)</script> \x00\x07\u202e深圳 😀'
)
LONG = "Long " * 2000
UNBROKEN = "W" * 10_000


@pytest.fixture(scope="module")
def bretagne(database: Database) -> profiles.Profile:
    return _profile(database, "FRH0")


@pytest.fixture(scope="module")
def bretagne_pdf(database: Database, bretagne: profiles.Profile) -> bytes:
    return brief.region_pdf(database, Filter(), bretagne)


@pytest.fixture(scope="module")
def compared(database: Database) -> comparisons.Comparison:
    return comparisons.compare(database, Filter(), ["FRH0", "DEA", "EE"])


@pytest.fixture(scope="module")
def compared_pdf(database: Database, compared: comparisons.Comparison) -> bytes:
    return brief.comparison_pdf(database, Filter(), compared)


@pytest.fixture(params=["bretagne_pdf", "compared_pdf"])
def pdf(request: pytest.FixtureRequest) -> bytes:
    made: bytes = request.getfixturevalue(request.param)
    return made


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(f"=1+1 {HOSTILE}", id="formula and markup"),
        pytest.param(LONG, id="long", marks=pytest.mark.slow),
        pytest.param(UNBROKEN, id="word", marks=pytest.mark.slow),
    ],
)
def hostile(
    request: pytest.FixtureRequest, database: Database, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:
    """The release with one text in every field that a brief prints."""
    path = tmp_path_factory.mktemp("hostile") / "hostile.duckdb"
    shutil.copyfile(database.release.path, path)
    with duckdb.connect(str(path)) as connection:
        for statement in (
            "UPDATE organisation SET name = $t, city = $t, notes = $t",
            "UPDATE region SET name = $t || ' ' || nuts_id",
            "UPDATE valley SET name = $t, coordinator = $t, s3_priorities = [$t, $t, $t]",
            "UPDATE coverage SET scope = $t, source_url = $t",
            "UPDATE place SET name = $t",
            "UPDATE indicator SET label = $t, unit = $t",
        ):
            connection.execute(statement, {"t": request.param})
    opened = Database(Release(database.release.release_id, path))
    yield opened
    opened.close()


def test_it_is_two_pages_of_a4(pdf: bytes) -> None:
    reader = PdfReader(io.BytesIO(pdf), strict=True)
    assert len(reader.pages) == 2
    for page in reader.pages:
        assert (round(page.mediabox.width), round(page.mediabox.height)) == (595, 842)


def test_it_is_tagged_titled_and_in_english(pdf: bytes) -> None:
    root = PdfReader(io.BytesIO(pdf)).trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en-GB"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    kinds = {str(node.get("/S")) for node in _structure(root["/StructTreeRoot"])}
    assert {"/H1", "/H2", "/P", "/Table", "/TH", "/TD", "/Figure"} <= kinds
    figures = [node for node in _structure(root["/StructTreeRoot"]) if node.get("/S") == "/Figure"]
    assert figures
    assert all(node.get("/Alt") for node in figures)
    assert b"pdfuaid" in root["/Metadata"].get_data()


def test_the_title_names_the_subject(bretagne_pdf: bytes, compared_pdf: bytes) -> None:
    titles = [PdfReader(io.BytesIO(made)).metadata.title for made in (bretagne_pdf, compared_pdf)]
    assert titles == [
        "Brittany (Bretagne) - Regional brief",
        "Brittany (Bretagne), North Rhine-Westphalia (Nordrhein-Westfalen) and Estonia (Eesti) "
        "compared - Comparison of regions",
    ]


def test_fonts_are_embedded(pdf: bytes) -> None:
    fonts = list(_fonts(PdfReader(io.BytesIO(pdf))))
    assert fonts
    for font in fonts:
        descendant = font["/DescendantFonts"][0] if "/DescendantFonts" in font else font
        descriptor = descendant["/FontDescriptor"]
        assert any(f"/FontFile{n}" in descriptor for n in ("", "2", "3"))
        assert pictures.FONT.replace(" ", "") in str(font["/BaseFont"])


def test_map_and_charts_are_vectors(pdf: bytes) -> None:
    reader = PdfReader(io.BytesIO(pdf))
    objects = (reader.get_object(i) for i in range(1, reader.trailer["/Size"]))
    assert not [o for o in objects if isinstance(o, dict) and o.get("/Subtype") == "/Image"]
    assert sum(len(page.get_contents().get_data()) for page in reader.pages) > 20_000


def test_a_profile_and_its_brief_have_the_same_numbers(
    bretagne: profiles.Profile, bretagne_pdf: bytes
) -> None:
    text = _text(bretagne_pdf)
    assert "Brittany (Bretagne)" in text
    assert "8% (8% to 10%)" in text
    for code, row in bretagne.headline.iterrows():
        line = f"{MEASURES[str(code)].label} {in_words(str(code), row['value'])}"
        if not pd.isna(row["low"]):
            line += " " + " to ".join(in_words(str(code), row[end]) for end in ("low", "high"))
        line += f" {in_words(str(code), row['whole'])}"
        if not pd.isna(row["rank"]):
            line += f" {row['rank']} of {row['of']}"
        assert line in text
    for sentence in [*bretagne.sentences, *bretagne.coverage_sentences]:
        assert _spaced(sentence) in text
    for found in (bretagne.nearest, bretagne.partners, bretagne.peers):
        for reason in found["reason"]:
            assert _spaced(reason) in text
    population = bretagne.figures[bretagne.figures["indicator"] == "population"].iloc[-1]
    assert f"{population['value']:,.0f} {population['year']} demo_r_d2jan" in text
    assert f"known for {bretagne.founding['organisations'].max()} of {bretagne.n}" in text


def test_a_comparison_and_its_brief_have_the_same_numbers(
    compared: comparisons.Comparison, compared_pdf: bytes
) -> None:
    text = _text(compared_pdf)
    for code, measure in MEASURES.items():
        cells = [
            ("best " if compared.best[id_][code] else "") + compared.in_words(code, id_)
            for id_ in compared.region_ids
        ]
        assert f"{measure.label} {' '.join(cells)}" in text
    for sentence in compared.sentences:
        assert _spaced(sentence) in text


def test_it_says_where_it_comes_from(database: Database, pdf: bytes) -> None:
    text = _text(pdf)
    assert "© EuroGeographics for the administrative boundaries" in text
    assert "Source: Eurostat (demo_r_d2jan," in text
    assert "GeoNames, CC BY 4.0" in text
    assert database.release.release_id in text
    assert "sample of mature ecosystems, not a census" in text
    assert "not ECSO's own data" in text
    assert "ECSO map" in text
    assert all(measure.method[:40] in text for measure in MEASURES.values())


def test_all_organisations_of_a_small_region_are_listed(
    database: Database, bretagne: profiles.Profile, bretagne_pdf: bytes
) -> None:
    names = database.frame("SELECT name FROM organisation WHERE nuts2 = 'FRH0'")["name"]
    text = _text(bretagne_pdf)
    assert len(names) == bretagne.n
    assert [name for name in names if _spaced(name) not in text] == []


@pytest.mark.slow
def test_what_does_not_fit_is_counted(database: Database, tmp_path: Path) -> None:
    path = tmp_path / "crowded.duckdb"
    shutil.copyfile(database.release.path, path)
    with duckdb.connect(str(path)) as connection:
        connection.execute("UPDATE organisation SET nuts0 = 'MT'")
    crowded = Database(Release("crowded", path))
    malta = _profile(crowded, "MT")
    made = brief.region_pdf(crowded, Filter(), malta)
    crowded.close()
    more = re.search(r"and (\d+) more in the register", _text(made))
    assert more
    assert 300 < int(more[1]) < malta.n
    assert len(PdfReader(io.BytesIO(made)).pages) == 2


@pytest.mark.parametrize("language", LETTERS)
def test_letters_of_every_eu_language_come_out_again(language: str) -> None:
    assert printable(LETTERS[language], 200) == _composed(LETTERS[language])


@pytest.mark.slow
def test_letters_of_all_eu_languages_are_in_the_text(
    database: Database, bretagne: profiles.Profile
) -> None:
    named = dataclasses.replace(bretagne, sentences=list(LETTERS.values()))
    text = _text(brief.region_pdf(database, Filter(), named))
    for sentence in LETTERS.values():
        assert _spaced(_composed(sentence)) in text


@pytest.mark.slow
@pytest.mark.parametrize("region_id", ["AL", "FRY1"])
def test_a_region_without_organisations_is_a_brief_without_gaps(
    database: Database, region_id: str
) -> None:
    made = brief.region_pdf(database, Filter(), _profile(database, region_id))
    text = _text(made)
    assert len(PdfReader(io.BytesIO(made)).pages) == 1
    assert "was not collected" in text
    assert "filter" not in text.split("How the numbers are made")[0]
    for of_organisations in ("What its organisations work on", "Founding years", "by name"):
        assert of_organisations not in text
    assert not re.search(r"\b(nan|None|NaT|<NA>|inf)\b", text)


@pytest.mark.slow
def test_every_level_and_small_numbers(database: Database) -> None:
    counts = regions.organisation_counts(database, Filter(), "nuts2")
    few = str(counts[counts.between(1, 4)].index[0])
    text = _text(brief.region_pdf(database, Filter(), _profile(database, few)))
    assert "Fewer than 5 organisations in" in text
    for region_id in ("fr-bretagne", "bg-sofia", "DE", "DEA", "FRH03"):
        made = brief.region_pdf(database, Filter(), _profile(database, region_id))
        assert len(PdfReader(io.BytesIO(made)).pages) == 2
        assert "nan" not in _text(made).split()


@pytest.mark.slow
def test_a_filter_is_said(database: Database) -> None:
    only = Filter(type=("sme",))
    found = profiles.profile(database, only, "FRH0")
    assert found is not None
    text = _text(brief.region_pdf(database, only, found))
    assert _spaced(only.sentence()) in text
    book = load_workbook(io.BytesIO(brief.region_xlsx(database, only, found)))
    assert {row["type"] for row in _records(book["Organisations"])} == {"sme"}


@pytest.mark.slow
def test_a_region_of_several_says_how_its_figures_are_made(database: Database) -> None:
    found = _profile(database, "DEA")
    assert "Made from the 5 NUTS 2 regions of" in _text(brief.region_pdf(database, Filter(), found))
    here = "https://valleys.example/region?region=DEA"
    book = load_workbook(io.BytesIO(brief.region_xlsx(database, Filter(), found, here)))
    about = dict(row[:2] for row in book["About"].iter_rows(values_only=True))
    assert about["citation"].endswith(here)
    (counted,) = _records(book["Coverage"])
    assert counted["scope"] == "No count by others is known for this territory."
    assert counted["counted_elsewhere"] is None


@pytest.mark.slow
def test_a_filter_that_leaves_nothing(database: Database) -> None:
    nothing = Filter(q="no such organisation anywhere")
    found = profiles.profile(database, nothing, "FRH0")
    assert found is not None
    assert len(PdfReader(io.BytesIO(brief.region_pdf(database, nothing, found))).pages) == 1
    both = comparisons.compare(database, nothing, ["FRH0", "FR"])
    assert len(PdfReader(io.BytesIO(brief.comparison_pdf(database, nothing, both))).pages) == 2
    assert brief.region_xlsx(database, nothing, found)
    assert brief.comparison_xlsx(database, nothing, both)


@pytest.mark.slow
def test_hostile_texts_stay_texts_on_two_pages(
    hostile: Database, request: pytest.FixtureRequest
) -> None:
    valley = _profile(hostile, "fr-bretagne")
    made = [
        brief.region_pdf(hostile, Filter(), valley),
        brief.region_pdf(hostile, Filter(), _profile(hostile, "FRH0")),
        brief.comparison_pdf(
            hostile,
            Filter(),
            comparisons.compare(hostile, Filter(), ["FRH0", "DEA", "EE", "fr-bretagne"]),
        ),
    ]
    for pdf in made:
        assert len(PdfReader(io.BytesIO(pdf)).pages) == 2
        assert "root:" not in _text(pdf)
    if "markup" in request.node.name:
        assert '#include "/etc/passwd" $x^2$ *bold* _it_ @ref' in _text(made[0]).replace(
            "\u200b", ""
        )


@pytest.mark.slow
def test_no_cell_of_a_hostile_workbook_is_a_formula(hostile: Database) -> None:
    made = [
        brief.region_xlsx(hostile, Filter(), _profile(hostile, "FRH0")),
        brief.comparison_xlsx(
            hostile, Filter(), comparisons.compare(hostile, Filter(), ["FRH0", "EE"])
        ),
    ]
    for file in made:
        book = load_workbook(io.BytesIO(file))
        cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
        assert cells
        assert all(cell.data_type != "f" for cell in cells)


@pytest.mark.slow
def test_a_release_without_indicators(database: Database, tmp_path: Path) -> None:
    path = tmp_path / "bare.duckdb"
    shutil.copyfile(database.release.path, path)
    with duckdb.connect(str(path)) as connection:
        connection.execute("DELETE FROM region_indicator; DELETE FROM coverage")
    bare = Database(Release("bare", path))
    text = _text(brief.region_pdf(bare, Filter(), _profile(bare, "FRH0")))
    assert "No population figure" in text
    assert "nan" not in text.split()
    assert brief.comparison_pdf(
        bare, Filter(), comparisons.compare(bare, Filter(), ["FRH0", "EE00"])
    )
    bare.close()


def test_a_workbook_has_the_profiles_numbers_as_numbers(
    database: Database, bretagne: profiles.Profile
) -> None:
    book = load_workbook(io.BytesIO(brief.region_xlsx(database, Filter(), bretagne)))
    assert {
        "Headline",
        "Domains",
        "Types",
        "Functions",
        "Context",
        "Organisations",
        "About",
    } <= set(book.sheetnames)
    for row, (code, own) in zip(
        _records(book["Headline"]), bretagne.headline.iterrows(), strict=True
    ):
        assert row["measure"] == MEASURES[str(code)].label
        _same(row["value"], own["value"])
        _same(row["whole_register"], own["whole"])
        _same(row["rank"], own["rank"])
    for row, (code, own) in zip(
        _records(book["Domains"]), bretagne.quotients.iterrows(), strict=True
    ):
        assert row["code"] == code
        _same(row["representation_quotient"], own["lq"])
        _same(row["low_95"], own["low"])
    types = {row["code"]: row["organisations"] for row in _records(book["Types"])}
    assert types == bretagne.types.to_dict()
    functions = {row["code"]: row["share"] for row in _records(book["Functions"])}
    assert functions == pytest.approx(bretagne.functions.to_dict())
    assert [row["value"] for row in _records(book["Context"])] == list(bretagne.figures["value"])
    assert len(_records(book["Organisations"])) == bretagne.n
    about = "\n".join(str(cell.value) for row in book["About"].iter_rows() for cell in row)
    assert database.release.release_id in about
    assert "© EuroGeographics for the administrative boundaries" in about


@pytest.mark.slow
def test_a_comparisons_workbook_has_its_numbers(
    database: Database, compared: comparisons.Comparison
) -> None:
    book = load_workbook(io.BytesIO(brief.comparison_xlsx(database, Filter(), compared)))
    for row, (_, own) in zip(_records(book["Headline"]), compared.table.iterrows(), strict=True):
        for id_ in compared.region_ids:
            _same(row[compared.names[id_]], own[id_])
    assert len(_records(book["Domains"])) == len(compared.quotients)
    organisations = pd.DataFrame(_records(book["Organisations"]))
    assert organisations.groupby("region").size().to_dict() == {
        id_: int(compared.table[id_]["organisations"]) for id_ in compared.region_ids
    }


@pytest.mark.slow
def test_the_same_numbers_make_the_same_file(
    database: Database, bretagne: profiles.Profile, bretagne_pdf: bytes
) -> None:
    assert brief.region_pdf(database, Filter(), bretagne) == bretagne_pdf


@pytest.mark.slow
def test_it_can_be_made_without_the_font_package(
    database: Database, bretagne: profiles.Profile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "font_folder", lambda: None)
    made = brief.region_pdf(database, Filter(), bretagne)
    assert len(PdfReader(io.BytesIO(made)).pages) == 2


@pytest.mark.parametrize(
    ("text", "limit", "shown"),
    [
        (None, 10, "–"),
        (float("nan"), 10, "–"),
        ("a\x00b\u202ec\td", 10, "abc d"),
        ("深圳", 20, "ShenZhen"),
        ("e\u0301", 10, "é"),
        ("one two three", 8, "one two…"),
    ],
)
def test_printable_text(text: Any, limit: int, shown: str) -> None:
    assert printable(text, limit) == shown


def _profile(database: Database, region_id: str) -> profiles.Profile:
    found = profiles.profile(database, Filter(), region_id)
    assert found is not None
    return found


@cache
def _text(pdf: bytes) -> str:
    return _spaced(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages))


def _spaced(text: str) -> str:
    """Text with single spaces and without what line breaks do to hyphens and joiners."""
    return re.sub(r"(?<=[-/·]) (?=\w)", "", " ".join(text.replace("\u200b", "").split()))


def _composed(text: str) -> str:
    return printable(text, 10_000)


def _structure(node: Any) -> Iterator[Any]:
    node = node.get_object() if hasattr(node, "get_object") else node
    if isinstance(node, list):
        for child in node:
            yield from _structure(child)
    elif isinstance(node, dict):
        yield node
        if "/K" in node:
            yield from _structure(node["/K"])


def _fonts(reader: PdfReader) -> Iterator[Any]:
    for i in range(1, reader.trailer["/Size"]):
        found = reader.get_object(i)
        if isinstance(found, dict) and found.get("/Type") == "/Font" and "/ToUnicode" in found:
            yield found


def _records(sheet: Any) -> list[dict[str, Any]]:
    rows = list(sheet.iter_rows(values_only=True))
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


def _same(cell: Any, value: Any) -> None:
    if value is None or pd.isna(value):
        assert cell is None
    else:
        assert isinstance(cell, int | float)
        assert cell == pytest.approx(float(value))
