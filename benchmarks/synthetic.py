"""A register of any size: the real one, followed by clones in Europe's towns."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ecosystem.common.settings import settings
from ecosystem.common.text import fold, slug
from ecosystem.common.vocabulary import ENDED
from etl.places.gazetteer import load_gazetteer
from etl.places.regions import load_regions
from etl.reading import extract
from etl.schema import load_schemas

# Begins the notes of each organisation that there is none of.
MARK = "Synthetic, made for measuring. "


def synthetic_register(n: int, seed: int = 0) -> pd.DataFrame:
    """Rows like those of ``organisations.csv``.

    The first rows are the register's own. A clone has the type, domains, functions and so on
    of a random row, a name of its own made of words of the register, a town drawn by
    population, and says in its notes that it is synthetic.

    Parameters
    ----------
    n : int
        Number of rows. As many as have not closed or merged give the whole register: other lists
        name all of them.
    seed : int
        The same seed gives the same rows.

    Returns
    -------
    pandas.DataFrame
        Text columns of the register file.
    """
    schema = load_schemas(settings().schema_dir)["organisations"]
    register = extract(settings().register_dir / schema.file, schema).frame.reset_index(drop=True)
    if n <= len(register):
        is_whole = n >= (~register["status"].isin(ENDED)).sum()
        return register if is_whole else register.head(n)
    random = np.random.default_rng(seed)
    number = n - len(register)
    towns = _towns()
    drawn = towns.iloc[
        random.choice(len(towns), number, p=towns["population"] / towns["population"].sum())
    ].reset_index(drop=True)
    clones = register.iloc[random.integers(len(register), size=number)].reset_index(drop=True)
    names = _names(register["name"], number, random)
    ids = [
        f"{country.lower()}-{slug(name)}-{i}"
        for i, (country, name) in enumerate(zip(drawn["country"], names, strict=True))
    ]
    clones = clones.assign(
        org_id=ids,
        name=names,
        city=drawn["name"],
        country=drawn["country"],
        nuts2_hint=drawn["nuts2"],
        notes=MARK + clones["notes"].fillna(""),
        website=[f"https://{org_id}.example.org" for org_id in ids],
    )
    return pd.concat([register, clones], ignore_index=True)


def _towns() -> pd.DataFrame:
    """Towns whose name and NUTS 2 region leave no doubt, with their population."""
    own = settings()
    places = load_gazetteer(own.reference_dir, own.schema_dir).places
    nuts3 = load_regions(own.reference_dir).locate(
        np.asarray(places["lon"], dtype=np.float64),
        np.asarray(places["lat"], dtype=np.float64),
        places["country"].to_numpy(object),
    )
    places = places.assign(nuts2=[region[:4] for region in nuts3], key=places["name"].map(fold))
    places = places[(places["nuts2"] != "") & (places["population"] > 0)]
    return places.drop_duplicates(["key", "nuts2"], keep=False)


def _names(register: pd.Series, number: int, random: np.random.Generator) -> list[str]:
    # Words that fold alike would make names that the refresh takes for one.
    words = list(
        {fold(w): w for name in register for w in name.split() if fold(w).isalnum()}.values()
    )
    # Of as many words as it takes for each organisation to have a name of its own.
    length = 2
    while len(words) ** length < 2 * number:
        length += 1
    drawn = random.choice(len(words) ** length, number, replace=False)
    places = np.stack([drawn // len(words) ** place % len(words) for place in range(length)])
    known = np.array(words, dtype=object)
    return [" ".join(name) for name in known[places[::-1]].T]
