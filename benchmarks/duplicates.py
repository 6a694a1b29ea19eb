"""How many of the duplicates that people make are found, and how many pairs are listed wrongly.

Run `python -m benchmarks.duplicates`. The register is read with 200 variants of its rows as
extra rows: wrong letters, another legal form, an abbreviation or a former name, another order of
the words, common words translated, accents lost, capitals; and names of which only town and
website tell that they are the same, such as an acronym, a whole translation or a former name. Of
the others a third differ in town or website as well. A pair is right if it is a row and its own
variant.
"""

from __future__ import annotations

import argparse
import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from anyascii import anyascii

from ecosystem.common.settings import settings
from etl.identity.deduplicate import likely_duplicates, load_legal_forms
from etl.places.gazetteer import load_gazetteer
from etl.places.locate import locate
from etl.places.regions import load_regions
from etl.release.build import cast
from etl.schema import load_schemas

VARIANTS = 200
SEEDS = (0, 1, 2, 3, 4, 5)
MOVED_KM = (5.0, 300.0)
# How often something beside the name differs too.
ALSO_DIFFERENT = 1 / 3

Change = Callable[[str, np.random.Generator], str]

_FORMS = {
    "AT": ("GmbH", "AG"), "BE": ("BV", "NV", "SA", "SRL"), "CH": ("AG", "SA", "GmbH"),
    "CZ": ("s.r.o.", "a.s."), "DE": ("GmbH", "AG", "UG (haftungsbeschränkt)"), "DK": ("ApS", "A/S"),
    "EE": ("OÜ", "AS"), "ES": ("S.L.", "S.A.", "S.L.U."), "FI": ("Oy", "Oyj"),
    "FR": ("SAS", "SARL", "SA"), "GB": ("Ltd", "Limited", "PLC"), "IE": ("Ltd", "DAC"),
    "IT": ("S.r.l.", "S.p.A."), "LT": ("UAB",), "LU": ("S.à r.l.", "SA"), "NL": ("B.V.", "N.V."),
    "PL": ("Sp. z o.o.", "S.A."), "PT": ("Lda.", "S.A."), "RO": ("S.R.L.", "S.A."),
    "SE": ("AB",), "SI": ("d.o.o.",), "SK": ("s.r.o.", "a.s."),
}  # fmt: skip
_FORM = re.compile(r",? (?:GmbH|AG|SA|e\.V\.|Limited|Ltd|SAS)$")
# Words of names in other languages, as people translate them.
_TRANSLATIONS = {
    "agence": "Agency", "agencia": "Agency", "agència": "Agency", "bundesamt": "Federal Office",
    "center": "Zentrum", "centre": "Center", "centro": "Centre", "ciberseguridad": "Cybersecurity",
    "cibersegurança": "Cybersecurity", "ciberseguretat": "Cybersecurity", "cluster": "Clúster",
    "clúster": "Cluster", "cyberdéfense": "Cyberdefence", "cybersécurité": "Cybersecurity",
    "cybersicherheit": "Cybersecurity", "cybersecurity": "Cybersécurité",
    "forschungszentrum": "Research Centre", "hochschule": "University of Applied Sciences",
    "institut": "Institute", "institute": "Institut", "instituto": "Institute",
    "laboratoire": "Laboratory", "laboratory": "Labor", "nacional": "National",
    "nationaal": "National", "national": "Nationales", "sicherheit": "Security",
    "universidad": "University", "universität": "University", "université": "University",
    "university": "Universität", "univerza": "University",
}  # fmt: skip

# Besides these, words that only a whole translation changes.
_WHOLE = _TRANSLATIONS | {
    "academy": "Akademie", "and": "und", "assessment": "Bewertung", "campus": "Kampus",
    "cybersecurity": "Cybersicherheit", "cyber": "Ciber", "de": "of", "der": "of", "des": "of",
    "et": "and", "europe": "Europa", "faculty": "Fakultät", "fakulteta": "Faculty",
    "fakultät": "Faculty", "federal": "Bundes", "for": "für", "für": "for", "group": "Gruppe",
    "hub": "Drehscheibe", "innovation": "Innovación", "la": "the", "lab": "Labor",
    "network": "Netzwerk", "of": "von", "office": "Amt", "park": "Parque", "pro": "for",
    "recherche": "Research", "research": "Forschung", "school": "Schule", "security": "Sicherheit",
    "sécurité": "Security", "technology": "Technologie", "und": "and", "y": "and",
}  # fmt: skip


