"""The label Cybersecurity Made in Europe: status by the day, filter, numbers, files, checklist."""

from __future__ import annotations

import io
import json
import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from pypdf import PdfReader

from ecosystem import brief, export
from ecosystem.common.store import Database, Release
from ecosystem.common.vocabulary import LABEL_STATUSES
from ecosystem.drawing import symbols
from ecosystem.finding import made_in_europe
from ecosystem.finding.filters import Filter
from ecosystem.finding.made_in_europe import CRITERIA, EXPIRING_DAYS, status
from ecosystem.regional import comparisons, measures, profiles
from ecosystem.tables import organisations
from ecosystem.ui.map.drawing import symbol_rows

TODAY = date(2026, 11, 25)
LIMES, SECURE, HAGENBERG = "at-limes-security-gmbh", "fr-secure-ic", "at-softwarepark-hagenberg"
# Organisation, issuer, awarded, valid until: each status once, and one that was renewed.
LABELS = [
    (LIMES, "Issuer A", date(2024, 1, 1), date(2025, 1, 1)),
    (LIMES, "Issuer B", date(2026, 1, 1), date(2028, 1, 1)),
    (SECURE, "Issuer C", date(2025, 12, 1), date(2026, 12, 1)),
    (HAGENBERG, "=Issuer()", date(2025, 1, 1), date(2026, 11, 24)),
]
HOSTILE = (
    '#include "/etc/passwd" $x^2$ *bold* #read("style.typ") <script>alert(1)</script> \x00深圳'
)


