"""Which page of a list an address asks for."""

from __future__ import annotations


def turn(asked: str, total: int, size: int) -> tuple[int, int]:
    """The page asked for, within what there is, and how many entries come before it.

    Parameters
    ----------
    asked : str
        As an address has it; what is no number is the first page.
    total, size : int
        Entries of the list, and of one page.

    Returns
    -------
    number, offset : int
        The page's number, from 1, and the entries before it.
    """
    last = max(1, -(-total // size))
    digits = asked[:9]
    number = min(max(int(digits) if digits.isascii() and digits.isdigit() else 1, 1), last)
    return number, (number - 1) * size