@dataclass(frozen=True)
class Result:
    """What was found among the variants of one seed.

    Attributes
    ----------
    found, made : dict of str to int
        Number of variants by kind: found, and made.
    wrong : list of str
        Pairs that are no row and its variant, as sentences.
    missed : list of str
        Variants that weren't found.
    """

    found: dict[str, int]
    made: dict[str, int]
    wrong: list[str]
    missed: list[str]

    @property
    def precision(self) -> float:
        """Share of the listed pairs that are right."""
        right = sum(self.found.values())
        return right / (right + len(self.wrong))

    @property
    def recall(self) -> float:
        """Share of the variants that are found."""
        return sum(self.found.values()) / sum(self.made.values())


def located_register() -> pd.DataFrame:
    """The organisations of the register, located, as the search for duplicates takes them."""
    own = settings()
    schema = load_schemas(own.schema_dir)["organisations"]
    written = pd.read_csv(own.register_dir / schema.file, dtype="str", keep_default_na=False)
    rows = written.reindex(columns=list(schema.columns), fill_value="")
    gazetteer = load_gazetteer(own.reference_dir, own.schema_dir)
    located, *_ = locate(rows, gazetteer, load_regions(own.reference_dir))
    return cast(rows.loc[located.index], schema).drop(columns=["lat", "lon"]).join(located)


def with_variants(register: pd.DataFrame, seed: int, number: int = VARIANTS) -> pd.DataFrame:
    """Rows of the register and variants of as many different rows.

    Parameters
    ----------
    register : pandas.DataFrame
        From :func:`located_register`.
    seed : int
        The same seed gives the same variants.
    number : int
        How many variants.

    Returns
    -------
    pandas.DataFrame
        The register's rows, then the variants; ``variant_of`` and ``kind`` say what they are,
        and are empty for the register's own rows.
    """
    random = np.random.default_rng(seed)
    own = settings()
    towns = load_gazetteer(own.reference_dir, own.schema_dir).places.query("population > 2000")
    kinds = {**_by_country(register), **_CHANGES, "moved": _same, "website": _same}
    variants: list[dict[str, object]] = []
    rows = iter(register.iloc[random.permutation(len(register))].to_dict("records"))
    # In turns, so that each kind counts about the same; a row takes the next kind that suits it.
    waiting = list(kinds)
    while len(variants) < number:
        row = next(rows)
        kind = next((k for k in waiting if _suits(k, row, kinds[k], random)), None)
        if kind is None:
            continue
        waiting.remove(kind)
        waiting = waiting or list(kinds)
        variants.append(_variant(row, kind, kinds[kind], towns, random, len(variants)))
    return pd.concat([register, pd.DataFrame(variants)], ignore_index=True)


def evaluate(register: pd.DataFrame, seed: int) -> Result:
    """Search the register with variants for duplicates, and count."""
    rows = with_variants(register, seed)
    pairs = likely_duplicates(rows, load_legal_forms(settings().schema_dir))
    variants = rows[rows["variant_of"].notna()].set_index("org_id")
    truth = {
        (min(a, b), max(a, b)): a
        for a, b in zip(variants.index, variants["variant_of"], strict=True)
    }
    listed = {(pair.org_id_a, pair.org_id_b): pair for pair in pairs}
    found = variants.loc[[truth[pair] for pair in listed if pair in truth], "kind"]
    missed = variants.loc[[org_id for pair, org_id in truth.items() if pair not in listed]]
    names = register.set_index("org_id")["name"]
    return Result(
        {str(kind): int(n) for kind, n in found.value_counts().items()},
        {str(kind): int(n) for kind, n in variants["kind"].value_counts().items()},
        [f"{p.score} {p.evidence}" for pair, p in listed.items() if pair not in truth],
        [
            f"{row.kind}: {names[row.variant_of]} | {row.name}"
            for row in missed.itertuples(index=False)
        ],
    )


