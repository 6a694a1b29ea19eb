"""The picture of a link's preview: what a page is called, what it says, and where it is."""

from __future__ import annotations

import re
import textwrap
import threading
from xml.sax.saxutils import escape

from ecosystem.common.colours import ACCENT
from ecosystem.drawing.pictures import FONT, png

# What link previews are made for: https://ogp.me and the cards of social networks.
WIDTH, HEIGHT = 1200, 630
_TEXT, _MAP = 500, 600
_SIZE = re.compile(r'<svg( xmlns="[^"]*")? width="\d+" height="\d+"')
_HEADING, _LINE = 54, 30
_LONGEST_HEADING, _LONGEST_TEXT = 4, 7
_INK, _PAPER = "#14171f", "#ffffff"
# Drawing one takes a core for a moment; a crawler shouldn't have all of them.
_one_at_a_time = threading.Lock()


def draw(heading: str, text: str, map_: str) -> bytes:
    """A picture of a page as PNG, 1200 by 630 pixels.

    Parameters
    ----------
    heading, text : str
        What the page is called and says; escaped here, cut where there is no room.
    map_ : str
        SVG of where it is, 720 pixels wide; empty if it is nowhere.
    """
    with _one_at_a_time:
        return png(svg(heading, text, map_))


def svg(heading: str, text: str, map_: str) -> str:
    """The same as SVG."""
    width = _TEXT if map_ else WIDTH - 120
    lines = [
        *_lines(heading, width, _HEADING, _LONGEST_HEADING, 'font-weight="600"'),
        *_lines(text, width, _LINE, _LONGEST_TEXT, ""),
    ]
    y, before = 70.0, 0
    parts = [
        f'<text x="60" y="62" font-size="28" fill="{ACCENT[False]}" font-weight="600">'
        "Cyber Valleys</text>"
    ]  # fmt: skip
    for line, size, style in lines:
        y += size * 1.25 + (20 if size != before else 0)
        before = size
        parts.append(f'<text x="60" y="{y:.0f}" font-size="{size}" {style}>{escape(line)}</text>')
    inner = _SIZE.sub(
        f'<svg x="{_TEXT + 60}" y="90" width="{_MAP}" height="{_MAP * 3 // 4}"', map_, 1
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" '
        f'viewBox="0 0 {WIDTH} {HEIGHT}" font-family="{FONT}, sans-serif" fill="{_INK}">'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{_PAPER}"/>{inner}'
        f"{''.join(parts)}</svg>"
    )


def _lines(text: str, width: int, size: int, most: int, style: str) -> list[tuple[str, int, str]]:
    shown = "".join(letter if letter.isprintable() else " " for letter in text)
    # Letters of this typeface are about half as wide as high.
    wrapped = textwrap.wrap(shown, max(int(width / (size * 0.5)), 8), break_long_words=True)
    if len(wrapped) > most:
        wrapped = [*wrapped[: most - 1], f"{wrapped[most - 1][:-1]}…"]
    return [(line, size, style) for line in wrapped]