@pytest.fixture(scope="module")
def labelled(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """The release with labels."""
    path = tmp_path_factory.mktemp("labels") / "labels.duckdb"
    shutil.copyfile(database.release.path, path)
    with duckdb.connect(str(path)) as connection:
        connection.executemany(
            "INSERT INTO label VALUES (?, ?, ?, ?, NULL, 'https://www.example.eu')", LABELS
        )
    opened = Database(Release(database.release.release_id, path))
    yield opened
    opened.close()


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(made_in_europe, "today", lambda: TODAY)


def ids(database: Database, *codes: str) -> set[str]:
    return set(organisations.everything(database, Filter(label=codes))["org_id"])


@pytest.mark.parametrize(
    ("last", "day", "expected"),
    [
        (TODAY, TODAY, "expiring"),
        (TODAY, TODAY + timedelta(1), "expired"),
        (TODAY + timedelta(90), TODAY, "expiring"),
        (TODAY + timedelta(91), TODAY, "valid"),
        (date(2028, 2, 29), date(2028, 2, 29), "expiring"),
        (date(2028, 2, 29), date(2028, 3, 1), "expired"),
        # 90 days over a leap day, and over a February without one.
        (date(2028, 3, 30), date(2027, 12, 31), "expiring"),
        (date(2028, 3, 31), date(2027, 12, 31), "valid"),
        (date(2027, 3, 31), date(2026, 12, 31), "expiring"),
        (date(2027, 4, 1), date(2026, 12, 31), "valid"),
    ],
)
def test_a_label_counts_until_its_last_day(last: date, day: date, expected: str) -> None:
    assert status(last, day) == expected


@settings(deadline=None)
@given(
    st.lists(st.dates(date(2000, 1, 1), date(2100, 1, 1)), min_size=1, max_size=4),
    st.one_of(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(-95, 95)),
)
def test_sql_says_what_python_says(lasts: list[date], when: date | int) -> None:
    day = when if isinstance(when, date) else max(lasts) + timedelta(when)
    with duckdb.connect() as connection:
        found = connection.execute(
            f"SELECT {made_in_europe.STATUS} FROM (SELECT unnest($lasts) AS valid_until)",
            {"lasts": lasts, "today": day},
        ).fetchone()
    assert found == (status(max(lasts), day),)


def test_every_status_has_words() -> None:
    days = (-1, 0, EXPIRING_DAYS + 1)
    assert {status(TODAY + timedelta(n), TODAY) for n in days} == set(LABEL_STATUSES)


def test_the_filter_finds_each_status_and_the_longest_label_counts(labelled: Database) -> None:
    assert ids(labelled, "valid") == {LIMES}
    assert ids(labelled, "expiring") == {SECURE}
    assert ids(labelled, "expired") == {HAGENBERG}
    assert ids(labelled, "valid", "expired") == {LIMES, HAGENBERG}
    record = organisations.one(labelled, LIMES)
    assert record is not None
    assert (record["label_issuer"], record["label_valid_until"]) == (
        "Issuer B",
        pd.Timestamp(2028, 1, 1),
    )
    assert len(organisations.everything(labelled, Filter())) == 465


def test_the_status_changes_with_the_day_and_not_with_the_release(
    labelled: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(made_in_europe, "today", lambda: date(2028, 1, 2))
    assert ids(labelled, "valid", "expiring") == set()
    assert ids(labelled, "expired") == {LIMES, SECURE, HAGENBERG}
    assert organisations.summary(labelled, Filter()).labelled == 0


def test_counts_of_the_options_are_under_the_other_filters(labelled: Database) -> None:
    each = dict.fromkeys(LABEL_STATUSES, 1)
    assert organisations.facet_counts(labelled, Filter(), "label") == each
    assert organisations.facet_counts(labelled, Filter(label=("valid",)), "label") == each
    assert organisations.facet_counts(labelled, Filter(country=("FR",)), "label") == {"expiring": 1}
    types = organisations.facet_counts(labelled, Filter(label=("expired",)), "type")
    assert types == {"support": 1}


def test_numbers_by_region_add_up(labelled: Database) -> None:
    assert organisations.summary(labelled, Filter()).labelled == 2
    table = measures.table(labelled, Filter(), "nuts0")
    assert table["labelled"][table["labelled"] > 0].to_dict() == {"AT": 1, "FR": 1}
    austria = table.loc["AT"]
    assert austria["labelled-share"] == 1 / austria["organisations"]
    without = table["organisations"] == 0
    assert table.loc[without, "labelled-share"].isna().all()
    whole = measures.of_whole(labelled, Filter())
    assert (whole["labelled"], whole["labelled-share"]) == (2, 2 / 465)


@pytest.mark.slow
def test_symbols_of_the_map_count_valid_labels(
    labelled: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = [organisations.one(labelled, id_) for id_ in (LIMES, SECURE)]
    by_town = symbols.symbols(labelled, Filter()).set_index("key")["labelled"]
    assert by_town[by_town > 0].to_dict() == {record["place_id"]: 1 for record in records if record}
    by_valley = symbols.of_valleys(labelled, Filter()).set_index("key")["labelled"]
    assert {*by_valley[by_valley > 0].index} == {r["valley_id"] for r in records if r} - {None}
    monkeypatch.setattr(symbols, "MAX_SYMBOLS", 20)
    cells = symbols.symbols(labelled, Filter())
    assert {*cells["kind"]} == {"cell"}
    assert cells["labelled"].sum() == 2
    rows = {len(row) for row in symbol_rows(cells)}
    assert rows == {5, 6}, "the number of labels is sent where there are any"
    assert symbols.symbols(labelled, Filter(label=("expired",)))["labelled"].sum() == 0


def test_briefs_and_comparisons_have_the_measure_where_labels_are(labelled: Database) -> None:
    profile = profiles.profile(labelled, Filter(), "FR")
    assert profile is not None
    assert profile.headline.loc["labelled", "value"] == 1
    text = _text(brief.region_pdf(labelled, Filter(), profile))
    assert "Labelled organisations 1 2" in text
    compared = comparisons.compare(labelled, Filter(), ["AT", "FR"])
    assert list(compared.table.loc["labelled"]) == [1, 1]
    assert "Share of labelled organisations" in _text(
        brief.comparison_pdf(labelled, Filter(), compared)
    )


@pytest.mark.slow
def test_without_a_label_nothing_counts_labels(database: Database) -> None:
    assert not made_in_europe.is_any_recorded(database)
    assert made_in_europe.label_holders(database).empty
    assert organisations.facet_counts(database, Filter(), "label") == {}
    assert "labelled" not in measures.catalogue(database)
    assert "labelled" not in measures.table(database, Filter(), "nuts0")
    profile = profiles.profile(database, Filter(), "FR")
    assert profile is not None
    assert "abelled" not in _text(brief.region_pdf(database, Filter(), profile))


def test_files_hold_the_days_and_no_formula(labelled: Database) -> None:
    filter_ = Filter(label=("expired",))
    table = pd.read_csv(io.BytesIO(export.csv(labelled, filter_)))
    row = table.iloc[0]
    assert (row["label_awarded"], row["label_valid_until"]) == ("2025-01-01", "2026-11-24")
    assert row["label_issuer"] == "'=Issuer()"
    sheet = load_workbook(io.BytesIO(export.xlsx(labelled, filter_)))["Organisations"]
    cells = dict(zip(*(list(line) for line in sheet.iter_rows(values_only=True)), strict=True))
    assert cells["label_issuer"] == "'=Issuer()"
    feature = json.loads(export.geojson(labelled, filter_))["features"][0]
    assert feature["properties"]["label_valid_until"] == "2026-11-24"
    other = json.loads(export.geojson(labelled, Filter(orgs=("fr-wallix",))))
    assert all(f["properties"]["label_valid_until"] is None for f in other["features"])


answers = st.dictionaries(
    st.sampled_from([criterion.code for criterion in CRITERIA]),
    st.sampled_from(list(made_in_europe.ANSWERS)),
)


@given(answers)
def test_the_verdict_promises_nothing_and_names_every_open_criterion(given: dict[str, str]) -> None:
    words = made_in_europe.verdict(given)
    if not given:
        assert words == "Nothing is answered yet."
        return
    assert "promises nothing" in words
    open_ = {criterion.title for criterion in CRITERIA if given.get(criterion.code) != "yes"}
    assert {c.title for c in CRITERIA if c.title in words} == open_
    assert ("nothing rules out an application" in words) == (not open_)


def test_the_checklist_says_answers_evidence_and_sources(database: Database) -> None:
    made = brief.checklist_pdf(
        database, {"company": "yes", "ownership": "no"}, {("data", 0)}, "Example Ltd"
    )
    text = _text(made)
    for criterion in CRITERIA:
        assert criterion.title in text
        for evidence in criterion.evidence:
            assert evidence in text
    assert (text.count("Answer: Yes"), text.count("Answer: No "), text.count("(ready)")) == (
        1,
        1,
        1,
    )
    assert text.count("Answer: Not answered") == 3
    assert "Example Ltd" in text
    assert "25 November 2026" in text
    reader = PdfReader(io.BytesIO(made))
    links = {
        note.get_object()["/A"]["/URI"] for page in reader.pages for note in page.annotations or []
    }
    assert links == {source.url for source in made_in_europe.SOURCES}
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]  # type: ignore[index]
    assert b"pdfuaid" in root["/Metadata"].get_data()  # type: ignore[index]
    assert (round(reader.pages[0].mediabox.width), round(reader.pages[0].mediabox.height)) == (
        595,
        842,
    )


@pytest.mark.parametrize("company", [HOSTILE, "W" * 10_000, " \u202e ", "", "Łódź & Ćwierć ΑΒΓ"])
def test_a_company_name_is_only_ever_text(database: Database, company: str) -> None:
    made = brief.checklist_pdf(database, {}, (), company)
    text = _text(made)
    assert len(PdfReader(io.BytesIO(made)).pages) == 1
    assert "root:" not in text
    if company == HOSTILE:
        assert '#include "/etc/passwd" $x^2$ *bold*' in text


def test_the_checklist_writes_no_file(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    brief.checklist_pdf(database, {"company": "yes"}, (), "Example Ltd")
    assert list(tmp_path.iterdir()) == []


def _text(made: bytes) -> str:
    reader = PdfReader(io.BytesIO(made))
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def test_a_short_page_has_what_the_page_has(labelled: Database) -> None:
    filter_ = Filter()
    page = organisations.page(labelled, filter_, limit=500)
    short = organisations.short_page(labelled, filter_, sort="name", limit=500, offset=0)
    assert [row["org_id"] for row in short] == page["org_id"].tolist()
    assert [row["city"] for row in short] == page["city"].tolist()
    last = pd.to_datetime(pd.Series([row["label_valid_until"] for row in short]))
    assert last.notna().any()
    assert last.dropna().tolist() == page["label_valid_until"].dropna().tolist()
    assert last.isna().tolist() == page["label_valid_until"].isna().tolist()