def _typing_mistake(name: str, random: np.random.Generator) -> str:
    """One letter left out, doubled, swapped with the next or replaced by another."""
    letters = [i for i, c in enumerate(name[:-1]) if c.isalpha() and name[i + 1].isalpha()]
    if len(name) < 6 or not letters:
        return name
    i, other = int(random.choice(letters)), str(random.choice(list("aeinorst")))
    changes = (
        name[:i] + name[i + 1 :],
        name[:i] + name[i] + name[i:],
        name[:i] + name[i + 1] + name[i] + name[i + 2 :],
        name[:i] + other + name[i + 1 :],
    )
    return changes[int(random.integers(len(changes)))]


def _shortened(name: str, random: np.random.Generator) -> str:
    """Abbreviation in brackets or before a dash, a former name, or the name without them."""
    match = re.fullmatch(r"(.+?) \((?:ex-)?([^ )]+)\)", name) or re.fullmatch(
        r"([A-Z0-9]\S{2,}) [–-] (.+)", name
    )
    return str(random.choice(match.groups())) if match else name


def _reordered(name: str, random: np.random.Generator) -> str:
    match = re.fullmatch(r"(.+?) [–-] (.+)", name) or re.fullmatch(r"(.+?) \(([^)]+)\)", name)
    if match:
        return f"{match[2]} – {match[1]}"
    words = _FORM.sub("", name).split()
    return " ".join([words[-1], *words[:-1]])


def _translated(name: str, random: np.random.Generator) -> str:
    return " ".join(_TRANSLATIONS.get(word.casefold(), word) for word in name.split())


def _spaced(name: str, random: np.random.Generator) -> str:
    """Words joined or taken apart, signs left out."""
    joined = re.sub(
        r"(?i)cyber ?secur", lambda m: "Cybersecur" if " " in m[0] else "Cyber Secur", name
    )
    return joined if joined != name else re.sub(r"[-.']", " ", name).strip()


def _same(name: str, random: np.random.Generator) -> str:
    return name


def _acronym(name: str, random: np.random.Generator) -> str:
    """Capitals of all words but the small ones, of a name of three words or more."""
    words = [word for word in re.findall(r"[^\W\d_]+", _FORM.sub("", name)) if len(word) > 3]
    return "".join(word[0].upper() for word in words) if len(words) > 2 else name


def _former(name: str, random: np.random.Generator) -> str:
    """A name that has nothing to do with the present one."""
    syllables = ["al", "bo", "ce", "dor", "fi", "gan", "hel", "ix", "ka", "lum", "mor", "nex", "or"]
    brand = "".join(random.choice(syllables, 3))
    return f"{brand.capitalize()} {random.choice(['Systems', 'Consulting', 'Labs', 'Networks'])}"


def _translated_whole(name: str, random: np.random.Generator) -> str:
    """Every word but names of places and people, in another language and another order."""
    words = [_WHOLE.get(word.casefold(), word) for word in re.findall(r"[\w'-]+", name)]
    changed = sum(word.casefold() in _WHOLE for word in re.findall(r"[\w'-]+", name))
    return " ".join(reversed(words)) if changed > 1 else name


_CHANGES: dict[str, Change] = {
    "typing mistake": _typing_mistake,
    "two typing mistakes": lambda name, random: (
        _typing_mistake(_typing_mistake(name, random), random) if len(name) > 11 else name
    ),
    "abbreviation or former name": _shortened,
    "order of words": _reordered,
    "words translated": _translated,
    "spaces and signs": _spaced,
    "translated as a whole": _translated_whole,
    "acronym": _acronym,
    "former name": _former,
    "accents lost": lambda name, random: anyascii(name),
    "capitals": lambda name, random: name.upper(),
}


# Here only town and website tell that it is the same.
OTHER_NAMES = ("translated as a whole", "acronym", "former name")


