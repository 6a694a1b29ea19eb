"""How much two organisations are alike: by their names, how far apart they are, and websites.

Only organisations of one country are compared, and never all with all: names that share rare
groups of three letters, names that are equal, and rows that share a website.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from urllib.parse import urlsplit

import numpy as np
import numpy.typing as npt
import pandas as pd
from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from ecosystem.common.settings import settings
from ecosystem.common.text import fold, fold_all
from etl.identity.name_pairs import MAX_BLOCK, LetterCounts, pairs_sharing
from etl.model import Track, no_progress
from etl.places.distance import great_circle_km
from etl.tuples import are_among, tuples

# Names that are less alike aren't listed, however near the organisations are.
MIN_NAMES = 70.0
# Names looked at together, but for a country that has more.
MAX_ROWS = 20_000
# Pairs of names compared at once: bounds the memory.
CHUNK = 500_000

# What tells whether two organisations are one.
COMPARED = ["name", "former_names", "country", "place_id", "lon", "lat", "website"]

Scorer = Callable[..., float]
Ints = npt.NDArray[np.int64]

# What distance, in km, takes from the likeness of the names.
_FAR = 8.0
_DISTANCES = ((1.0, 0.0), (10.0, 1.0), (50.0, 3.0))
# A whole word replaced by another usually makes another organisation: Bonn is not Berlin.
_OTHER_WORD = 15.0
_SAME_WORD = 70.0
# A wrong letter in a long word is a mistake of whoever typed it.
_MISTYPED, _MISTYPED_GAIN = 3.0, 12.0
_MISTYPED_FROM, _MISTYPED_TWICE_FROM, _MOST_MISTYPED = 5, 8, 2
# A name that is one part of the other's and of no third, as in "BSI" and "Bundesamt ... (BSI)":
# in one town that is enough, whatever the websites.
_PART = 94.0
# Such a part of several words is a name in full: as sure as the same name.
_FULL_PART, _FULL_WORDS = 100.0, 3
# Two names with the same abbreviation in brackets, as in one name in two languages.
_ABBREVIATION = 85.0
# Other names, but one town and one website: in another language, in short, or a former one.
_OTHER_NAMES = 80.0
_OTHERWISE = "different names"
_SAME_TOWN_KM = 1.0
# A page that more rows have is that of a parent.
_MAX_OF_PAGE = 2
# A word in fewer names is somebody's own.
_RARE = 4
# A name in one word that may be short for another.
_ACRONYM = r"[^\W\d_]{3,10}"
_FEWEST_WORDS = 3
# "de la", "of the", "für" and the like may give no letter; "INCIBE" has four of the last word.
_SMALL_WORD = 3
_MOST_LETTERS = 4
_NEAR_KM = 50.0
# More than what two ways of dividing differ by.
_ROUNDING = 1e-3

_BRACKETS = re.compile(r"\(([^()]*)\)")
_DASH = re.compile(r"\s[–—-]\s")
_FORMER = re.compile(r"(?:ex[- ]|formerly |former |ehemals |früher |anciennement )(.+)", re.I)
_CAPITALS = re.compile(r"\b[^\W\d_a-z][^\W_a-z]{2,}\b")
_FRONT_PAGE = re.compile(r"/(?:[a-z]{2}(?:[-_][a-z]{2})?|index\.\w+|home)$")
# An address of which nothing but the host and the path is said.
_PLAIN_SITE = re.compile(r"https?://([a-z0-9.-]*)(/[a-z0-9/._~%+=-]*)?")
_SECOND_LEVEL = frozenset({"ac", "co", "com", "edu", "gob", "gouv", "gov", "net", "org"})


@dataclass(frozen=True)
class Website:
    """How two websites relate, and what that adds to the likeness of the names."""

    code: int
    words: str
    weight: float


SAME_PAGE = Website(0, "the same website", 6.0)
SAME_HOST = Website(1, "pages of one website", 2.0)
OTHER_PAGE = Website(2, "different pages of one website", -4.0)
RELATED = Website(3, "websites of one name", -1.0)
UNKNOWN = Website(4, "a website missing", -2.0)
DIFFERENT = Website(5, "different websites", -9.0)
WEBSITES = (SAME_PAGE, SAME_HOST, OTHER_PAGE, RELATED, UNKNOWN, DIFFERENT)


@dataclass(frozen=True)
class Likeness:
    """How much two rows are alike.

    Attributes
    ----------
    a, b : int
        Their positions in the frame, `a` before `b`.
    score : float
        From 0 to 100.
    names : float
        Likeness of the names alone, from 0 to 100.
    km : float
        Distance of their towns.
    website : Website
        How the websites relate.
    evidence : str
        What speaks for it, as a part of a sentence.
    """

    a: int
    b: int
    score: float
    names: float
    km: float
    website: Website
    evidence: str


class NameFolder:
    """Folds a name and leaves out its legal form; what is nothing but signs stays as it is.

    Parameters
    ----------
    legal_forms : sequence of str
        Folded; ``gmbh`` is left out at the end of a name, ``^uab`` at its beginning.
    """

    def __init__(self, legal_forms: Sequence[str]) -> None:
        longest = sorted(legal_forms, key=len, reverse=True)
        first = "|".join(re.escape(form[1:]) for form in longest if form.startswith("^"))
        last = "|".join(re.escape(form) for form in longest if not form.startswith("^"))
        self._form = re.compile(rf"^(?:{first or '(?!)'}) (?=.)|(?: (?:{last or '(?!)'}))+$")
        # Most names have none: a look at the first and the last word tells.
        self._first = {form[1:].partition(" ")[0] for form in longest if form.startswith("^")}
        self._last = {form.rpartition(" ")[2] for form in longest if not form.startswith("^")}

    def __call__(self, name: str) -> str:
        """Fold one name."""
        return self._bare(name, fold(name))

    def each(self, names: Sequence[str]) -> list[str]:
        """Fold each of some names, more quickly where they are many."""
        return list(map(self._bare, names, fold_all(names)))

    def _bare(self, name: str, folded: str) -> str:
        if folded.partition(" ")[0] in self._first or folded.rpartition(" ")[2] in self._last:
            return self._form.sub("", folded).strip() or folded
        return folded or name


def english_words(name: str) -> list[str]:
    """Folded words of a name, the common ones in English, and none that only join others."""
    return _in_english(fold(name))


def _in_english(folded: str) -> list[str]:
    english = _english()
    return [
        translated
        for word in folded.split()
        for translated in english.get(word, word).split()
        if len(translated) > 1
    ]


@cache
def _english() -> dict[str, str]:
    """Folded word of a name -> what it is in English; empty if it only joins others."""
    words = pd.read_csv(
        settings().schema_dir / "name_words.csv", dtype="str", keep_default_na=False
    )
    return dict(zip(words["word"].map(fold), words["english"], strict=True))


def page(website: object) -> str:
    """Host and path of an address as far as they tell websites apart; empty if there is none."""
    host, path, _ = _site(website)
    return host + path


def likenesses(
    organisations: pd.DataFrame,
    legal_forms: Sequence[str],
    least: float,
    *,
    sides: pd.Series | None = None,
    track: Track = no_progress,
) -> list[Likeness]:
    """Pairs of organisations that are likely to be one.

    Parameters
    ----------
    organisations : pandas.DataFrame
        Rows with ``name, country, place_id, website`` and, if known, ``former_names, lon, lat``;
        longitude and latitude in degrees (EPSG:4326).
    legal_forms : sequence of str
        What to leave out of a folded name.
    least : float
        Score from which a pair is listed.
    sides : pandas.Series of bool, optional
        Compare only rows that differ in it. Then a shared website in one town suffices, for
        one of the two rows has gone.
    track : Track, optional
        Shows progress.

    Returns
    -------
    list of Likeness
        In no particular order; each pair once.
    """
    rows = _Rows(organisations.reindex(columns=COMPARED).reset_index(drop=True), sides)
    texts = _texts(rows.frame, NameFolder(legal_forms))
    found: list[Likeness] = []
    for block in track(_blocks(texts), "Compare organisations"):
        pairs = [_by_name(block, rows, least), _by_part(block), _by_acronym(block, rows)]
        by_website = _by_website(block, rows)
        pairs.append(by_website if sides is not None else _of_other_names(by_website, rows))
        found += _score(pd.concat(pairs, ignore_index=True), rows, least)
    return found


def _blocks(texts: pd.DataFrame) -> list[pd.DataFrame]:
    """Whole countries, several small ones together."""
    number = texts["country"].value_counts().sort_index().cumsum() // MAX_ROWS
    return [block for _, block in texts.groupby(texts["country"].map(number), sort=True)]


class _Rows:
    """What is compared besides the names, by position."""

    def __init__(self, frame: pd.DataFrame, sides: pd.Series | None) -> None:
        sites = pd.DataFrame(
            [_site(website) for website in frame["website"].tolist()],
            columns=["host", "path", "label"],
        )
        self.frame = frame.assign(host=sites["host"])
        self.has_site = (sites["host"] != "").to_numpy()
        self.at_root = (sites["path"] == "").to_numpy()
        self.host, self.label = (pd.factorize(sites[c])[0] for c in ("host", "label"))
        self.page = pd.factorize(sites["host"] + sites["path"])[0]
        self.place = pd.factorize(frame["place_id"])[0]
        self.lon = frame["lon"].to_numpy(np.float64)
        self.lat = frame["lat"].to_numpy(np.float64)
        self.side = None if sides is None else sides.to_numpy(bool)

    def may_be_one(self, a: int, b: int) -> bool:
        """Whether two names on one website are perhaps of one body, and not of two of its units.

        Units have the body's name in theirs, each with another word that no translation
        explains.
        """
        words_a, words_b = self._words_of(a), self._words_of(b)
        common = words_a & words_b
        if not any(self._often[word] < _RARE for word in common):
            return True
        rest_a, rest_b = words_a - common, words_b - common
        if not rest_a or not rest_b:
            # One name within the other is that of the parent, or a part: see `_by_part`.
            return rest_a == rest_b
        return not _other_word(" ".join(rest_a), " ".join(rest_b))

    def _words_of(self, row: int) -> set[str]:
        return set(english_words(self.frame["name"].iloc[row]))

    @cached_property
    def _often(self) -> Counter[str]:
        """In how many names each word is."""
        folded = fold_all(self.frame["name"].tolist())
        return Counter(word for name in folded for word in set(_in_english(name)))

    def km(self, a: Ints, b: Ints) -> npt.NDArray[np.float64]:
        """Distances between the organisations' points."""
        km = great_circle_km(self.lat[a], self.lon[a], self.lat[b], self.lon[b])
        return np.where(self.place[a] == self.place[b], 0.0, km)

    def website(self, a: Ints, b: Ints) -> Ints:
        """Codes of :data:`WEBSITES`."""
        same_host = self.host[a] == self.host[b]
        return np.select(
            [
                ~(self.has_site[a] & self.has_site[b]),
                self.page[a] == self.page[b],
                same_host & (self.at_root[a] | self.at_root[b]),
                same_host,
                self.label[a] == self.label[b],
            ],
            [s.code for s in (UNKNOWN, SAME_PAGE, SAME_HOST, OTHER_PAGE, RELATED)],
            DIFFERENT.code,
        )


