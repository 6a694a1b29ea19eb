"""A visitor's browser: opens pages, finds symbols on the map, notes what should not happen."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Generic, Self, TypeVar
from urllib.parse import urlsplit

from playwright.sync_api import (
    Browser,
    BrowserContext,
    Error,
    Frame,
    FrameLocator,
    Page,
    SourceLocation,
    expect,
)
from playwright.sync_api import TimeoutError as PlaywrightTimeout

WIDE = (1440, 900)
PHONE = (390, 844)
NOWHERE = "/nowhere"
# What a page may take on a machine much slower and busier than a developer's. Nobody waits so long
# but for what doesn't come.
PATIENCE_MS = 120_000
_ATTEMPTS = 6
MAP = 'iframe[src*="streamlit_folium"]'
# Chromium's remarks on how Streamlit frames its components, and Vega's on drawing a chart
# once before Streamlit hands it its data; and Streamlit's on a map that a visitor left while it
# was loading. They are not ours to fix.
_REMARKS = (
    "Unrecognized feature",
    "allow-scripts and allow-same-origin",
    "Infinite extent",
    "message for unregistered ComponentInstance",
)
# Leads to an address inside the page that is loaded, as the browser's back button does, and says
# when the server has run the script for it and all of its answer is shown. Streamlit shows none of
# this on the page for sure: a quick run begins and ends before the page is drawn once, and many
# addresses belong to one script. So its state is read where React keeps it.
_GO_TO = """(address) => {
  const app = document.querySelector('[data-testid="stApp"]');
  let fibre = app[Object.keys(app).find((key) => key.startsWith('__reactFiber$'))];
  while (!('scriptRunId' in (fibre.stateNode?.state ?? {}))) fibre = fibre.return;
  const streamlit = fibre.stateNode;
  const { scriptRunId, scriptRunFinishedSequence } = streamlit.state;
  window.isThere = () => {
    const now = streamlit.state;
    const { pageScriptHash } = streamlit.appNavigation.findPageByUrlPath(location.pathname);
    return streamlit.historyNavigationEpoch === null
      && now.scriptRunId !== scriptRunId
      && now.scriptRunFinishedSequence > scriptRunFinishedSequence
      && now.scriptRunState === 'notRunning'
      && now.currentPageScriptHash === pageScriptHash;
  };
  history.pushState(null, '', address);
  dispatchEvent(new PopStateEvent('popstate', { state: null }));
}"""
# As at the start of a document: at its top, and the Tab key leads to the first stop.
_TO_START = """() => {
  document.querySelector('[data-testid="stMain"]').scrollTop = 0;
  scrollTo(0, 0);
  document.activeElement.blur();
  document.body.tabIndex = -1;
  document.body.focus();
  document.body.removeAttribute('tabindex');
}"""


# Contexts that nobody uses, by their browser and options. A new one would load all scripts and
# styles anew, and a new page in it would compile them anew: each is half of what a visit costs.
_IDLE: dict[tuple[Hashable, ...], list[BrowserContext]] = {}


@dataclass
class Site:
    """One visitor, who has never been here: nothing is kept but files that don't change.

    Attributes
    ----------
    touch : bool
        Whether it is a phone, with fingers in place of a mouse.
    motion : bool
        Whether things may move by themselves.
    foreign : list of str
        Requests that left for another host.
    complaints : list of str
        Errors and warnings of the console, and uncaught exceptions.
    status : int
        HTTP status of the document that was opened last.
    """

    browser: Browser
    address: str
    size: tuple[int, int] = WIDE
    dark: bool = False
    touch: bool = False
    motion: bool = True
    foreign: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    status: int = 0
    _altered: bool = False
    _heard: list[tuple[Any, Callable[[Any], None]]] = field(default_factory=list)

    def __enter__(self) -> Self:
        idle = _IDLE.setdefault(self._kind, [])
        self.context: BrowserContext = idle.pop() if idle else self._new_context()
        self._blank, *pages = self.context.pages
        self.context.set_default_timeout(PATIENCE_MS)
        self.page: Page = pages[0] if pages else self.context.new_page()
        # Now: what the last visit's page wrote while it was closed has arrived, too.
        stored = {"origin": self.address, "storageTypes": "local_storage,indexeddb"}
        protocol = self.context.new_cdp_session(self.page)
        protocol.send("Storage.clearDataForOrigin", stored)
        protocol.detach()
        self.listen("request", lambda request: self._note_request(request.url))
        self.listen("console", lambda m: self._note_console(m.type, m.text, m.location))
        self.listen("pageerror", lambda error: self.complaints.append(str(error)))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        # A test that failed may leave anything behind.
        if error or not self._forget_visit():
            self.context.close()
        else:
            _IDLE[self._kind].append(self.context)

    @property
    def _kind(self) -> tuple[Hashable, ...]:
        return self.browser, self.address, self.size, self.dark, self.touch, self.motion

    def _new_context(self) -> BrowserContext:
        context = self.browser.new_context(
            viewport={"width": self.size[0], "height": self.size[1]},
            color_scheme="dark" if self.dark else "light",
            has_touch=self.touch,
            is_mobile=self.touch,
            reduced_motion="no-preference" if self.motion else "reduce",
        )
        # A blank page keeps Chromium's window open: a window of its own for each visit would cost
        # two seconds of processor time, a page in this one takes half a second.
        context.new_page()
        return context

    def _forget_visit(self) -> bool:
        """Make the context as good as new but for cached files; whether that was possible."""
        try:
            for page in self.context.pages:
                if page != self._blank and (page != self.page or self._altered):
                    page.close()
            if not self.page.is_closed():
                self._leave_page()
            self.context.clear_cookies()
            self.context.clear_permissions()
            self.context.unroute_all()
        except Error:
            return False
        return True

    def _leave_page(self) -> None:
        """Make the page as good as new but for the scripts that it has compiled."""
        for event, heard in self._heard:
            self.page.remove_listener(event, heard)
        self.page.unroute_all()
        # A document without scripts: what the visit's page wrote as it was left has arrived.
        self.page.goto(f"{self.address}/robots.txt")
        self.page.evaluate("() => { sessionStorage.clear(); localStorage.clear(); }")
        self.page.goto("about:blank")
        self.page.set_viewport_size({"width": self.size[0], "height": self.size[1]})
        self.page.emulate_media(
            media="null",
            color_scheme="dark" if self.dark else "light",
            reduced_motion="no-preference" if self.motion else "reduce",
        )
        if not self.touch:
            self.page.mouse.move(0, 0)

    def listen(self, event: Any, hear: Callable[[Any], None]) -> None:
        """Hear of an event of the page until the visit is over."""
        self.page.on(event, hear)
        self._heard.append((event, hear))

    def alter_page(self) -> Page:
        """The page, for what stays in it for good: a script at its start, a route of sockets.

        Nobody gets it afterwards.
        """
        self._altered = True
        return self.page

    def _note_request(self, url: str) -> None:
        own = self.address.removeprefix("http")
        if not url.startswith((f"http{own}", f"ws{own}", "data:", "blob:")):
            self.foreign.append(url)

    def _note_console(self, kind: str, text: str, where: SourceLocation) -> None:
        # On a deep link Streamlit asks below the page first, then at the root, where it lives.
        is_probe = "/_stcore/" in where["url"] and "404" in text
        # An address without a page answers 404, which is what it should.
        is_answer = "404" in text and where["url"].endswith(NOWHERE)
        is_remark = any(remark in text for remark in _REMARKS)
        if kind in {"error", "warning"} and not (is_remark or is_probe or is_answer):
            self.complaints.append(f"{kind}: {text} ({where['url']})")

    def visit(self, path: str = "/", *, with_map: bool = True) -> None:
        """Open an address of the site and wait until it is there."""
        answer = self.page.goto(self.address + path)
        self.status = answer.status if answer else 0
        # The page in plain words, which has gone when the page itself is there.
        expect(self.page.locator("#plain")).to_have_count(0)
        self.page.get_by_text("not ECSO's own data").first.wait_for()
        # What stands where a widget will be whose code the browser hasn't got yet.
        expect(self.page.get_by_test_id("stSkeleton")).to_have_count(0)
        if with_map:
            self.wait_for_map()

    def go_to(self, path: str, *, with_map: bool = True) -> None:
        """Go to an address of the site from the page that is shown, and wait until it is there.

        That is a fifth to a half of what :meth:`visit` costs: the page stays loaded, as it does
        for whoever follows a link. It is as at its start: light, as wide as at first, at its top.
        The address must be that of a page.
        """
        try:
            if urlsplit(path).path == urlsplit(self.page.url).path:
                # A page that is shown already would keep its map and its widgets: leave it first.
                self._go_to("/glossary" if path.startswith("/about") else "/about")
            self._go_to(path)
            # What plain.js waits for at a page that is loaded.
            first = self.page.get_by_test_id("stMain").locator("h1, [data-testid=stAlert]").first
            first.wait_for(timeout=PATIENCE_MS / _ATTEMPTS)
        except PlaywrightTimeout:
            # Streamlit empties a page for good, or stays at the one before, if the map of that one
            # asked for what is in view after the page was asked for.
            self.visit(path, with_map=with_map)
        expect(self.page.get_by_test_id("stSkeleton")).to_have_count(0)
        if with_map:
            self.wait_for_map()
        if not self.touch:
            self.page.mouse.move(0, 0)
        self.page.evaluate(_TO_START)

    def _go_to(self, path: str) -> None:
        self.page.set_viewport_size({"width": self.size[0], "height": self.size[1]})
        self.change_theme(dark=self.dark)
        self.page.evaluate(_GO_TO, path)
        self.page.wait_for_function("() => window.isThere()", timeout=PATIENCE_MS / _ATTEMPTS)

    def choose_page(self, menu: str, page: str) -> None:
        """Go to a page by the navigation at the top."""
        self.page.locator(".st-key-site-header").get_by_role("button", name=menu).click()
        self.page.get_by_role("dialog", name=menu).get_by_role("link", name=page).click()

    @property
    def map(self) -> FrameLocator:
        """The map's frame."""
        return self.page.frame_locator(MAP)

    def map_scripts(self) -> Frame:
        """The map's frame, to run scripts in."""
        frame = self.page.locator(MAP).element_handle().content_frame()
        assert frame is not None
        return frame

    def wait_for_map(self) -> None:
        """Wait until the map is drawn and regions and labels are on it."""
        self.map.locator("[data-drawn]").wait_for()
        self.map.locator(".cv-label, .leaflet-container").first.wait_for()
        self.page.wait_for_timeout(600)

    def drawn(self) -> int:
        """How often the map was drawn since it was loaded."""
        return int(self.map.locator("[data-drawn]").get_attribute("data-drawn") or 0)

    def wait_for_drawing(self, after: int) -> None:
        """Wait until the map is drawn again."""
        self.map.locator(f'[data-drawn]:not([data-drawn="{after}"])').wait_for()

    def symbols(self) -> list[dict[str, Any]]:
        """Symbols on the map: place in the page, radius, organisations, and of how many places."""
        frame = self.map_scripts()
        box = self.page.locator(MAP).bounding_box()
        assert box is not None
        found: list[dict[str, Any]] = frame.evaluate(
            """() => {
              const found = [];
              window.map.eachLayer((layer) => {
                if (!layer.options || !layer.options.cv) return;
                const point = window.map.latLngToContainerPoint(layer.getLatLng());
                found.push({ x: point.x, y: point.y, r: layer._radius, ...layer.options.cv });
              });
              return found;
            }"""
        )
        return [{**s, "x": s["x"] + box["x"], "y": s["y"] + box["y"]} for s in found]

    def click_symbol(self, n: int) -> None:
        """Click the symbol of a town with that many organisations."""
        symbol = self.symbol(n)
        self.page.mouse.click(symbol["x"], symbol["y"])

    def largest_town(self) -> dict[str, Any]:
        """Of the symbols in view that one town has to itself, the one with most organisations."""
        box = self.page.locator(MAP).bounding_box()
        assert box is not None
        alone = [
            s
            for s in self.symbols()
            if s["places"] == 1
            and box["x"] < s["x"] < box["x"] + box["width"]
            and box["y"] < s["y"] < box["y"] + box["height"]
        ]
        return max(alone, key=lambda s: s["n"])

    def symbol(self, n: int) -> dict[str, Any]:
        """The symbol of one town or valley with that many organisations."""
        return next(s for s in self.symbols() if s["n"] == n and s["places"] == 1)

    def swipe(self, *fingers: tuple[float, float], by: float) -> None:
        """Put fingers on the screen, push them up by a number of pixels, and take them away."""
        steps = 8
        protocol = self.context.new_cdp_session(self.page)

        def touch(kind: str, up: float | None) -> None:
            points = (
                []
                if up is None
                else [{"x": x, "y": y - up, "id": i} for i, (x, y) in enumerate(fingers)]
            )
            protocol.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

        touch("touchStart", 0)
        for step in range(1, steps + 1):
            touch("touchMove", by * step / steps)
        touch("touchEnd", None)
        protocol.detach()

    def change_theme(self, *, dark: bool) -> None:
        """Let the visitor's system change between light and dark."""
        self.page.emulate_media(color_scheme="dark" if dark else "light")
        colour = "rgb(20, 23, 31)" if dark else "rgb(255, 255, 255)"
        expect(self.page.locator(".stApp")).to_have_css("background-color", colour)
        wait_for_script(self.page)

    def change_width(self, width: int) -> None:
        """Make the window narrower or wider."""
        self.change_size((width, self.size[1]))

    def change_size(self, size: tuple[int, int]) -> None:
        """Make the window another one, as enlarging what is in it does."""
        width, height = size
        self.page.set_viewport_size({"width": width, "height": height})
        # Two frames: one that lays the page out, one after what observes sizes has answered.
        self.page.evaluate(
            "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
        )
        wait_for_script(self.page)

    def width_of_content(self) -> int:
        """Width in pixels that the page takes; more than the window means it scrolls sideways."""
        width: int = self.page.evaluate("document.documentElement.scrollWidth")
        return width


