"""The mark of an organisation's type: its letter on its colour, as the map draws it."""

from __future__ import annotations

from html import escape

from ecosystem.common.vocabulary import DARK_TEXT_ON, TYPES

# Where the site serves the marks: ``ADDRESS.format("sme")``.
ADDRESS = "assets/type/{}.svg"


def svg(type_: str) -> str:
    """The mark as an SVG file.

    Parameters
    ----------
    type_ : str
        Code of the type.

    Raises
    ------
    KeyError
        If there is no such type.
    """
    term = TYPES[type_]
    ink = "#000" if term.colour in DARK_TEXT_ON else "#fff"
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 20" width="20" height="20">'
        f'<circle cx="10" cy="10" r="10" fill="{term.colour}"/>'
        f'<text x="10" y="14.4" text-anchor="middle" font-family="sans-serif" font-size="12.5" '
        f'font-weight="700" fill="{ink}">{escape(term.letter)}</text></svg>'
    )


def spoken_image(type_: str) -> str:
    """The mark as a Markdown image that is read aloud as the type's label."""
    return f"![{TYPES.label(type_)}]({ADDRESS.format(type_)})"


def silent_image(type_: str) -> str:
    """The mark as a Markdown image beside a text that says the type already."""
    return f"![]({ADDRESS.format(type_)})"
