"""Where releases come from is one setting: a folder, or an address of one."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from ecosystem.common.release_address import AddressError, cause, without_password
from ecosystem.common.settings import Settings, faults


@pytest.fixture(autouse=True)
def _nothing_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CYBER_VALLEYS_RELEASES_DIR", raising=False)


def test_a_folder_is_where_releases_are_read_and_published(tmp_path: Path) -> None:
    own = Settings(database=str(tmp_path))
    assert (own.releases_dir, own.database) == (tmp_path, "")
    assert Settings(database=str(tmp_path), releases_dir=tmp_path).releases_dir == tmp_path


@pytest.mark.parametrize("address", ["https://example.org/releases", "s3://valleys/releases"])
def test_an_address_leaves_the_folder_as_it_is(tmp_path: Path, address: str) -> None:
    own = Settings(database=address, releases_dir=tmp_path)
    assert (own.releases_dir, own.database) == (tmp_path, address)


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("ftp://example.org/releases", "begins with http://, https://, s3://"),
        ("s3:///releases", "names no host"),
        ("ducklake:metadata.ducklake", "a lake is given as ducklake:postgres:"),
        ("ducklake:postgres:", "a lake is given as ducklake:postgres:"),
        ("https://example.org/releases?token=secret", "ends with its path"),
    ],
)
def test_what_is_no_address_is_refused_without_being_repeated(address: str, said: str) -> None:
    with pytest.raises(ValidationError) as error:
        Settings(database=address)
    (sentence,) = faults(error.value)
    assert sentence.startswith("CYBER_VALLEYS_DATABASE can't be taken")
    assert said in sentence
    assert "secret" not in sentence


def test_two_folders_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValidationError) as error:
        Settings(database=str(tmp_path / "a"), releases_dir=tmp_path / "b")
    (sentence,) = faults(error.value)
    assert "name two folders" in sentence


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("dbname=a password=secret host=b", "dbname=a password=... host=b"),
        ("dbname=a password='my secret' host=b", "dbname=a password=... host=b"),
        ("postgresql://me:secret@db.example.org/a", "postgresql://db.example.org/a"),
        (
            "postgresql://db/a?user=me&password=secret&x=1",
            "postgresql://db/a?user=me&password=...&x=1",
        ),
    ],
)
def test_nor_is_that_of_a_lake(address: str, expected: str, tmp_path: Path) -> None:
    lake = f"ducklake:postgres:{address}"
    own = Settings(database=lake, releases_dir=tmp_path)
    assert (own.database, own.releases_dir) == (lake, tmp_path)
    assert without_password(lake) == f"ducklake:postgres:{expected}"
    error = AddressError("It failed.")
    error.__cause__ = OSError(f"Unable to connect to {address}\nmore")
    assert cause(error) == f"Unable to connect to {expected}"


def test_a_password_is_left_out_of_what_is_shown() -> None:
    shown = without_password("https://me:secret@example.org:8443/releases")
    assert shown == "https://example.org:8443/releases"


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://valleys@db.example.org/valleys",
        "postgresql://valleys:p%40ss@db.example.org:5433/valleys",
        "postgresql://[2001:db8::1]:5432/valleys?sslmode=verify-full&sslrootcert=/etc/ca.pem",
        "postgresql://valleys@%2Frun%2Fpostgresql/valleys",
    ],
)
def test_the_inbox_may_be_in_a_database(address: str) -> None:
    assert Settings(inbox_database=address).inbox_database == address
    assert "p%40ss" not in without_password(address)


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("/var/lib/inbox.sqlite", "postgresql://user@host:port/name"),
        ("postgres://db/secret", "postgresql://user@host:port/name"),
        ("mysql://me:secret@db/valleys", "postgresql://user@host:port/name"),
        ("postgresql://me:secret@db", "postgresql://user@host:port/name"),
        ("postgresql:///secret", "postgresql://user@host:port/name"),
        ("postgresql://me:sec@ret@db/valleys", "a password as in %40"),
        ("postgresql://me:se/cret@db/valleys", "a password as in %40"),
        ("postgresql://me:secret%zz@db/valleys", "a password as in %40"),
        ("postgresql://me:secret%00@db/valleys", "a password as in %40"),
        ("postgresql://me:secret@db:port/valleys", "postgresql://user@host:port/name"),
        ("postgresql://db/valleys?password=secret", "only options of the connection"),
        (
            "postgresql://db/valleys?sslmode=require&options=secret",
            "only options of the connection",
        ),
    ],
)
def test_what_is_no_database_is_refused_without_being_repeated(address: str, said: str) -> None:
    with pytest.raises(ValidationError) as error:
        Settings(inbox_database=address)
    (sentence,) = faults(error.value)
    assert sentence.startswith("CYBER_VALLEYS_INBOX_DATABASE can't be taken")
    assert said in sentence
    assert "secret" not in sentence
