"""From data to PDF: text made printable, pictures as SVG, both set by typst."""

from __future__ import annotations

import json
import re
import unicodedata
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from anyascii import anyascii

from ecosystem.common import wording
from ecosystem.common.store import Database
from ecosystem.drawing import pictures
from ecosystem.tables import releases

_TEMPLATES = Path(__file__).parent / "templates"
# PDF/UA-1: tagged headings, tables and pictures with their descriptions, for screen readers.
_STANDARD: Literal["ua-1"] = "ua-1"
# What the font draws. All that the 24 languages of the EU and their neighbours need is in it;
# a letter without a glyph would make the PDF invalid, so others are transliterated.
_DRAWN = re.compile(
    "[ -~\u00a0-\u017f\u018f\u0192\u01a0\u01a1\u01af\u01b0\u01cd-\u01dc\u01e6\u01e7\u0218-\u021b"
    "\u0259\u02bb\u02bc\u02c6\u02c7\u02d8-\u02dd\u0384-\u038a\u038c\u038e-\u03a1\u03a3-\u03ce"
    "\u0400-\u045f\u0490\u0491\u1e80-\u1e85\u1e9e\u1ea0-\u1ef9\u2010-\u2015\u2018-\u201e"
    "\u2020-\u2022\u2026\u2030\u2032\u2033\u2039\u203a\u20ac\u2116\u2122\u2190-\u2193\u2212"
    "\u2260\u2264\u2265\u03a3]"
)
# A word longer than this would stick out of a column: it may be broken anywhere.
_LONG_WORD = re.compile(r"\S{24}(?=\S{8})")
_BREAK = "\u200b"


def printable(text: object, limit: int = 120) -> str:
    """Text as the brief can print it: composed, without control characters, cut to a length.

    Parameters
    ----------
    text : object
        Any text of the register; a missing value becomes a dash.
    limit : int
        Characters that are left, with the ellipsis that says that there were more.
    """
    if text is None or text != text:
        return wording.DASH
    # Nothing beyond a few times the limit can be left: a long text costs no time.
    whole = unicodedata.normalize("NFC", str(text)[: 4 * limit])
    drawn = "".join(
        letter
        if _DRAWN.match(letter)
        else " "
        if letter.isspace()
        else ""
        if unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Co", "Cn")
        else anyascii(letter)
        for letter in whole
    )
    words = " ".join(drawn.split(" ")).strip()
    words = re.sub(" {2,}", " ", words)
    if len(words) > limit:
        words = words[: limit - 1].rstrip() + "…"
    return _LONG_WORD.sub(lambda match: match[0] + _BREAK, words)


def typeset(database: Database, template: str, content: dict[str, Any]) -> bytes:
    """A PDF of a template and its content, dated by the release: same numbers, same file.

    Parameters
    ----------
    template : str
        Name of a file in ``templates``, without its ending.
    content : dict
        What the template shows: printable text, numbers in words, pictures as SVG.
    """
    made: datetime = releases.story(database)["created_at"]
    return typeset_at(made.replace(tzinfo=UTC), template, content)


def typeset_at(made: datetime, template: str, content: dict[str, Any]) -> bytes:
    """A PDF of a template and its content, which are of no release.

    Parameters
    ----------
    made : datetime
        What the file says of when it was made, with its time zone.
    template, content
        As of :func:`typeset`.
    """
    # Imported here, because only who asks for a brief needs it.
    import typst

    folder = pictures.font_folder()
    return bytes(
        typst.compile(
            str(_TEMPLATES / f"{template}.typ"),
            root=str(_TEMPLATES),
            font_paths=[str(folder)] if folder else [],
            ignore_system_fonts=True,
            format="pdf",
            sys_inputs={"content": json.dumps(content, ensure_ascii=False, allow_nan=False)},
            pdf_standards=_STANDARD,
            timestamp=int(made.timestamp()),
        )
    )
