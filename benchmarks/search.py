"""How fast the full-text search answers, and what its index costs.

Run `python -m benchmarks.search --rows 465 1000000`. A query is timed in this process: what it
finds, how many that are, the counts of one facet and the first page of the list, each query for
the first time. The register is the synthetic one, repeated where that can't name more rows
apart, but with names whose words grow in number as those of real names do: see :func:`names`.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.synthetic import synthetic_register
from ecosystem.common.settings import settings
from ecosystem.common.store import Database, Release
from ecosystem.finding import search
from ecosystem.finding.filters import Filter
from ecosystem.finding.similar_organisations import similar
from ecosystem.tables import organisations
from etl.places.gazetteer import load_gazetteer
from etl.places.locate import locate, place_table
from etl.places.regions import load_regions
from etl.places.valleys import assign_valleys
from etl.reading import extract, register_file
from etl.register.normalise import load_aliases, normalise
from etl.release import build as etl_build
from etl.release.provenance import sources_file
from etl.release.search_index import search_tables, town_table
from etl.schema import load_schemas

# More than this the synthetic register can't name apart.
_DISTINCT = 200_000
# Rows of the register itself.
_OWN = 465
# Letters that a word must have more than to give its beginning or end.
_SYLLABLES = 3


@dataclass(frozen=True)
class Built:
    """A release for the benchmark, and what its index cost.

    Attributes
    ----------
    path : Path
        The database file.
    seconds : float
        To work out the index and the towns, without writing them.
    postings, words : int
        Rows of the index.
    megabytes, megabytes_without : float
        Size of the file with and without the tables of the search.
    """

    path: Path
    seconds: float
    postings: int
    words: int
    megabytes: float
    megabytes_without: float


def many(rows: int, seed: int) -> pd.DataFrame:
    """A synthetic register of any size, typed as text; ids are distinct."""
    base = synthetic_register(min(rows, _DISTINCT), seed)
    copies = [
        base.assign(org_id=base["org_id"] + (f"-{copy}" if copy else ""))
        for copy in range(-(-rows // len(base)))
    ]
    register = pd.concat(copies, ignore_index=True).head(rows)
    own = synthetic_register(_OWN, seed)["name"]
    return register.assign(name=[*own, *names(own, rows, seed)][:rows])


def names(register: pd.Series, number: int, seed: int) -> list[str]:
    """Names that together have as many different words as Heaps' law foretells.

    H. S. Heaps, "Information Retrieval", 1978: a text of t words has K t^b different ones. K and b
    are those of the register's names. A word that isn't new is that of an earlier place drawn at
    random, so that few words are frequent, as in H. A. Simon, "On a class of skew distribution
    functions", Biometrika 42, 1955.

    Parameters
    ----------
    register : Series of str
        Names that give the law, the numbers of words, and the parts of new words.
    number : int
        How many names.
    """
    random = np.random.default_rng(seed)
    split = [name.split() for name in register]
    exponent, factor = heaps(
        [word for name in random.permutation(register) for word in name.split()]
    )
    lengths = random.choice([len(words) for words in split], number)
    ends = np.cumsum(lengths)
    place = np.arange(ends[-1])
    vocabulary = np.maximum(1, factor * (place + 1.0) ** exponent).astype(np.int64)
    is_new = np.diff(vocabulary, prepend=0) > 0
    source = np.where(is_new, place, (random.random(len(place)) * place).astype(np.int64))
    while not is_new[source].all():
        source = source[source]
    number_of = np.cumsum(is_new) - 1
    words = coined(list(dict.fromkeys(w for name in split for w in name)), is_new.sum(), random)
    written = [words[i] for i in number_of[source]]
    return [" ".join(written[start:end]) for start, end in zip(ends - lengths, ends, strict=True)]


def heaps(words: list[str]) -> tuple[float, float]:
    """Exponent and factor of Heaps' law, from half of a text and the whole."""
    half, whole = len(set(words[: len(words) // 2])), len(set(words))
    exponent = float(np.log2(whole / half))
    return exponent, whole / len(words) ** exponent


def coined(words: list[str], number: int, random: np.random.Generator) -> list[str]:
    """Different words: some, and then beginnings of them with the ends of others."""
    long = [word for word in words if len(word) > _SYLLABLES and word.isalpha()]
    made = dict.fromkeys(words)
    while len(made) < number:
        first, last = random.choice(long, (2, number))
        cuts = random.random((2, number))
        made |= dict.fromkeys(
            a[: 2 + int(cut_a * (len(a) - 2))] + b[1 + int(cut_b * (len(b) - 2)) :].lower()
            for a, b, cut_a, cut_b in zip(first, last, *cuts, strict=True)
        )
    return list(made)[:number]


def built(rows: int, seed: int, folder: Path) -> Built:
    """Build the tables that a search asks, by the steps of the refresh."""
    own = settings()
    schemas, aliases = load_schemas(own.schema_dir), load_aliases(own.schema_dir / "aliases.csv")
    gazetteer = load_gazetteer(own.reference_dir, own.schema_dir)
    regions = load_regions(own.reference_dir)
    schema = schemas["organisations"]
    register = normalise(many(rows, seed), schema, aliases)
    located, *_ = locate(register, gazetteer, regions)
    typed = etl_build.cast(register.loc[located.index], schema)
    typed = typed.drop(columns=["lat", "lon"]).join(located)
    valleys = normalise(
        extract(register_file(own.register_dir, "valleys"), schemas["valleys"]).frame,
        schemas["valleys"],
        aliases,
    )
    typed["valley_id"] = assign_valleys(typed["nuts3"], valleys)
    table = etl_build.organisation_table(typed)
    tables = {
        "organisation": table,
        "place": place_table(typed),
        **etl_build.reference_tables(
            valleys, schemas["valleys"], regions, own.reference_dir, sources_file()
        ),
    }
    without = folder / f"without-{rows}.duckdb"
    etl_build.build(without, tables, {})
    began = time.perf_counter()
    towns = town_table(gazetteer)
    index = {"town": towns, **search_tables(table, towns, regions, valleys, aliases)}
    seconds = time.perf_counter() - began
    path = folder / f"with-{rows}.duckdb"
    etl_build.build(path, {**tables, **index}, {})
    return Built(
        path,
        seconds,
        len(index["search_posting"]),
        index["search_word"]["word"].nunique(),
        path.stat().st_size / 1e6,
        without.stat().st_size / 1e6,
    )


def queries(database: Database, number: int, seed: int) -> list[str]:
    """A mix as visitors type: names, beginnings, typos, towns, domains, words of notes."""
    random = np.random.default_rng(seed)
    rows = database.frame(
        f"SELECT name, city, domains[1] AS domain, notes FROM organisation "
        f"USING SAMPLE reservoir({number} ROWS) REPEATABLE ({seed})"
    ).fillna("")
    texts = []
    for i, row in enumerate(rows.itertuples(index=False)):
        name, topic = str(row.name), str(row.domain).replace("-", " ")
        word = max(name.split(), key=len)
        at = int(random.integers(1, max(2, len(word) - 1)))
        texts.append(
            [
                name,
                word[: max(3, len(word) // 2)],
                word[:at] + word[at + 1 :],
                f"{name} {row.city}",
                f"{topic} {row.city}",
                row.city,
                " ".join(str(row.notes).split()[:3]),
                "cyber security",
            ][i % 8]
        )
    return texts


def answer(database: Database, text: str) -> None:
    """All that the directory asks of the data for one search."""
    filter_ = Filter(q=text)
    organisations.summary(database, filter_)
    organisations.facet_counts(database, filter_, "type")
    organisations.page(database, filter_, sort=organisations.RELEVANCE, limit=20)


def milliseconds(database: Database, texts: list[str]) -> np.ndarray:
    """Time of each query."""
    times = []
    for text in texts:
        began = time.perf_counter()
        answer(database, text)
        times.append(1000 * (time.perf_counter() - began))
    return np.array(times)


def main() -> None:
    """Print what the index costs and how long queries take."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[465, 100_000, 1_000_000])
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    for rows in options.rows:
        with tempfile.TemporaryDirectory() as folder:
            made = built(rows, options.seed, Path(folder))
            database = Database(Release(f"benchmark-{rows}", made.path))
            began = time.perf_counter()
            search.prepare(database)
            opened = time.perf_counter() - began
            texts = queries(database, options.queries, options.seed)
            times = milliseconds(database, texts)
            slowest = texts[int(times.argmax())]
            began = time.perf_counter()
            similar(database, "se-yubico")
            alike = time.perf_counter() - began
            print(
                f"{rows:,} organisations: index {made.words:,} words, {made.postings:,} postings, "
                f"{made.seconds:.1f} s to work out; file {made.megabytes:.1f} MB, "
                f"{made.megabytes_without:.1f} MB without; opened in {opened:.2f} s\n"
                f"  {len(texts)} queries: median {np.median(times):.0f} ms, "
                f"p95 {np.percentile(times, 95):.0f} ms, slowest {times.max():.0f} ms "
                f"({slowest!r}); similar organisations {alike * 1000:.0f} ms",
                flush=True,
            )
            database.close()


if __name__ == "__main__":
    main()