def _site(website: object) -> tuple[str, str, str]:
    """Host and path of an address as far as they tell pages apart, and the name in the host."""
    if not isinstance(website, str) or not website:
        return "", "", ""
    plain = _PLAIN_SITE.fullmatch(address := website.lower())
    try:
        # What is parted in full takes ten times as long.
        host, path = plain.groups("") if plain else _host_and_path(address)
    except ValueError:
        return "", "", ""
    host = host.removeprefix("www.")
    path = _FRONT_PAGE.sub("", path.rstrip("/")) if path else ""
    labels = host.split(".")[:-1]
    if len(labels) > 1 and labels[-1] in _SECOND_LEVEL:
        labels.pop()
    return host, path, labels[-1] if labels else host


def _host_and_path(address: str) -> tuple[str, str]:
    parts = urlsplit(address)
    return parts.hostname or "", parts.path


def _texts(organisations: pd.DataFrame, bare: NameFolder) -> pd.DataFrame:
    """Every name a row goes by: ``org, country, place_id, host, kind, text``.

    The kinds are ``name`` (whole, present or former), ``part`` (between dashes or brackets) and
    ``capitals`` (a word in capitals within a name).
    """
    records: list[tuple[int, str, str]] = []
    rows = tuples(organisations, "name", "former_names")
    folded = bare.each(organisations["name"].tolist())
    for org, ((name, former), whole) in enumerate(zip(rows, folded, strict=True)):
        kinds = {whole: "name"}
        for other in former if isinstance(former, Iterable) else ():
            kinds.setdefault(bare(other), "name")
        for kind, text in _parts(name):
            kinds.setdefault(bare(text), kind)
        records += [(org, kind, text) for text, kind in kinds.items() if text]
    texts = pd.DataFrame(records, columns=["org", "kind", "text"])
    place = organisations[["country", "place_id", "host"]]
    return texts.join(place, on="org")


