"""What is wrong with an installation, in sentences: what a look at it alone can tell.

Nothing is changed, and nothing is asked but this machine and the database of the inbox.
"""

from __future__ import annotations

import difflib
import os
import pwd
import resource
import shutil
import socket
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from ecosystem.common import fetch_state, links, release_address
from ecosystem.common.register_lists import register_lists
from ecosystem.common.settings import ROOT, Settings, settings
from ecosystem.common.store import (
    ReleaseError,
    current,
    fault,
    in_order,
    pointed_at,
    read_manifests,
)
from etl import postgres, private_files, watch
from etl.inbox.ground import VERSION, GroundError, Server
from etl.members import members

# Where Streamlit reads them, unless an installation keeps them elsewhere.
SECRETS = Path(os.environ.get("STREAMLIT_SECRETS_FILES") or ROOT / ".streamlit" / "secrets.toml")
# What a session and everything else need of open files; see ecosystem.web.visitors.
_FILES_PER_SESSION, _OTHER_FILES = 4, 200
_LEAST_SPACE = 1_000_000_000
_AHEAD = timedelta(minutes=10)
# What shows that somebody keeps the clock right, where systemd runs the machine.
_SYSTEMD = Path("/run/systemd/system")
_KEEPS_TIME = (
    Path("/run/systemd/timesync/synchronized"), Path("/run/chrony"), Path("/run/ntpd.pid"),
    Path("/run/openntpd.pid"), Path("/run/ntpsec.pid"),
)  # fmt: skip
# As sure as that somebody meant another name.
_LIKE = 0.8
_COPY_AGE = timedelta(days=2)


class Verdict(StrEnum):
    """How serious something is."""

    FINE = "fine"
    ADVICE = "advice"
    WRONG = "wrong"


@dataclass(frozen=True)
class Finding:
    """What one look found.

    Attributes
    ----------
    verdict : Verdict
        How serious it is.
    subject : str
        What was looked at.
    sentence : str
        What was found, and where something is wrong the way out.
    """

    verdict: Verdict
    subject: str
    sentence: str


def examine(own: Settings | None = None, *, secrets: Path = SECRETS) -> list[Finding]:
    """Look at everything that an installation needs, in the order in which it needs it.

    Parameters
    ----------
    own : Settings, optional
        Of the installation; those of this process by default.
    secrets : Path
        File with the secrets of the sign-in.
    """
    own = own or settings()
    looks: tuple[Callable[[], Iterator[Finding]], ...] = (
        lambda: _register(own),
        lambda: _releases(own),
        lambda: _fetch(own),
        lambda: _clock(own),
        lambda: _space(own),
        lambda: _user(own),
        lambda: _inbox(own),
        lambda: _private_files(own, secrets),
        lambda: _open_files(own),
        lambda: _address(own),
        _settings,
        lambda: _publisher(own),
        lambda: _sign_in(own, secrets),
        lambda: _backups(own),
        lambda: _ports(own),
    )
    return [finding for look in looks for finding in look()]


def _fine(subject: str, sentence: str) -> Finding:
    return Finding(Verdict.FINE, subject, sentence)


def _advice(subject: str, sentence: str) -> Finding:
    return Finding(Verdict.ADVICE, subject, sentence)


def _wrong(subject: str, sentence: str) -> Finding:
    return Finding(Verdict.WRONG, subject, sentence)


def _register(own: Settings) -> Iterator[Finding]:
    subject = "Register"
    folder = own.register_dir
    if not os.access(folder, os.R_OK | os.X_OK):
        yield _wrong(subject, f"{folder} can't be read by this user; check that it is there.")
        return
    missing = [name for name in register_lists() if not (folder / f"{name}.csv").exists()]
    if missing:
        yield _wrong(subject, f"{folder} lacks {', '.join(f'{name}.csv' for name in missing)}.")
    if not os.access(folder, os.W_OK):
        yield _advice(
            subject,
            f"{folder} can't be written by this user: nothing can be accepted into the register.",
        )
    if not missing:
        yield _fine(subject, f"All {len(register_lists())} lists are in {folder}.")


