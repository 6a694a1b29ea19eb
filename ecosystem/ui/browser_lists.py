"""Lists that a visitor's browser keeps: in all of its tabs the same, and not on the server.

The browser's own storage holds the list; the session has what is shown of it. Whatever stands in
that storage is text from a stranger: a browser's owner, and every program in it, can write there.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from ecosystem.common import wording
from ecosystem.ui import style
from ecosystem.web.routes import ASSETS

# As many changes as can be on their way to the browser at once, and more.
_ON_THE_WAY = 20
_USELESS = (
    "{n} entry of your {list} in this browser can’t be used any more and was taken off.",
    "{n} entries of your {list} in this browser can’t be used any more and were taken off.",
)
_mount = st.components.v2.component(
    "browser_list", js=(ASSETS / "browser_list.js").read_text(encoding="utf-8")
)


@dataclass(frozen=True)
class BrowserList:
    """One list.

    Attributes
    ----------
    name : str
        Its name in the browser's storage, after ``cyber-valleys-``, and for people.
    pattern : re.Pattern
        What an entry looks like.
    limit : int
        How many entries it holds; of more, the newest stay.
    find : callable
        Gives, for entries that look right, what each is now; those that it leaves out are unknown.
    """

    name: str
    pattern: re.Pattern[str]
    limit: int
    find: Callable[[list[str]], Mapping[str, str]]

    def items(self) -> list[str]:
        """Entries, the newest last."""
        return list(self._memory()["shown"])

    def replace(self, items: Iterable[str]) -> None:
        """Change what the list holds; call it in a widget's callback."""
        held = self._memory()
        wanted = list(dict.fromkeys(items))[-self.limit :]
        add = [item for item in wanted if item not in held["shown"]]
        remove = [item for item in held["shown"] if item not in wanted]
        self._change(add, remove)
        held["shown"] = wanted

    def connect(self) -> None:
        """Bring list and browser together, and say what of it was of no use.

        Call it once in a rerun, on every page that shows the list.
        """
        held = self._memory()
        with style.unseen(f"browser_list_{self.name}"):
            _mount(
                key=self._key,
                data={
                    "name": self.name,
                    "session": held["session"],
                    "changes": held["changes"],
                    "shown": held["shown"],
                    "limit": self.limit,
                },
                on_told_change=lambda: self.take_over(st.session_state[self._key].get("told")),
            )
        if held.get("useless"):
            self._say_useless(held["useless"])

    def _say_useless(self, n: int) -> None:
        """Say it until it is read: a toast would be gone with the next rerun."""
        with st.container(horizontal=True, vertical_alignment="center"):
            st.info(
                wording.agree(n, *_USELESS, list=self.name),
                icon=":material/info:",
                width="stretch",
            )
            st.button(
                "Close",
                key=f"close_{self._key}",
                icon=":material/close:",
                on_click=self._memory().pop,
                args=("useless", None),
            )

    def take_over(self, told: object) -> None:
        """Show what the browser holds, and let it forget what is of no use.

        Parameters
        ----------
        told : object
            What the script tells: ``items``, and how many of them are ``damaged``. It may be
            anything.
        """
        facts = told if isinstance(told, Mapping) else {}
        items, damaged = facts.get("items"), facts.get("damaged")
        entries = [e for e in items if isinstance(e, str)] if isinstance(items, list) else []
        sound = [item for item in entries if self.pattern.fullmatch(item)]
        now = self.find(sound)
        shown = list(dict.fromkeys(now[item] for item in sound if item in now))
        held = self._memory()
        held["shown"] = shown[-self.limit :]
        remove = [item for item in entries if item not in held["shown"]]
        broken = damaged if isinstance(damaged, int) and damaged > 0 else 0
        if remove or broken:
            self._change(held["shown"], remove)
        merged = sum(now.get(item, item) != item for item in sound)
        held["useless"] = held.get("useless", 0) + len(remove) - merged + broken

    @property
    def _key(self) -> str:
        return f"browser_list_of_{self.name}"

    def _memory(self) -> dict[str, Any]:
        new = {"session": secrets.token_hex(8), "changes": [], "shown": []}
        held: dict[str, Any] = st.session_state.setdefault(f"_{self._key}", new)
        return held

    def _change(self, add: list[str], remove: list[str]) -> None:
        changes = self._memory()["changes"]
        number = changes[-1]["number"] + 1 if changes else 1
        changes.append({"number": number, "add": list(add), "remove": remove})
        del changes[:-_ON_THE_WAY]