def _parts(name: str) -> Iterator[tuple[str, str]]:
    """Kind and text of what a name is made of, as far as that alone names the organisation.

    In "Thales – National Digital Exploitation Centre" neither half does: the first is a parent's
    name. In "INCIBE - Instituto Nacional de Ciberseguridad" both do, one being short for the other.
    """
    main = _BRACKETS.sub(" ", name).strip() if "(" in name else name.strip()
    if main and main != name:
        yield "part", main
    for content in _BRACKETS.findall(name) if "(" in name else ():
        former = _FORMER.fullmatch(content.strip())
        if former:
            yield "name", former[1]
        elif " " not in content.strip():
            yield "part", content
    pieces = _DASH.split(main)
    if len(pieces) == 2 and any(map(_is_abbreviation, pieces)):
        yield from (("part", piece) for piece in pieces)
    if not name.isupper():
        yield from (("capitals", word) for word in _CAPITALS.findall(name))


def _is_abbreviation(text: str) -> bool:
    return " " not in text and sum(c.isupper() for c in text) > 1


def _by_name(texts: pd.DataFrame, rows: _Rows, least: float) -> pd.DataFrame:
    """Pairs whose names, present or former, are alike: ``a, b, names, evidence``."""
    names = _Names(texts[texts["kind"] == "name"])
    a, b = pairs_sharing(names.frame)
    if rows.side is not None:
        across = rows.side[a] != rows.side[b]
        a, b = a[across], b[across]
    best = [
        _names_alike(names, rows, a[start : start + CHUNK], b[start : start + CHUNK], least)
        for start in range(0, len(a), CHUNK)
    ]
    return pd.concat(best or [_no_pairs()], ignore_index=True)


