"""The mark of who has the label *Cybersecurity Made in Europe*: a seal with a tick.

Both paths are in a square of 20 by 20: the first is filled, the second a line of width 2.
"""

from __future__ import annotations

from urllib.parse import quote

from ecosystem.common.colours import ACCENT

# Two squares, one of them on its corner.
SEAL = "M3 3H17V17H3ZM10 .1 19.9 10 10 19.9 .1 10Z"
TICK = "M6 10.2 9 13.2 14 7.2"
COLOUR, INK = ACCENT[False], "#ffffff"
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 20">'
    f'<path d="{SEAL}" fill="{COLOUR}"/>'
    f'<path d="{TICK}" fill="none" stroke="{INK}" stroke-width="2"/></svg>'
)
# What a style sheet takes as a background, between single quotation marks.
BACKGROUND = f"url('data:image/svg+xml,{quote(SVG)}')"