def _releases(own: Settings) -> Iterator[Finding]:
    subject = "Release"
    folder = own.releases_dir
    try:
        release = current(folder)
    except ReleaseError as error:
        yield _wrong(subject, str(error))
        return
    if release.trouble:
        yield _wrong(
            subject,
            f"{release.trouble} {release.release_id} is shown in its place. "
            + ("It is fetched again." if own.database else "Run `cyber-valleys refresh`."),
        )
    else:
        yield _fine(subject, f"{release.release_id} is served, and its file is as published.")
    damaged = [
        release_id
        for release_id in read_manifests(folder)
        if release_id != pointed_at(folder) and fault(folder, release_id)
    ]
    if damaged:
        yield _advice(
            subject, f"Of those kept, {', '.join(sorted(damaged))} can't be gone back to."
        )
    if not os.access(folder, os.W_OK):
        yield _wrong(subject, f"{folder} can't be written by this user: nothing can be published.")


def _fetch(own: Settings) -> Iterator[Finding]:
    if not own.database:
        return
    subject, address = "Fetch", release_address.without_password(own.database)
    state = fetch_state.read(own.releases_dir)
    if state is None or state.address != address:
        yield _advice(subject, f"No site has looked for releases at {address} yet: start it.")
    elif state.trouble:
        yield _wrong(subject, f"{address}: {state.sentences} What is here is shown meanwhile.")
    elif datetime.now(UTC) - datetime.fromisoformat(state.looked_at) > _longest_between(own):
        yield _advice(subject, f"The last look at {address} was on {state.looked_at}: start it.")
    else:
        yield _fine(subject, f"{state.release_id} is what {address} publishes.")


def _longest_between(own: Settings) -> timedelta:
    """So long after a look a site that runs has looked again."""
    return timedelta(seconds=3 * own.database_look_seconds + own.database_fetch_seconds)


def _clock(own: Settings) -> Iterator[Finding]:
    manifests = read_manifests(own.releases_dir)
    known = [manifests[release_id] for release_id in in_order(manifests)]
    now = datetime.now(UTC)
    latest = max((one.created for one in known if one), default=now)
    if latest > now + _AHEAD:
        yield _wrong(
            "Clock",
            f"It is {now:%Y-%m-%d %H:%M} UTC here, and a release is of {latest:%Y-%m-%d %H:%M}: "
            "this machine's clock is or was wrong. Let it keep time by NTP.",
        )
    elif _SYSTEMD.exists() and not any(sign.exists() for sign in _KEEPS_TIME):
        yield _advice(
            "Clock",
            "Nothing says that this machine's clock keeps time: sign-ins, links and the order of "
            "releases depend on it. Run `timedatectl set-ntp true`.",
        )
    else:
        yield _fine("Clock", f"It is {now:%Y-%m-%d %H:%M} UTC here, after every release.")


def _space(own: Settings) -> Iterator[Finding]:
    folder = next(p for p in (own.releases_dir, *own.releases_dir.parents) if p.exists())
    free = shutil.disk_usage(folder).free
    largest = max((path.stat().st_size for path in own.releases_dir.glob("*.duckdb")), default=0)
    needed = max(_LEAST_SPACE, 4 * largest)
    words = f"{free / 1e9:.1f} GB are free where releases are kept"
    if free < needed:
        yield _wrong("Disk", f"{words}; a refresh may need {needed / 1e9:.1f} GB. Make room.")
    else:
        yield _fine("Disk", f"{words}.")