class _Names:
    """Names of the rows of some countries, present and former, in the forms that are compared."""

    def __init__(self, whole: pd.DataFrame) -> None:
        self.frame = whole.sort_values("org", kind="stable")
        texts = self.frame["text"].tolist()
        english = [" ".join(_in_english(text)) for text in fold_all(texts)]
        self.text, self.english, self.compact = (
            np.array(forms, dtype=object)
            for forms in (texts, english, [text.replace(" ", "") for text in texts])
        )
        self._letters = [LetterCounts(forms) for forms in (texts, english)]
        org = self.frame["org"].to_numpy(np.int64)
        self._first = np.searchsorted(org, np.arange(int(org.max(initial=-1)) + 2))

    def pairs(self, a: Ints, b: Ints) -> tuple[Ints, Ints, Ints]:
        """For some pairs of rows, all pairs of their names: which pair, and the two names."""
        first = [self._first[side] for side in (a, b)]
        number = [self._first[side + 1] - self._first[side] for side in (a, b)]
        each = number[0] * number[1]
        pair = np.repeat(np.arange(len(a)), each)
        nth = np.arange(len(pair)) - np.repeat(np.cumsum(each) - each, each)
        in_a, in_b = np.divmod(nth, number[1][pair])
        return pair, first[0][pair] + in_a, first[1][pair] + in_b

    def may_be_alike(
        self, left: Ints, right: Ints, wanted: npt.NDArray[np.float64]
    ) -> npt.NDArray[np.bool_]:
        """Whether the letters of two names allow so much likeness, in any of the forms.

        Without its spaces a name is no more like another than with them.
        """
        enough = wanted - _ROUNDING
        can_be = [letters.most(left, right) >= enough for letters in self._letters]
        return np.logical_or(*can_be)


