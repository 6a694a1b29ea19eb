"""What a suggestion is, and how one can be refused."""

from __future__ import annotations

import enum
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

# What has become of an organisation.
LIFE = ("status", "status_year", "successor_id", "successor_name", "status_source_url")
# The columns of the register that a stranger can know, in the order of the form.
FIELDS = (
    "name", "type", "city", "country", "nuts2_hint", "website", "founded", "domains", "sectors",
    "functions", "notes", "source_url", *LIFE,
)  # fmt: skip
MAX_BYTES = 20_000
MAX_COMMENT = 2_000
MAX_CONTACT = 254


class State(enum.StrEnum):
    """How far a suggestion is."""

    OPEN = "open"
    # Its change is decided and recorded, and on its way into the register.
    ACCEPTING = "accepting"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    # It was accepted, and its change is on its way out of the register again.
    TAKING_BACK = "taking back"


class Refused(Exception):
    """A suggestion isn't taken; the message is a sentence for whoever made it."""


class NotKept(Refused):
    """It could not be written down, through no fault of whoever made it."""


@dataclass(frozen=True)
class Draft:
    """What somebody typed into the form.

    Attributes
    ----------
    org_id : str
        The organisation that it corrects; empty for a new one.
    values : mapping of str to str
        Cells by column of the register: all of :data:`FIELDS` for a new organisation, the changed
        ones and ``source_url`` for a correction.
    before : mapping of str to str
        What the published cells said that a correction changes.
    comment : str
        A word to the moderators.
    contact : str
        Address for questions; may be empty.
    link : str
        The link that was sent to the organisation itself (:mod:`etl.inbox.invitation`), if it
        came by one.
    """

    org_id: str
    values: Mapping[str, str]
    before: Mapping[str, str] = field(default_factory=dict)
    comment: str = ""
    contact: str = ""
    link: str = ""

    def content(self) -> str:
        """All that it says but the contact address, in one written form."""
        parts = [self.org_id, dict(self.values), dict(self.before), self.comment]
        return json.dumps(parts, sort_keys=True, ensure_ascii=False)

    def key(self, session: str) -> str:
        """What the same content from the same form always gives, so that it is kept once.

        Of what came by a link, it is the link's: each is answered once.
        """
        if self.link:
            return key_of_link(self.link)
        return hashlib.sha256(f"{session}\n{self.content()}".encode(errors="replace")).hexdigest()


def key_of_link(link: str) -> str:
    """The key of the suggestion that was, or will be, made with a link; it doesn't tell the link.

    Parameters
    ----------
    link : str
        As in :class:`Draft`.
    """
    return hashlib.sha256(f"link\n{link}".encode()).hexdigest()


@dataclass(frozen=True)
class Suggestion:
    """A suggestion in the inbox.

    Attributes
    ----------
    number : int
        As acknowledged to whoever made it.
    state : State
        How far it is.
    received, decided : datetime
        UTC; `decided` is None while it is open.
    org_id : str
        The organisation that it corrects; once accepted, the one that it made.
    is_new : bool
        Whether it suggests a new organisation.
    values, before, comment : mapping, mapping, str
        As in :class:`Draft`; empty once they are past their time.
    contact : str
        Address for questions; empty once decided.
    reason : str
        The moderators' answer: why it was rejected, or a word with the acceptance.
    plan : mapping
        The change of the register that was decided on; empty before.
    is_own : bool
        Whether the organisation itself made it, by a link that was sent to it.
    decided_by : str
        The account that decided; never shown to visitors.
    sender : str
        Salted hash of the address that it came from, for a short time
        (:mod:`etl.inbox.senders`); empty once decided.
    """

    number: int
    state: State
    received: datetime
    decided: datetime | None
    org_id: str
    is_new: bool
    values: Mapping[str, str]
    before: Mapping[str, str]
    comment: str
    contact: str
    reason: str
    plan: Mapping[str, Mapping[str, str]]
    is_own: bool = False
    decided_by: str = ""
    sender: str = ""

    @property
    def is_confirmation(self) -> bool:
        """Whether the organisation says that all is right, and changes nothing."""
        return self.is_own and not self.values

    @property
    def is_kept(self) -> bool:
        """Whether its texts are still there: they go some time after the decision."""
        return bool(self.values or self.before or self.comment)
