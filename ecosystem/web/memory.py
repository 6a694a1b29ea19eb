"""How this process asks the system for memory."""

from __future__ import annotations

import ctypes

# The option of mallopt(3) in glibc's malloc.h that bounds the number of arenas.
_M_ARENA_MAX = -8


def share_arena() -> bool:
    """Let all threads take their memory from one arena; whether this system can.

    Streamlit runs each script in a thread of its own, and glibc gives threads arenas of their own,
    up to eight a core. What one arena has free no other can use, so the process grows by each
    release that is published. No thread waits for another because of it: Python runs one at a
    time. Arenas that threads have already stay, so this comes before them.
    """
    try:
        set_option = ctypes.CDLL(None).mallopt
    except (OSError, AttributeError, TypeError):
        # Another system's allocator, which has its own ways.
        return False
    return bool(set_option(_M_ARENA_MAX, 1))
