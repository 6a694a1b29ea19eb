"""Who stands behind an installation: what its settings say, or that they don't."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ecosystem.common.links import web_address
from ecosystem.common.settings import Settings, settings

UNNAMED = "the operator of this installation, who has not given a name"
_EMAIL = re.compile(r"[^\s@<>\"',;:\\]+@[^\s@<>\"',;:\\]+\.[^\s@<>\"',;:\\.]{2,}")


@dataclass(frozen=True)
class Publisher:
    """Who publishes this site.

    Attributes
    ----------
    name : str
        As it goes into sentences; :data:`UNNAMED` if the installation names nobody.
    is_named : bool
        Whether the installation names somebody.
    contact : str
        Address to write to or to open (``mailto:`` or ``http(s)``); empty if there is none.
    imprint_url, privacy_url, source_code_url, enforcement_url : str
        Web addresses; empty if there is none.
    """

    name: str
    is_named: bool
    contact: str
    imprint_url: str
    privacy_url: str
    source_code_url: str
    enforcement_url: str

    @property
    def author(self) -> str:
        """Who is named as the author of data and feeds: the site itself where nobody is."""
        return self.name if self.is_named else "Cyber Valleys"

    def links(self) -> dict[str, str]:
        """Label and address of all that can be opened, in the order of display."""
        links = {
            "Contact": self.contact,
            "Imprint": self.imprint_url,
            "Data protection": self.privacy_url,
            "Source code": self.source_code_url,
        }
        return {label: address for label, address in links.items() if address}

    def missing_details(self) -> list[str]:
        """What the installation doesn't say, in words; empty if it says everything."""
        known = {
            "its publisher": self.is_named,
            "a contact": self.contact,
            "an imprint": self.imprint_url,
            "a data protection notice": self.privacy_url,
            "where its source code is": self.source_code_url,
        }
        return [words for words, value in known.items() if not value]


def publisher(own: Settings | None = None) -> Publisher:
    """The publisher that the settings name.

    Parameters
    ----------
    own : Settings, optional
        Settings of another installation than this one.
    """
    own = own or settings()
    name = " ".join(own.publisher.split())
    return Publisher(
        name=name or UNNAMED,
        is_named=bool(name),
        contact=_contact(own.contact.strip()),
        imprint_url=web_address(own.imprint_url) or "",
        privacy_url=web_address(own.privacy_url) or "",
        source_code_url=web_address(own.source_code_url) or "",
        enforcement_url=web_address(own.enforcement_url) or "",
    )


def _contact(text: str) -> str:
    return f"mailto:{text}" if _EMAIL.fullmatch(text) else web_address(text) or ""
