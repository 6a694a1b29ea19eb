"""How this process asks the system for memory."""

from __future__ import annotations

import ctypes
import gc

import pyarrow as pa

# Options of mallopt(3) in glibc's malloc.h.
_M_MMAP_THRESHOLD = -3
_M_ARENA_MAX = -8
_LARGE_BYTES = 128 * 1024


def share_arena() -> bool:
    """Let all threads take their memory from one arena; whether this system can.

    Streamlit runs each script in a thread of its own, and glibc gives threads arenas of their own,
    up to eight a core. What one arena has free no other can use, so the process grows by each
    release that is published. No thread waits for another because of it: Python runs one at a
    time. Arenas that threads have already stay, so this comes before them.
    """
    return _set_option(_M_ARENA_MAX, 1)


def return_large_blocks() -> bool:
    """Have the system take back each block of 128 KiB or more at once; whether it can.

    glibc begins so, but each such block that is given back makes it raise that size, up to 32 MB.
    Tables of a page are then cut out of the arena, and what small things that stay leave of their
    room is too small for the next: after 28 releases in four minutes 130 MB of 298 were free and
    of no use. An option that is set is not raised.
    """
    return _set_option(_M_MMAP_THRESHOLD, _LARGE_BYTES)


def share_with_arrow() -> None:
    """Let Arrow take its memory where all else does, so that large blocks go back at once.

    Its own allocator keeps what was given back for what may come: of what the search index of a
    million organisations is read through, 220 MB.
    """
    pa.set_memory_pool(pa.system_memory_pool())


def keep_for_good() -> None:
    """Spare the collector what there is now: modules, which stay as long as the process.

    Each of its full rounds looks at all objects: 0.2 s for those of the libraries alone, and the
    first page after a start makes enough new ones for several rounds.
    """
    gc.freeze()


def _set_option(option: int, value: int) -> bool:
    try:
        set_option = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError, TypeError):
        # Another system's allocator, which has its own ways.
        return False
    return bool(set_option(option, value))