def _by_country(register: pd.DataFrame) -> dict[str, Change]:
    country = register.set_index("name")["country"].to_dict()

    def change(name: str, random: np.random.Generator) -> str:
        forms = _FORMS.get(country[name], ("Ltd",))
        plain = _FORM.sub("", name)
        if plain != name and random.random() < 0.5:
            return plain
        form = str(random.choice(forms))
        return f"{form} {plain}" if form == "UAB" else f"{plain} {form}"

    return {"legal form": change}


def _suits(kind: str, row: dict[str, object], change: Change, random: np.random.Generator) -> bool:
    name = str(row["name"])
    if kind in ("moved", "website"):
        return True
    if kind in OTHER_NAMES and not isinstance(row["website"], str):
        return False
    if kind == "legal form":
        return row["type"] in ("sme", "large")
    return change(name, random) != name


def _variant(
    row: dict[str, object],
    kind: str,
    change: Change,
    towns: pd.DataFrame,
    random: np.random.Generator,
    number: int,
) -> dict[str, object]:
    name = str(row["name"])
    changed = change(name, random)
    while changed == name and change is not _same:
        changed = change(name, random)
    variant = row | {
        "org_id": f"{str(row['country']).lower()}-variant-{number}",
        "name": changed,
        "variant_of": row["org_id"],
        "kind": kind,
    }
    also = ""
    if kind not in ("moved", "website", *OTHER_NAMES) and random.random() < ALSO_DIFFERENT:
        also = str(random.choice(["moved", "website"]))
    if "moved" in (kind, also):
        variant |= _elsewhere(row, towns, random)
    if "website" in (kind, also):
        variant["website"] = _other_website(row["website"], random)
    return variant


def _elsewhere(
    row: dict[str, object], towns: pd.DataFrame, random: np.random.Generator
) -> dict[str, object]:
    """Another town of the country, as far away as organisations move."""
    lon, lat = float(str(row["lon"])), float(str(row["lat"]))
    there = towns[towns["country"] == row["country"]]
    km = 111.2 * np.hypot((there["lon"] - lon) * np.cos(np.radians(lat)), there["lat"] - lat)
    there = there[km.between(*MOVED_KM)]
    town = there.iloc[int(random.integers(len(there)))]
    return {name: town[name] for name in ("place_id", "lon", "lat")} | {"city": town["name"]}


def _other_website(website: object, random: np.random.Generator) -> object:
    """None, another ending, or another address altogether."""
    change = int(random.integers(3))
    if change == 0 or not isinstance(website, str):
        return None
    if change == 1:
        return re.sub(r"^(https?://[^/]+)\.[a-z]+", r"\1.eu", website)
    return f"https://www.site-{int(random.integers(10**6))}.com"


def main() -> None:
    """Print precision and recall, overall and by kind of variant."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, nargs="+", default=list(SEEDS))
    parser.add_argument("--show", action="store_true", help="list what is wrong and missed")
    options = parser.parse_args()
    register = located_register()
    alone = likely_duplicates(register, load_legal_forms(settings().schema_dir))
    print(f"{len(register)} organisations of the register: {len(alone)} candidates")
    _print(pair.evidence for pair in alone)
    results = []
    for seed in options.seeds:
        began = time.perf_counter()
        result = evaluate(register, seed)
        results.append(result)
        print(
            f"seed {seed}: precision {result.precision:.3f}, recall {result.recall:.3f}, "
            f"{len(result.wrong)} wrong, {time.perf_counter() - began:.1f} s"
        )
        for kind, made in sorted(result.made.items()):
            print(f"  {kind:28} {result.found.get(kind, 0):3} of {made:3}")
        if options.show:
            _print(result.wrong)
            _print(result.missed)
    print(f"all {len(results)} seeds")
    for kind in sorted(results[0].made):
        made, found = (
            sum(numbers.get(kind, 0) for numbers in of)
            for of in zip(*[(r.made, r.found) for r in results], strict=True)
        )
        print(f"  {kind:28} {found:3} of {made:3}, recall {found / made:.3f}")


def _print(lines: Iterable[str]) -> None:
    for line in lines:
        print(f"    {line}")


if __name__ == "__main__":
    main()