def _no_pairs() -> pd.DataFrame:
    return pd.DataFrame({"a": [], "b": [], "names": [], "evidence": []}).astype(
        {"a": np.int64, "b": np.int64, "names": np.float64, "evidence": object}
    )


def _names_alike(names: _Names, rows: _Rows, a: Ints, b: Ints, least: float) -> pd.DataFrame:
    rest = _rest(rows, a, b)
    enough = 100.0 + rest >= least
    a, b, rest = a[enough], b[enough], rest[enough]
    pair, left, right = names.pairs(a, b)
    wanted = np.maximum(MIN_NAMES, least - rest[pair])
    least_alike = np.maximum(MIN_NAMES, wanted - _MISTYPED_GAIN)
    near = names.may_be_alike(left, right, least_alike)
    pair, left, right = pair[near], left[near], right[near]
    wanted, least_alike = wanted[near], least_alike[near]
    alike = np.zeros(len(pair), dtype=np.float64)
    forms = ((names.text, fuzz.token_sort_ratio), (names.compact, fuzz.ratio),
             (names.english, fuzz.token_sort_ratio))  # fmt: skip
    for cutoff in np.unique(least_alike):
        at = np.flatnonzero(least_alike == cutoff)
        for form, scorer in forms:
            ratios = _ratios(form[left[at]], form[right[at]], scorer, cutoff)
            alike[at] = np.maximum(alike[at], ratios)
    for i in np.flatnonzero((alike > 0) & (alike < wanted)):
        n_wrong = mistypings(names.text[left[i]], names.text[right[i]])
        alike[i] = 100.0 - _MISTYPED * n_wrong if n_wrong else 0.0
    found = alike > 0
    pair, left, right = pair[found], left[found], right[found]
    other = [
        _other_word(names.text[i], names.text[j])
        and _other_word(names.english[i], names.english[j])
        and not mistypings(names.text[i], names.text[j])
        for i, j in zip(left, right, strict=True)
    ]
    likeness = alike[found] - _OTHER_WORD * np.array(other, dtype=np.float64)
    return pd.DataFrame({"a": a[pair], "b": b[pair], "names": likeness, "evidence": ""})


def _ratios(
    left: npt.NDArray[np.object_], right: npt.NDArray[np.object_], scorer: Scorer, wanted: float
) -> npt.NDArray[np.float32]:
    """Likeness pair by pair; 0 where it is less than wanted."""
    return process.cpdist(
        left.tolist(),
        right.tolist(),
        scorer=scorer,
        score_cutoff=wanted,
        dtype=np.float32,
        workers=-1,
    )


def _other_word(a: str, b: str) -> bool:
    """Whether either name has a word that the other has in no form, or another number."""
    numbers = {frozenset(re.findall(r"\d+", text)) for text in (a, b)}
    return len(numbers) > 1 or (_lacks(a, b) and _lacks(b, a))


def _lacks(a: str, b: str) -> bool:
    words, joined = b.split(), b.replace(" ", "")
    return any(
        len(word) > 2
        and word not in joined
        and not any((len(w) > 2 and w in word) or fuzz.ratio(word, w) >= _SAME_WORD for w in words)
        for word in a.split()
    )