def _inbox(own: Settings) -> Iterator[Finding]:
    if not own.inbox_database:
        return
    subject, where = "Inbox", postgres.name_of(own.inbox_database)
    try:
        seen = Server(own.inbox_database).look()
    except GroundError as error:
        yield _wrong(subject, f"{error} No suggestion is taken or decided meanwhile.")
        return
    if seen.encoding != "UTF8":
        yield _wrong(
            subject,
            f"{where} holds texts as {seen.encoding}, in which not every name can be written: make "
            "another one (`createdb --encoding UTF8 --template template0`).",
        )
    elif not seen.version and not seen.may_make:
        yield _wrong(
            subject,
            f"This user may make no tables in {where}: let the database belong to it "
            "(`createdb --owner`).",
        )
    elif not seen.may_write:
        yield _wrong(
            subject,
            f"This user may not write in {where}: let the tables belong to it, and name the server "
            "that takes changes, not one that copies it.",
        )
    elif seen.version > VERSION:
        yield _advice(
            subject,
            f"The tables in {where} are of version {seen.version}, and this program is made for "
            f"{VERSION}: another machine has a later version of Cyber Valleys. Update this one.",
        )
    elif seen.version < VERSION:
        yield _fine(subject, f"{where} answers; whoever opens it next makes its tables.")
    else:
        yield _fine(
            subject,
            f"{where} (PostgreSQL {seen.server}) answers and may be written; its tables are of "
            f"version {seen.version}.",
        )
    if not own.link_secret.get_secret_value():
        yield _advice(
            subject,
            "CYBER_VALLEYS_LINK_SECRET is not set: a link that an organisation gets from one "
            "machine opens on that one alone. Give all that share the inbox the same.",
        )


def _private_files(own: Settings, secrets: Path) -> Iterator[Finding]:
    subject = "Private files"
    complaints = private_files.complaints(own, [secrets])
    for sentence in complaints:
        yield _wrong(subject, sentence)
    if not complaints:
        yield _fine(subject, "Suggestions, log, copies and secrets are this user's alone.")


def _open_files(own: Settings) -> Iterator[Finding]:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = own.max_sessions * _FILES_PER_SESSION + _OTHER_FILES
    if hard != resource.RLIM_INFINITY and hard < needed:
        yield _advice(
            "Open files",
            f"This user may open {hard:,} files, enough for about "
            f"{max(hard - _OTHER_FILES, 0) // _FILES_PER_SESSION:,} visitors at once, not "
            f"{own.max_sessions:,}. Raise the limit (LimitNOFILE={needed} in a systemd unit).",
        )
    else:
        yield _fine("Open files", f"Enough for {own.max_sessions:,} visitors at once.")


def _address(own: Settings) -> Iterator[Finding]:
    subject = "Address"
    if not own.site_url and not own.allowed_hosts:
        yield _advice(
            subject,
            "CYBER_VALLEYS_SITE_URL is not set: feeds, sitemap and link previews only work on "
            "this machine.",
        )
    elif own.site_url and links.web_address(own.site_url) is None:
        yield _wrong(subject, f"CYBER_VALLEYS_SITE_URL is no web address: {own.site_url!r}.")
    elif own.site_url.startswith("http://"):
        yield _advice(subject, f"{own.site_url} is not encrypted: serve it by https.")
    else:
        yield _fine(subject, own.site_url or f"Reached as {', '.join(own.allowed_hosts)}.")


def _publisher(own: Settings) -> Iterator[Finding]:
    named = {
        "CYBER_VALLEYS_PUBLISHER": own.publisher,
        "CYBER_VALLEYS_CONTACT": own.contact,
        "CYBER_VALLEYS_IMPRINT_URL": own.imprint_url,
        "CYBER_VALLEYS_PRIVACY_URL": own.privacy_url,
    }
    missing = [name for name, value in named.items() if not value]
    if missing:
        yield _advice("Publisher", f"Visitors aren't told who runs this: set {', '.join(missing)}.")
    else:
        yield _fine("Publisher", own.publisher)


