"""Known vulnerabilities in what ``requirements.lock`` pins: pip-audit, and a sentence when offline.

``python -m docs.audit`` asks the advisory database of the package index and changes nothing.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from docs.licences import LOCK

SOUND, VULNERABLE, UNKNOWN = 0, 1, 3
# What pip-audit's traceback ends with when it reached nobody.
_UNREACHED = ("ConnectionError", "ProxyError", "ConnectTimeout", "ReadTimeout", "SSLError",
              "ServiceError", "Max retries exceeded")  # fmt: skip
_WAIT_S = 600


def audit(lock: Path = LOCK) -> tuple[int, str]:
    """Look at each pinned package; gives an exit code and what to say.

    Parameters
    ----------
    lock : Path
        File with exact versions and hashes. Nothing is installed from it.
    """
    command = [sys.executable, "-m", "pip_audit", "--requirement", str(lock), "--disable-pip",
               "--require-hashes", "--progress-spinner", "off"]  # fmt: skip
    try:
        done = subprocess.run(  # noqa: S603  (a list of own words and a path)
            command, capture_output=True, text=True, timeout=_WAIT_S, check=False
        )
    except subprocess.TimeoutExpired:
        return UNKNOWN, f"The database of vulnerabilities did not answer within {_WAIT_S} s."
    said = f"{done.stdout}\n{done.stderr}".strip()
    if done.returncode and any(word in done.stderr for word in _UNREACHED):
        return UNKNOWN, (
            "Nothing is known: the database of vulnerabilities can't be reached from here. Run "
            "`make audit` where there is a connection to the internet."
        )
    if done.returncode and "Found" not in said:
        return UNKNOWN, f"Nothing is known: pip-audit failed.\n{said}"
    return (VULNERABLE if done.returncode else SOUND), said


if __name__ == "__main__":
    code, sentence = audit()
    print(sentence)
    sys.exit(code)
