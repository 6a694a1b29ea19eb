"""What of Streamlit's own files the site changes when it serves them.

A box of choices matches what is typed letter by letter, with letters between: "koln" doesn't
find Köln but "East Yorkshire and Northern Lincolnshire". No setting of Streamlit folds accents and
hyphens, so the function that filters the options asks the site's first
(``window.cyberValleysChoices`` in ``ecosystem/ui/assets/site.js``). Where it isn't found, as in
another version of Streamlit, the boxes match as Streamlit's do.

Its typeface and its icons are 550 kB, which a slow line loads before the map. Both can wait:
their rules are taken out of Streamlit's style sheet (:func:`without_late_fonts`) and stand in the
site's own documents. On the start page ``ecosystem/ui/assets/plain.js`` lets them count once the
map is there.
"""

from __future__ import annotations

import re

# function xn(options,typed){if(!typed)return options;let ...
_FILTER = re.compile(
    rb"(function \w+\((?P<options>\w+),(?P<typed>\w+)\)\{if\(!(?P=typed)\)return (?P=options);)"
    rb"(?=let \w+=(?P=options)\.filter\(\w+=>\w+\((?P=typed),\w+\.label\)\))"
)
_ASK = (
    rb"\1if(globalThis.cyberValleysChoices)"
    rb"return globalThis.cyberValleysChoices(\g<options>,\g<typed>);"
)
_FACE = re.compile(r"@font-face\{[^}]*\}")
_LATE = ("Source Sans", "Material Symbols Rounded")
_FAMILY = re.compile(r"font-family:\s*[\"']?([^;\"'}]+)")
# From the folder of style sheets, as the sheet writes it, and from the document.
_MEDIA, _MEDIA_OF_DOCUMENT = "url(../media/", "url(./static/media/"


def adapt(script: bytes) -> bytes:
    """A script of the bundle as the site serves it; as it is where there is nothing to change."""
    return _FILTER.sub(_ASK, script)


def without_late_fonts(sheet: str) -> str:
    """A style sheet without the fonts that may come after the page."""
    return _FACE.sub(lambda face: "" if _is_late(face[0]) else face[0], sheet)


def late_fonts(sheet: str) -> str:
    """The rules that :func:`without_late_fonts` takes out, for a document beside ``static/``."""
    faces = (face for face in _FACE.findall(sheet) if _is_late(face))
    return "".join(faces).replace(_MEDIA, _MEDIA_OF_DOCUMENT)


def _is_late(face: str) -> bool:
    family = _FAMILY.search(face)
    return family is not None and family[1].strip() in _LATE