def _sign_in(own: Settings, secrets: Path) -> Iterator[Finding]:
    subject = "Sign-in"
    known_members = members(own)
    if not known_members:
        yield _advice(
            subject,
            f"{own.secretariat_file} names nobody: the secretariat's page is closed, and the "
            "command line does all.",
        )
        return
    if not secrets.exists():
        yield _wrong(subject, f"{secrets} is missing: members can't sign in.")
        return
    try:
        known = tomllib.loads(secrets.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        yield _wrong(subject, f"{secrets} can't be read: {error}.")
        return
    auth = known.get("auth", {})
    missing = [name for name in ("redirect_uri", "cookie_secret") if not auth.get(name)]
    if missing:
        yield _wrong(subject, f"[auth] in {secrets} lacks {' and '.join(missing)}.")
    elif own.site_url and not auth["redirect_uri"].startswith(own.site_url.rstrip("/")):
        yield _wrong(
            subject,
            f"redirect_uri in {secrets} begins with another address than CYBER_VALLEYS_SITE_URL.",
        )
    else:
        yield _fine(subject, f"{len(known_members)} members may sign in.")


def _backups(own: Settings) -> Iterator[Finding]:
    subject = "Backup"
    folder = own.backup_dir
    if folder is None:
        yield _advice(subject, "CYBER_VALLEYS_BACKUP_DIR is not set: no copy is made by itself.")
    elif not os.access(folder, os.W_OK | os.X_OK):
        yield _wrong(subject, f"{folder} can't be written by this user.")
    elif folder.stat().st_dev == own.register_dir.stat().st_dev:
        yield _advice(
            subject, f"{folder} is on the same disk as the register: one fault takes both."
        )
    else:
        yield _fine(subject, f"Copies go to {folder}.")
    latest = watch.latest_copy(own)
    age = latest and datetime.now(UTC) - datetime.fromtimestamp(latest, UTC)
    if age and age > _COPY_AGE:
        yield _advice(
            subject,
            f"The latest copy is {age.days} days old. See what the timer says "
            "(`systemctl status cyber-valleys-backup`), or run `cyber-valleys backup`.",
        )


def _ports(own: Settings) -> Iterator[Finding]:
    subject = "Ports"
    number = int(os.environ.get("STREAMLIT_SERVER_PORT", "8501"))
    if own.metrics_port == number:
        yield _wrong(
            subject,
            f"CYBER_VALLEYS_METRICS_PORT is {number}, on which the site listens: the numbers for "
            "Prometheus need a port of their own.",
        )
        return
    alive = _answer(number, "/healthz")
    if alive is None:
        yield _fine(subject, f"Nobody listens on {number} of this machine: the site may.")
    elif alive.strip() == "ok":
        yield _fine(subject, f"The site answers on {number} of this machine.")
    else:
        yield _wrong(
            subject,
            f"On {number} of this machine another program answers: end it, or give the site "
            "another port (STREAMLIT_SERVER_PORT).",
        )
    if own.metrics_port and (given := _answer(own.metrics_port, "/metrics")) is not None:
        is_own = "cyber_valleys_build_info" in given
        said = "The numbers for Prometheus are" if is_own else "Another program is"
        tell = _fine if is_own else _wrong
        yield tell(subject, f"{said} on {own.metrics_port} of this machine.")


def _answer(port: int, path: str) -> str | None:
    """What a port of this machine answers; None if nobody listens, nothing if it isn't HTTP."""
    with socket.socket() as probe:
        probe.settimeout(1)
        if probe.connect_ex(("127.0.0.1", port)):
            return None
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path)
        return connection.getresponse().read(100_000).decode(errors="replace")
    except (OSError, HTTPException):
        return ""
    finally:
        connection.close()


def _settings() -> Iterator[Finding]:
    prefix = str(Settings.model_config["env_prefix"])
    known = [f"{prefix}{name.upper()}" for name in Settings.model_fields]
    # Others may have variables that begin alike; what is almost the name of a setting is one.
    strange = [name for name in os.environ if name.upper().startswith(prefix)]
    found = False
    for name in sorted(strange):
        meant = difflib.get_close_matches(name.upper(), known, 1, _LIKE)
        if meant and name.upper() not in known:
            found = True
            yield _advice("Settings", f"{name} is no setting, so it does nothing: {meant[0]} is.")
    if not found:
        given = sum(name.upper() in known for name in strange)
        yield _fine("Settings", f"{given} are given, all others are as they come.")


def _user(own: Settings) -> Iterator[Finding]:
    subject, folder = "User", own.releases_dir
    if not folder.exists():
        return
    owner = folder.stat().st_uid
    if owner == os.geteuid():
        yield _fine(subject, "The data belongs to the user who runs this.")
    else:
        yield _advice(
            subject,
            f"{folder} belongs to {_name_of(owner)}, and you are {_name_of(os.geteuid())}: what "
            f"you make, the site may not be able to read. Run commands as {_name_of(owner)}.",
        )


def _name_of(user: int) -> str:
    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return f"user {user}"