Visitor = TypeVar("Visitor", bound=Site)


@dataclass
class Tour(Generic[Visitor]):
    """One visitor for many tests, who goes from page to page instead of loading each.

    The first page is loaded, and the next one after a test that failed: nobody knows what that
    left behind.

    Attributes
    ----------
    make : callable
        Makes a visitor.
    """

    make: Callable[[], Visitor]
    _site: Visitor | None = None

    @contextmanager
    def at(self, path: str, *, with_map: bool = True, anew: bool = False) -> Iterator[Visitor]:
        """The visitor, at an address, where nothing was foreign and nothing was complained of.

        Parameters
        ----------
        path : str
            The address.
        with_map : bool
            Whether its page has a map.
        anew : bool
            Whether it is loaded, whatever page was shown before.
        """
        anew = anew or not self._site
        site, self._site = self._site or self.make().__enter__(), None
        with ExitStack() as failed:
            failed.push(site)
            (site.visit if anew else site.go_to)(path, with_map=with_map)
            yield site
            assert site.foreign == [], site.foreign
            assert site.complaints == [], site.complaints
            failed.pop_all()
        self._site = site

    def end(self) -> None:
        """Let the visitor leave."""
        if self._site:
            self._site.__exit__(None, None, None)


def wait_for_script(page: Page) -> None:
    """Wait until the server has answered whatever the page asked last."""
    app = page.get_by_test_id("stApp")
    expect(app).to_have_attribute("data-test-script-state", "notRunning")


def settle(page: Page) -> None:
    """Wait until what follows from the last change is shown, and nothing that was before."""
    # The page asks the server a moment after the change.
    page.wait_for_timeout(300)
    expect(page.locator('[data-stale="true"]')).to_have_count(0)
    wait_for_script(page)


def choose_option(page: Page, label: str | re.Pattern[str], option: str, typed: str = "") -> None:
    """Choose in a box of choices.

    Parameters
    ----------
    label : str or re.Pattern
        As it is shown, whole, or what is found in it.
    option : str
        As it is shown, whole.
    typed : str
        What a visitor types to find the option; the option itself unless given.

    Raises
    ------
    AssertionError
        If the option is never offered.
    """
    box = page.get_by_role("combobox", name=label, exact=True)
    found = page.get_by_role("option", name=option, exact=True).first
    # A page that is drawn again meanwhile closes the list.
    for _ in range(_ATTEMPTS):
        settle(page)
        box.click()
        box.fill(typed or option)
        try:
            found.click(timeout=PATIENCE_MS / _ATTEMPTS)
        except PlaywrightTimeout:
            page.keyboard.press("Escape")
        else:
            return
    raise AssertionError(f"{option} can't be chosen under {label}")