def mistypings(a: str, b: str) -> int:
    """In how many letters two names differ, if no more than by typing mistakes; else 0.

    Parameters
    ----------
    a, b : str
        Folded names. Words of four letters and fewer, and numbers, must be the same: one letter
        makes another word of them.

    Examples
    --------
    >>> mistypings("immersive labs", "immerrive labs")
    1
    >>> mistypings("netguardians", "netnuardiaos")
    2
    >>> mistypings("csirt bonn", "csirt born"), mistypings("campus 2025", "campus 2026")
    (0, 0)
    """
    words_a, words_b = a.split(), b.split()
    if len(words_a) != len(words_b):
        return 0
    total = 0
    for word, other in zip(words_a, words_b, strict=True):
        if word == other:
            continue
        shorter = min(len(word), len(other))
        if shorter < _MISTYPED_FROM or not (word + other).isalpha():
            return 0
        allowed = 1 if shorter < _MISTYPED_TWICE_FROM else _MOST_MISTYPED
        wrong = OSA.distance(word, other, score_cutoff=allowed)
        if wrong > allowed:
            return 0
        total += wrong
    return total if total <= _MOST_MISTYPED else 0


def _by_part(texts: pd.DataFrame) -> pd.DataFrame:
    """Pairs where one name is a part of the other's that no third row has."""
    key = ["country", "text"]
    parts = texts[(texts["kind"] != "name") & (texts["text"].str.len() > 2)]
    alone = parts[~parts.duplicated(key, keep=False)]
    whole = texts[texts["kind"] == "name"]
    # Few names are a part of another one.
    whole = whole[are_among(whole["text"], alone["text"])]
    whole = whole[whole.groupby(key, sort=False)["org"].transform("size") <= MAX_BLOCK]
    named = alone.merge(whole, on=key)
    in_full = named["text"].str.count(" ") + 1 >= _FULL_WORDS
    named = named.assign(names=np.where(in_full, _FULL_PART, _PART))
    shared = parts[(parts["kind"] == "part") & ~parts["text"].str.contains(" ")]
    shared = shared[shared.groupby(key, sort=False)["org"].transform("size") == 2]
    both = shared.merge(shared, on=key).assign(names=_ABBREVIATION)
    pairs = pd.concat([named, both[both["org_x"] < both["org_y"]]], ignore_index=True)
    return pd.DataFrame(
        {
            "a": np.minimum(pairs["org_x"], pairs["org_y"]),
            "b": np.maximum(pairs["org_x"], pairs["org_y"]),
            "names": pairs["names"],
            "evidence": "both are called “" + pairs["text"] + "”",
        }
    )


def _by_acronym(texts: pd.DataFrame, rows: _Rows) -> pd.DataFrame:
    """Pairs of one town and website of which one is called by what is short for the other's name.

    Letters that stand for a name are many by chance; only with the same website do they say much.
    """
    sites = texts[(texts["kind"] == "name") & (texts["host"] != "")]
    key = ["country", "host", "place_id"]
    number = sites.groupby(key, sort=False)["org"].transform("nunique")
    sites = sites[number.between(2, MAX_BLOCK)]
    is_short = sites["text"].str.fullmatch(_ACRONYM)
    pairs = sites[is_short].merge(sites[~is_short], on=key, suffixes=("_short", "_long"))
    pairs = pairs[pairs["org_short"] != pairs["org_long"]]
    found = [
        stands_for(short, long)
        for short, long in zip(pairs["text_short"], pairs["text_long"], strict=True)
    ]
    pairs = pairs[np.array(found, dtype=bool)]
    return pd.DataFrame(
        {
            "a": np.minimum(pairs["org_short"], pairs["org_long"]),
            "b": np.maximum(pairs["org_short"], pairs["org_long"]),
            "names": _ABBREVIATION,
            "evidence": "“" + pairs["text_short"].str.upper() + "” is short for the other name",
        }
    )


def stands_for(short: str, name: str) -> bool:
    """Whether letters are the beginnings of a name's words, in order.

    Parameters
    ----------
    short : str
        Folded letters without a space.
    name : str
        Folded name. Each word gives one letter to four; only a small one, such as "de", may
        give none.

    Examples
    --------
    >>> stands_for("anssi", "agence nationale de la securite des systemes d information")
    True
    >>> stands_for("ifc", "institut federal de cyberdefense")
    True
    >>> stands_for("ifc", "institut de cyberdefense")
    False
    """
    words = name.split()
    if len(words) < _FEWEST_WORDS:
        return False
    # How many letters may be used up after each word.
    used = {0}
    for word in words:
        longer = {
            at + n
            for at in used
            for n in range(1, _MOST_LETTERS + 1)
            if short[at : at + n] == word[:n] and len(word) >= n and at + n <= len(short)
        }
        used = longer | (used if len(word) <= _SMALL_WORD else set())
    return len(short) in used


