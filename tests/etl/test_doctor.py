"""What is wrong with an installation is named with the way out; a sound one has nothing."""

from __future__ import annotations

import json
import os
import pwd
import shutil
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ecosystem.common.settings import Settings, settings
from etl import doctor, postgres
from etl.cli import INPUT, OK, app
from etl.doctor import Verdict, examine
from etl.inbox.store import Inbox
from tests.etl.inbox.conftest import new

Change = Callable[[Path], dict[str, object]]


@pytest.fixture
def sound(tmp_path: Path, releases_dir: Path) -> Path:
    """Folder of an installation of its own, with nothing wrong."""
    shutil.copytree(releases_dir, tmp_path / "releases")
    shutil.copytree(settings().register_dir, tmp_path / "register")
    (tmp_path / "inbox").mkdir(mode=0o700)
    inbox = tmp_path / "inbox" / "inbox.sqlite"
    inbox.touch(mode=0o600)
    secrets = tmp_path / "secrets.toml"
    secrets.write_text(
        '[auth]\nredirect_uri = "https://valleys.example/oauth2callback"\ncookie_secret = "x"\n',
        encoding="utf-8",
    )
    secrets.chmod(0o600)
    return tmp_path


def installation(folder: Path, **other: object) -> Settings:
    own: dict[str, object] = {
        "releases_dir": folder / "releases",
        "register_dir": folder / "register",
        "inbox_file": folder / "inbox" / "inbox.sqlite",
        "site_url": "https://valleys.example",
        "publisher": "A region",
        "contact": "office@valleys.example",
        "imprint_url": "https://valleys.example/imprint",
        "privacy_url": "https://valleys.example/privacy",
        "secretariat": ("a@valleys.example",),
        "max_sessions": 10,
    }
    return Settings(**{**own, **other})  # type: ignore[arg-type]


def found(folder: Path, verdict: Verdict, **other: object) -> dict[str, str]:
    """Sentences of one verdict by their subjects."""
    findings = examine(installation(folder, **other), secrets=folder / "secrets.toml")
    return {one.subject: one.sentence for one in findings if one.verdict is verdict}


def test_nothing_is_wrong_with_a_sound_one(sound: Path) -> None:
    assert found(sound, Verdict.WRONG) == {}
    assert set(found(sound, Verdict.ADVICE)) <= {"Backup", "Clock"}


def remove_list(folder: Path) -> dict[str, object]:
    (folder / "register" / "valleys.csv").unlink()
    return {}


def damage_release(folder: Path) -> dict[str, object]:
    (database,) = (folder / "releases").glob("*.duckdb")
    database.chmod(0o600)
    database.write_bytes(b"damaged")
    return {}


def set_clock_back(folder: Path) -> dict[str, object]:
    (manifest,) = (folder / "releases").glob("*.json")
    later = json.loads(manifest.read_text(encoding="utf-8"))
    later["created_at"] = (datetime.now(UTC) + timedelta(days=2)).isoformat()
    manifest.chmod(0o600)
    manifest.write_text(json.dumps(later), encoding="utf-8")
    return {}


def open_inbox(folder: Path) -> dict[str, object]:
    (folder / "inbox" / "inbox.sqlite").chmod(0o644)
    return {}


def open_key(folder: Path) -> dict[str, object]:
    (folder / "inbox" / "links.key").touch(mode=0o644)
    return {}


def open_folder(folder: Path) -> dict[str, object]:
    (folder / "inbox").chmod(0o755)
    return {}


def open_copy(folder: Path) -> dict[str, object]:
    (folder / "copies").mkdir(mode=0o700)
    (folder / "copies" / "one.zip").touch(mode=0o644)
    return {"backup_dir": folder / "copies"}


def open_list(folder: Path) -> dict[str, object]:
    (folder / "members.txt").touch()
    (folder / "members.txt").chmod(0o664)
    return {"secretariat_file": folder / "members.txt"}


def open_secrets(folder: Path) -> dict[str, object]:
    (folder / "secrets.toml").chmod(0o640)
    return {}


def lose_secrets(folder: Path) -> dict[str, object]:
    (folder / "secrets.toml").unlink()
    return {}


def mistype_secrets(folder: Path) -> dict[str, object]:
    (folder / "secrets.toml").write_text("[auth", encoding="utf-8")
    return {}


@pytest.mark.parametrize(
    ("change", "subject", "says"),
    [
        (remove_list, "Register", "lacks valleys.csv"),
        (damage_release, "Release", "cyber-valleys refresh"),
        (lambda folder: {"releases_dir": folder / "none"}, "Release", "no data yet"),
        (set_clock_back, "Clock", "NTP"),
        (open_inbox, "Private files", "chmod 600"),
        (open_key, "Private files", "links.key"),
        (open_folder, "Private files", "chmod 700"),
        (open_copy, "Private files", "chmod 600"),
        (open_list, "Private files", "may write"),
        (open_secrets, "Private files", "secrets.toml"),
        (lose_secrets, "Sign-in", "missing"),
        (mistype_secrets, "Sign-in", "can't be read"),
        (lambda folder: {"site_url": "https://other.example"}, "Sign-in", "another address"),
        (lambda folder: {"site_url": "javascript:alert(1)"}, "Address", "no web address"),
        (lambda folder: {"backup_dir": folder / "none"}, "Backup", "can't be written"),
    ],
)
def test_what_is_wrong_is_named(sound: Path, change: Change, subject: str, says: str) -> None:
    assert says in found(sound, Verdict.WRONG, **change(sound))[subject]


