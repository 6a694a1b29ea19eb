"""The arenas of a process with many threads, as glibc counts them."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

# Threads that all live at once and take memory, then how many arenas there are.
_PROGRAMME = """
import ctypes, sys, threading
from ecosystem.web import memory

if sys.argv[1] == "shared":
    assert memory.share_arena()
there = threading.Barrier(12)

def work():
    held = [bytes(5_000) for _ in range(200)]
    there.wait()

threads = [threading.Thread(target=work) for _ in range(12)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
libc = ctypes.CDLL(None)
libc.fdopen.restype = ctypes.c_void_p
libc.malloc_info.argtypes = [ctypes.c_int, ctypes.c_void_p]
libc.fflush.argtypes = [ctypes.c_void_p]
output = libc.fdopen(1, b"w")
libc.malloc_info(0, output)
libc.fflush(output)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="arenas are glibc's")
def test_threads_share_one_arena() -> None:
    assert _arenas("shared") == 1
    assert _arenas("as they are") > 1


def _arenas(how: str) -> int:
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAMME, how], capture_output=True, text=True, check=True
    )
    return done.stdout.count("<heap ")