def _by_website(texts: pd.DataFrame, rows: _Rows) -> pd.DataFrame:
    """Pairs of one country, website and town, whatever their names."""
    sites = texts.loc[texts["host"] != "", ["org", "country"]].drop_duplicates()
    sites = sites.assign(page=rows.page[sites["org"]])
    number = sites.groupby(["country", "page"], sort=False)["org"].transform("size")
    sites = sites[number <= MAX_BLOCK]
    pairs = sites.merge(sites, on=["country", "page"])
    a, b = pairs["org_x"].to_numpy(np.int64), pairs["org_y"].to_numpy(np.int64)
    wanted = (a < b) & (rows.km(a, b) <= _NEAR_KM)
    if rows.side is not None:
        wanted &= rows.side[a] != rows.side[b]
    return pd.DataFrame({"a": a[wanted], "b": b[wanted], "names": MIN_NAMES, "evidence": ""})


def _of_other_names(pairs: pd.DataFrame, rows: _Rows) -> pd.DataFrame:
    """Those in one town, on one page of their own, that no name of a parent explains.

    One name may be a translation, an abbreviation or a former name of the other. Two units of a
    body, such as "CISPA Helmholtz-Zentrum" and "CISPA Incubator", have its name in theirs.
    """
    a, b = (pairs[side].to_numpy(np.int64) for side in "ab")
    often = np.bincount(rows.page[rows.has_site], minlength=1)
    wanted = (rows.km(a, b) < _SAME_TOWN_KM) & (rows.page[a] == rows.page[b])
    wanted &= often[rows.page[a]] <= _MAX_OF_PAGE if len(a) else wanted
    # The number of names is small now.
    wanted[wanted] = [rows.may_be_one(i, j) for i, j in zip(a[wanted], b[wanted], strict=True)]
    return pairs[wanted].assign(names=_OTHER_NAMES, evidence=_OTHERWISE)


def _rest(rows: _Rows, a: Ints, b: Ints) -> npt.NDArray[np.float64]:
    """What distance and websites add to the likeness of the names."""
    km = rows.km(a, b)
    near = np.select([km <= most for most, _ in _DISTANCES], [-w for _, w in _DISTANCES], -_FAR)
    return near + np.array([s.weight for s in WEBSITES])[rows.website(a, b)]


def _score(pairs: pd.DataFrame, rows: _Rows, least: float) -> list[Likeness]:
    a, b = pairs["a"].to_numpy(np.int64), pairs["b"].to_numpy(np.int64)
    score = np.clip(pairs["names"].to_numpy(np.float64) + _rest(rows, a, b), 0.0, 100.0)
    pairs = pairs.assign(score=score.round(1), km=rows.km(a, b), website=rows.website(a, b))
    pairs = pairs[pairs["score"] >= least].sort_values(
        ["score", "names", "evidence"], ascending=[False, False, True]
    )
    best = pairs.drop_duplicates(["a", "b"])
    columns = (best[name].tolist() for name in ("a", "b", "score", "names", "km"))
    related = [WEBSITES[code] for code in best["website"]]
    return [
        Likeness(i, j, total, names, distance, website, _evidence(names, part, distance, website))
        for i, j, total, names, distance, website, part in zip(
            *columns, related, best["evidence"].tolist(), strict=True
        )
    ]


def _evidence(names: float, part: str, km: float, website: Website) -> str:
    likeness = part or f"names {names:.0f} % alike"
    where = "in the same town" if km < 1 else f"{km:,.0f} km apart"
    if np.isnan(km):
        where = "in different towns"
    return f"{likeness}, {where}, {website.words}"