@pytest.mark.slow
def test_a_shared_inbox_is_looked_at(sound: Path, address: str) -> None:
    shared = {"inbox_database": address, "link_secret": "x" * 32}
    assert "makes its tables" in found(sound, Verdict.FINE, **shared)["Inbox"]
    Inbox(address).add(new(), "form")
    assert "its tables are of version 3" in found(sound, Verdict.FINE, **shared)["Inbox"]
    advice = found(sound, Verdict.ADVICE, **shared | {"link_secret": ""})
    assert "CYBER_VALLEYS_LINK_SECRET is not set" in advice["Inbox"]
    with postgres.opening(address) as link:
        link.execute("UPDATE version SET version = 99")
        link.execute("DROP ROLE IF EXISTS doctor_guest")
        link.execute("CREATE ROLE doctor_guest LOGIN")
    assert "Update this one" in found(sound, Verdict.ADVICE, **shared)["Inbox"]
    guest = shared | {"inbox_database": address.replace("valleys@", "doctor_guest@")}
    assert "may make no tables" in found(sound, Verdict.WRONG, **guest)["Inbox"]
    with postgres.opening(address) as link:
        link.execute("GRANT USAGE ON SCHEMA cyber_valleys TO doctor_guest")
        link.execute("GRANT SELECT ON ALL TABLES IN SCHEMA cyber_valleys TO doctor_guest")
    assert "may not write" in found(sound, Verdict.WRONG, **guest)["Inbox"]
    lost = shared | {"inbox_database": "postgresql://me:secret@127.0.0.1:9/valleys"}
    sentence = found(sound, Verdict.WRONG, **lost)["Inbox"]
    assert "check that the server runs" in sentence
    assert "secret" not in sentence


@pytest.mark.parametrize(
    ("other", "subject"),
    [
        ({"site_url": ""}, "Address"),
        ({"site_url": "http://valleys.example"}, "Address"),
        ({"publisher": ""}, "Publisher"),
        ({"secretariat": ()}, "Sign-in"),
        ({"max_sessions": 10**9}, "Open files"),
    ],
)
def test_what_may_be_meant_is_advice(sound: Path, other: dict[str, object], subject: str) -> None:
    assert subject in found(sound, Verdict.ADVICE, **other)


def test_the_command_ends_with_a_fault_only_if_something_is_wrong(
    sound: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CYBER_VALLEYS_RELEASES_DIR", str(sound / "releases"))
    monkeypatch.setenv("CYBER_VALLEYS_INBOX_FILE", str(sound / "inbox" / "inbox.sqlite"))
    settings.cache_clear()
    fine = CliRunner().invoke(app, ["doctor"])
    assert fine.exit_code == OK, fine.output
    assert "0 wrong" in fine.output
    damage_release(sound)
    settings.cache_clear()
    wrong = CliRunner().invoke(app, ["doctor", "--quiet"])
    assert wrong.exit_code == INPUT
    assert "1 wrong" in wrong.output


class Other(BaseHTTPRequestHandler):
    """Another program, which answers everything."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"another program")

    def log_message(self, *args: object) -> None:
        """Nothing."""


@pytest.fixture
def other_program() -> Iterator[int]:
    """The port on which another program answers."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Other) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


def test_a_port_that_another_program_has_is_named(
    sound: Path, other_program: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STREAMLIT_SERVER_PORT", str(other_program))
    assert "another program answers" in found(sound, Verdict.WRONG)["Ports"]
    assert "of their own" in found(sound, Verdict.WRONG, metrics_port=other_program)["Ports"]
    monkeypatch.setenv("STREAMLIT_SERVER_PORT", "1")
    assert "Nobody listens on 1" in found(sound, Verdict.FINE)["Ports"]
    other = found(sound, Verdict.WRONG, metrics_port=other_program)["Ports"]
    assert other == f"Another program is on {other_program} of this machine."


def test_a_mistyped_setting_is_named(sound: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CYBER_VALLEYS_SITEURL", "https://valleys.example")
    monkeypatch.setenv("CYBER_VALLEYS_CHROMIUM", "of somebody else")
    assert found(sound, Verdict.ADVICE)["Settings"] == (
        "CYBER_VALLEYS_SITEURL is no setting, so it does nothing: CYBER_VALLEYS_SITE_URL is."
    )


def test_a_setting_that_cannot_be_taken_is_a_sentence_and_not_repeated(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CYBER_VALLEYS_METRICS_PORT", "s3cret")
    settings.cache_clear()
    told = CliRunner().invoke(app, ["doctor"])
    assert told.exit_code == INPUT
    assert "CYBER_VALLEYS_METRICS_PORT can't be taken" in told.output
    assert "s3cret" not in told.output


def test_whoever_is_another_user_is_told(sound: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    owner = (sound / "releases").stat().st_uid
    monkeypatch.setattr("os.geteuid", lambda: owner + 1)
    told = found(sound, Verdict.ADVICE)["User"]
    assert f"belongs to {pwd.getpwuid(owner).pw_name}, and you are" in told


def test_a_clock_that_nobody_keeps_is_told(sound: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = sound / "synchronized"
    monkeypatch.setattr(doctor, "_SYSTEMD", sound)
    monkeypatch.setattr(doctor, "_KEEPS_TIME", (kept,))
    assert "set-ntp" in found(sound, Verdict.ADVICE)["Clock"]
    kept.touch()
    assert "Clock" not in found(sound, Verdict.ADVICE)


def test_old_copies_are_told(sound: Path) -> None:
    copies = sound / "copies"
    copies.mkdir()
    copy = copies / "cyber-valleys-backup-2026-01-01T000000Z.zip"
    copy.touch()
    assert "days old" not in found(sound, Verdict.ADVICE, backup_dir=copies).get("Backup", "")
    os.utime(copy, (0, datetime.now(UTC).timestamp() - 5 * 86_400))
    assert "5 days old" in found(sound, Verdict.ADVICE, backup_dir=copies)["Backup"]
