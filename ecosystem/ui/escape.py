"""Register text on its way into Streamlit's Markdown."""

from __future__ import annotations

import re

_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")
# Streamlit makes arrows, a dash and signs of comparison of these where they stand alone, escaped or
# not; a joiner without width keeps their characters apart.
_TYPOGRAPHY = re.compile(r"(?<!\S)(<->|->|<-|--|>=|<=|~=)(?!\S)")
# What Markdown makes a link of where it is only written out, escaped or not: GitHub's autolinks.
_AUTOLINK = re.compile(r"https?(?=://)|www(?=\.)|[-.\w+](?=@)", re.IGNORECASE)
_JOINER = "\u2060"
_LINE_ENDS = re.compile(r"[\r\n\u2028\u2029]+")


# What could end the target of a link.
_IN_TARGET = {ord(sign): f"%{ord(sign):02X}" for sign in "()<>[]\\`"}


def link(label: str, address: str) -> str:
    """A link as Markdown.

    Parameters
    ----------
    label : str
        Markdown; text from elsewhere goes through :func:`markdown` first.
    address : str
        An address that may be linked to, as :func:`ecosystem.common.links.web_address` gives it;
        nothing in it can end the link.
    """
    return f"[{label}]({address.translate(_IN_TARGET)})"


def code(text: object) -> str:
    """Any text as Markdown in the letters of code, for what somebody copies: nothing is put in."""
    plain = _LINE_ENDS.sub(" ", str(text))
    longest = max((len(run) for run in re.findall("`+", plain)), default=0)
    fence = "`" * (longest + 1)
    return f"{fence} {plain} {fence}"


def markdown(text: object) -> str:
    """Any text as Markdown that shows just that text.

    Images, HTML, colours, icons, formulas and links under another name stay plain characters, so
    that a name in the register can neither dress up nor make a browser fetch something. An
    address that is written out doesn't become a link either: what may be one is for
    :func:`ecosystem.common.links.web_address` and :func:`link` to say.
    """
    plain = _LINE_ENDS.sub(" ", str(text))
    plain = _AUTOLINK.sub(rf"\g<0>{_JOINER}", plain)
    apart = _TYPOGRAPHY.sub(lambda match: _JOINER.join(match[0]), plain)
    return _PUNCTUATION.sub(r"\\\1", apart)
