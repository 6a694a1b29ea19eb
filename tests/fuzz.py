"""Feed the reader with files that nobody would write: ``python -m tests.fuzz --minutes 10``.

Anything but a table or a sentence is a fault: it is printed with the input, and the run fails.
"""

from __future__ import annotations

import argparse
import io
import random
import sys
import time
import traceback
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

from ecosystem.common.settings import settings
from etl.errors import RegisterError
from etl.reading import ColumnMapping, extract
from etl.register.normalise import load_aliases, normalise
from etl.register.validate import validate
from etl.schema import Schema, load_schemas
from tests.etl.reading import corpus

MAX_SEED_BYTES = 100_000
_TOKENS = [
    b",", b";", b"\t", b'"', b"\n", b"\r", b"\x00", b"\xff", b"\xef\xbb\xbf", b"=1+1", b"#REF!",
    b'r="XFD1048576"', b'r="A0"', b'r="A99999999999"', b't="e"', b"<c", b"</c>", b"<f>", b"</row>",
    b'number-columns-repeated="99999"', b"NaN", b"1e999", b"-0", b"null", b"[[", b"{}", b"&lt;",
]  # fmt: skip


def seeds() -> list[tuple[str, bytes]]:
    """Small files of every kind, good and bad, to begin with."""
    good = {
        "good.csv": corpus.as_csv(corpus.rows()),
        "good.xlsx": corpus.as_xlsx(corpus.rows()),
        "good.geojson": corpus.geojson(),
        "mapping.toml": b'[columns]\n"Nom" = "name"\n',
    }
    bad = {name: bad.content for name, bad in corpus.files().items()}
    return [(n, c) for n, c in {**good, **bad}.items() if 0 < len(c) <= MAX_SEED_BYTES]


def mutated(content: bytes, chance: random.Random) -> bytes:
    """The bytes with a few places changed, cut out, doubled or replaced by a token."""
    data = bytearray(content)
    for _ in range(chance.choice([1, 1, 2, 4, 16])):
        at = chance.randrange(len(data) + 1)
        end = min(len(data), at + chance.choice([1, 1, 4, 40, 400]))
        match chance.randrange(5):
            case 0:
                data[at:end] = bytes(chance.randrange(256) for _ in range(end - at))
            case 1:
                del data[at:end]
            case 2:
                data[at:at] = data[at:end]
            case 3:
                data[at:at] = chance.choice(_TOKENS)
            case _:
                data[at:end] = chance.choice(_TOKENS)
    return bytes(data)


def inside_archive(content: bytes, chance: random.Random) -> bytes:
    """A workbook with one of its members changed, so that the ZIP around it stays whole."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        name = chance.choice(archive.namelist())
        member = archive.read(name)
    return corpus.repacked(content, {name: mutated(member, chance)})


def attempt(path: Path, schema: Schema, aliases: dict[str, dict[str, str]]) -> None:
    """Read one file as far as a check does."""
    if path.suffix == ".toml":
        ColumnMapping.load(path)
        return
    frame = normalise(extract(path, schema).frame, schema, aliases)
    validate(frame, schema)


def main() -> None:
    """Go on until the time is over or a fault is found."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=None)
    options = parser.parse_args()
    seed = options.seed if options.seed is not None else time.time_ns() % 2**32
    chance = random.Random(seed)  # noqa: S311  (nothing secret)
    schema = load_schemas(settings().schema_dir)["organisations"]
    aliases = load_aliases(settings().schema_dir / "aliases.csv")
    started, known = time.monotonic(), seeds()
    inputs = refused = 0
    with TemporaryDirectory() as folder:
        while time.monotonic() - started < 60 * options.minutes:
            name, content = chance.choice(known)
            whole = content.startswith(b"PK\x03\x04") and chance.random() < 0.8
            try:
                data = (inside_archive if whole else mutated)(content, chance)
            except Exception:  # noqa: S112  (a seed that is no whole archive)
                continue
            path = Path(folder) / name
            path.write_bytes(data)
            inputs += 1
            try:
                attempt(path, schema, aliases)
            except RegisterError:
                refused += 1
            except Exception:
                traceback.print_exc()
                Path("fuzz-" + name).write_bytes(data)
                sys.exit(f"Input {inputs:,} of seed {seed} broke the reader: fuzz-{name}")
    print(f"{inputs:,} inputs, {refused:,} refused in a sentence, no traceback (seed {seed}).")


if __name__ == "__main__":
    main()
