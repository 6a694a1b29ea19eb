"""Where a process has its memory, as glibc counts it."""

from __future__ import annotations

import platform
import re
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(
    platform.libc_ver()[0] != "glibc", reason="these ways with memory are glibc's"
)
_BEGIN = """
import ctypes, sys, threading
from ecosystem.web import memory

libc = ctypes.CDLL(None)
as_the_site_has_it = sys.argv[1] == "as the site has it"
"""
# What glibc says of its memory.
_TELL = """
libc.fdopen.restype = ctypes.c_void_p
libc.malloc_info.argtypes = [ctypes.c_int, ctypes.c_void_p]
libc.fflush.argtypes = [ctypes.c_void_p]
output = libc.fdopen(1, b"w")
libc.malloc_info(0, output)
libc.fflush(output)
"""
# Threads that all live at once and take memory.
_THREADS = """
if as_the_site_has_it:
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
"""
# A large block that was given back, then one that is held.
_BLOCKS = """
libc.malloc.restype = ctypes.c_void_p
libc.malloc.argtypes = [ctypes.c_size_t]
libc.free.argtypes = [ctypes.c_void_p]
if as_the_site_has_it:
    assert memory.return_large_blocks()
libc.free(libc.malloc(20_000_000))
held = libc.malloc(1_000_000)
"""
# A large column of Arrow.
_COLUMN = """
import pyarrow as pa

if as_the_site_has_it:
    assert memory.return_large_blocks()
    memory.share_with_arrow()
held = pa.allocate_buffer(1_000_000)
"""


def test_threads_share_one_arena() -> None:
    # Libraries that are imported may have begun some.
    before = _arenas("", "as the site has it")
    assert _arenas(_THREADS, "as the site has it") == before
    assert _arenas(_THREADS, "as glibc has it") > before


def test_a_large_block_is_the_systems_again_however_many_there_were() -> None:
    assert _mapped_bytes(_told(_BLOCKS, "as the site has it")) >= 1_000_000
    assert _mapped_bytes(_told(_BLOCKS, "as glibc has it")) < 1_000_000


def test_what_arrow_holds_is_of_the_same_memory() -> None:
    assert _mapped_bytes(_told(_COLUMN, "as the site has it")) >= 1_000_000
    assert _mapped_bytes(_told(_COLUMN, "as glibc has it")) < 1_000_000


def test_the_collector_leaves_what_the_site_began_with() -> None:
    programme = """
import gc
from ecosystem.web import memory

memory.keep_for_good()
print(len(gc.get_objects()))
"""
    told = subprocess.run(
        [sys.executable, "-c", programme], capture_output=True, text=True, check=True
    ).stdout
    assert int(told) < 1_000


def _told(programme: str, how: str) -> str:
    whole = _BEGIN + programme + _TELL
    return subprocess.run(
        [sys.executable, "-c", whole, how], capture_output=True, text=True, check=True
    ).stdout


def _arenas(programme: str, how: str) -> int:
    return _told(programme, how).count("<heap ")


def _mapped_bytes(told: str) -> int:
    found = re.search(r'<total type="mmap" count="\d+" size="(\d+)"/>', told)
    assert found
    return int(found[1])
