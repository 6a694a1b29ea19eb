"""What the site is installed with may be passed on, and is looked at for vulnerabilities."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from docs import audit, licences
from ecosystem.common.settings import ROOT


def test_every_pinned_package_has_a_compatible_licence() -> None:
    names = licences.pinned()
    assert len(names) > 100
    assert "streamlit" in names
    odd = {name: licences.licence(name) for name in names}
    assert {n: told for n, told in odd.items() if not licences.is_compatible(told)} == {}


def test_the_page_lists_all_of_them() -> None:
    """Run `python -m docs.licences` after a change of the lock file."""
    rows = re.findall(r"^\| (\S+) \| (.+) \|$", licences.PAGE.read_text(encoding="utf-8"), re.M)
    assert rows[0] == ("package", "licence")
    assert [name for name, _ in rows[1:]] == licences.pinned()
    assert licences.PAGE.read_text(encoding="utf-8") == licences.page()


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("MIT", True),
        ("Apache-2.0 OR GPL-3.0-only", True),
        ("BSD-3-Clause AND Zlib", True),
        ("MIT AND GPL-3.0-only", False),
        ("AGPL-3.0-or-later", False),
        ("", False),
    ],
)
def test_what_is_compatible(expression: str, expected: bool) -> None:
    assert licences.is_compatible(expression) is expected


def test_an_audit_without_a_connection_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTPS_PROXY", "HTTP_PROXY", "https_proxy", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    lock = tmp_path / "requirements.lock"
    lock.write_text(f"idna==3.10 --hash=sha256:{'0' * 64}\n", encoding="utf-8")
    code, sentence = audit.audit(lock)
    assert code == audit.UNKNOWN, sentence
    assert "can't be reached from here" in sentence
    assert "Traceback" not in sentence


def test_what_was_found_is_told_from_what_could_not_be_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Done:
        def __init__(self, returncode: int, stdout: str, stderr: str) -> None:
            self.returncode, self.stdout, self.stderr = returncode, stdout, stderr

    for answer, expected in (
        (Done(0, "", "No known vulnerabilities found"), audit.SOUND),
        (Done(1, "x 1.0 CVE-2026-1", "Found 1 known vulnerability in 1 package"), audit.VULNERABLE),
        (Done(1, "", "ValueError: odd"), audit.UNKNOWN),
    ):
        monkeypatch.setattr(audit.subprocess, "run", lambda *_, told=answer, **__: told)
        assert audit.audit()[0] == expected


def test_the_makefile_has_both_and_the_list_of_parts_stays_out_of_the_repository() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert "docs.audit" in makefile
    assert "cyclonedx-py requirements requirements.lock" in makefile
    assert "sbom.cdx.json" in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
