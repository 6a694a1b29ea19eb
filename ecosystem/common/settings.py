"""Where things are, read once from the environment (``CYBER_VALLEYS_...``)."""

from __future__ import annotations

import ipaddress
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import (
    Field,
    PositiveFloat,
    PositiveInt,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from ecosystem.common import postgres_address, release_address

ROOT = Path(__file__).resolve().parents[2]


class Settings(BaseSettings):
    """Paths of one installation.

    Attributes
    ----------
    register_dir : Path
        Folder of the reviewed register files.
    schema_dir : Path
        Folder of the Table Schema of each register file.
    reference_dir : Path
        Folder of boundaries, gazetteer and indicators.
    releases_dir : Path
        Folder that the ETL publishes to and the app reads from.
    database : str
        Where the releases are that the site shows: a folder, which is `releases_dir` then, or an
        address ``https://…``, ``http://…`` or ``s3://bucket/…`` of such a folder, or a DuckLake,
        ``ducklake:postgres:dbname=… host=…``. What is published there is fetched into
        `releases_dir`, checked and shown; nothing is published here then.
        By default `releases_dir` itself.
    database_look_seconds : float
        How often the site looks at that address for another release.
    database_answer_seconds, database_fetch_seconds : float
        How long the address may take to answer, and a whole release to arrive.
    database_keep : int
        How many fetched releases stay.
    upload_address : str
        Address ``s3://bucket/…`` or DuckLake that ``cyber-valleys upload`` copies releases to, for
        sites on other machines to fetch.
    lake_data : str
        Folder or address ``s3://bucket/…`` of the Parquet files of that DuckLake, needed when it
        is made.
    gates_file : Path
        TOML file that declares what must hold before a release is published.
    inbox_file : Path
        SQLite file of what visitors suggest; never part of a release.
    inbox_database : str
        Address of a PostgreSQL that holds this in place of the file, so that sites on several
        machines share it: ``postgresql://user@host:port/name``, with the password in it or in
        ``PGPASSWORD``.
    link_secret : pydantic.SecretStr
        What links to organisations and the address of the feed of suggestions are made with; by
        default a file beside the inbox, made when the first one is.
    log_file : Path
        Log of who did what; never part of a release.
    links_file : Path
        What websites and sources said when they were asked; never part of a release.
    backup_dir : Path or None
        Folder that a copy of the installation's data is put into after each publication; none by
        default.
    backup_keep : int
        How many of these copies stay.
    inbox_per_session, inbox_per_address, inbox_per_hour, inbox_max_open : int
        How many suggestions are taken in an hour from one visit, from one client's address and in
        all, and how many may wait for a decision.
    inbox_work_bits : int
        How much a browser has to work before it sends a suggestion: each bit is twice as much,
        17 take half a second. More is asked of whoever sends many. 0 asks for none.
    max_sessions, sessions_per_address : int
        How many pages may be open at once in all and from one client's address.
    session_idle_minutes : float
        After how long without a sign of life the server lets go of an open page, which
        connects again by itself as soon as somebody looks at it.
    trusted_proxies : tuple of str
        Addresses or networks of proxies, separated by commas, whose ``X-Forwarded-For``,
        ``X-Forwarded-Proto`` and ``X-Request-ID`` are believed; this machine's own always are.
    metrics_port : int or None
        Port of 127.0.0.1 on which Prometheus reads what the site counts of itself, at
        ``/metrics``. None by default: nothing is given.
    log_format : str
        ``text`` writes warnings and errors of the site as lines to read, ``json`` also each
        request and rerun, each as an object in one line.
    secretariat : tuple of str
        Accounts that may use the secretariat's page, separated by commas in the environment: as
        `secretariat_file` names them, but read at the start only. Nobody by default.
    secretariat_file : Path
        File with more of them, one in each line: a verified e-mail address, or ``sub:`` and the
        provider's number of the account. Read anew at every click, so that a removed member is
        out at once.
    site_url : str
        Address of the site as visitors see it, with the path below which a proxy shows it, for
        feeds, the sitemap and links that are passed on; by default the one that a request was
        sent to, if `allowed_hosts` has its name.
    allowed_hosts : tuple of str
        Names by which the site may be reached, separated by commas, where `site_url` says
        nothing; this machine's own are always allowed.
    embedding_sites : tuple of str
        Origins of sites that may show the page ``/embed`` in a frame, as ``https://example.org``,
        separated by commas; the other pages are never shown in one. None by default.
    publisher : str
        Who runs this installation, as visitors, feeds, briefs and citations name them.
    contact : str
        How to reach the publisher: an e-mail address or a web address.
    imprint_url, privacy_url, source_code_url : str
        Web addresses of the publisher's imprint and data protection notice, and of the source
        code that this installation runs. Empty where there is none: the site says so.
    enforcement_url : str
        Web address of the body that hears complaints about accessibility, for the accessibility
        statement; without it the statement says that none is named.
    """

    model_config = SettingsConfigDict(env_prefix="CYBER_VALLEYS_", frozen=True)

    register_dir: Path = ROOT / "data" / "register"
    schema_dir: Path = ROOT / "data" / "schema"
    reference_dir: Path = ROOT / "data" / "reference"
    releases_dir: Path = ROOT / "data" / "releases"
    database: str = ""
    database_look_seconds: PositiveFloat = 60
    database_answer_seconds: PositiveFloat = 20
    database_fetch_seconds: PositiveFloat = 900
    database_keep: Annotated[int, Field(ge=2)] = 3
    upload_address: str = ""
    lake_data: str = ""
    gates_file: Path = ROOT / "data" / "gates.toml"
    site_url: str = ""
    allowed_hosts: Annotated[tuple[str, ...], NoDecode] = ()
    embedding_sites: Annotated[tuple[str, ...], NoDecode] = ()
    publisher: str = ""
    contact: str = ""
    imprint_url: str = ""
    privacy_url: str = ""
    source_code_url: str = ""
    enforcement_url: str = ""
    inbox_file: Path = ROOT / "data" / "inbox" / "inbox.sqlite"
    inbox_database: str = ""
    link_secret: SecretStr = SecretStr("")
    log_file: Path = ROOT / "data" / "log" / "actions.jsonl"
    links_file: Path = ROOT / "data" / "links" / "links.jsonl"
    backup_dir: Path | None = None
    backup_keep: int = 30
    inbox_per_session: int = 5
    inbox_per_address: int = 20
    inbox_per_hour: int = 2_000
    inbox_max_open: int = 5_000
    inbox_work_bits: Annotated[int, Field(ge=0, le=24)] = 17
    max_sessions: PositiveInt = 3_000
    sessions_per_address: PositiveInt = 150
    session_idle_minutes: PositiveFloat = 30
    trusted_proxies: Annotated[tuple[str, ...], NoDecode] = ()
    metrics_port: Annotated[int | None, Field(ge=1, le=65_535)] = None
    log_format: Literal["text", "json"] = "text"
    secretariat: Annotated[tuple[str, ...], NoDecode] = ()
    secretariat_file: Path = ROOT / "data" / "members.txt"

    @model_validator(mode="before")
    @classmethod
    def _read_database(cls, given: object) -> object:
        """A folder is where releases are read and published, by whichever name it was given."""
        where = str(given.get("database") or "") if isinstance(given, dict) else ""
        is_folder = "://" not in where and not where.startswith(release_address.LAKE)
        if not isinstance(given, dict) or not where or not is_folder:
            return given
        folder = given.get("releases_dir")
        if folder is not None and Path(folder) != Path(where):
            raise ValueError("DATABASE and RELEASES_DIR name two folders; give one of them")
        return {**given, "database": "", "releases_dir": where}

    @field_validator("database", "upload_address")
    @classmethod
    def _check_address(cls, value: str) -> str:
        if value:
            release_address.check(value)
        return value

    @field_validator("inbox_database")
    @classmethod
    def _check_inbox_database(cls, value: str) -> str:
        if value:
            postgres_address.check(value)
        return value

    @field_validator(
        "secretariat", "trusted_proxies", "allowed_hosts", "embedding_sites", mode="before"
    )
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(filter(None, map(str.strip, value.split(","))))
        return value

    @field_validator("trusted_proxies")
    @classmethod
    def _check_networks(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for network in value:
            ipaddress.ip_network(network, strict=False)
        return value


@cache
def settings() -> Settings:
    """Settings of this process, read at the first call."""
    return Settings()


def faults(error: ValidationError) -> list[str]:
    """What is wrong with settings that can't be taken, as a sentence for each.

    Parameters
    ----------
    error : pydantic.ValidationError
        Of :class:`Settings`. What was given is not repeated: it may be a secret.
    """
    prefix = str(Settings.model_config["env_prefix"])
    return [
        f"{prefix}{str(fault['loc'][0]).upper()} can't be taken: {fault['msg']}."
        if fault["loc"]
        else f"Settings can't be taken: {fault['msg']}."
        for fault in error.errors(include_input=False, include_url=False)
    ]
