"""The site beside what others would build its map with: seconds, bytes and memory, in one run.

``python -m benchmarks.peers`` serves the same organisations by each of

- this site;
- streamlit-folium with one marker each (:mod:`benchmarks.peers.markers`);
- streamlit-folium with folium's ``FastMarkerCluster`` (:mod:`benchmarks.peers.cluster`);
- ``st.pydeck_chart`` (:mod:`benchmarks.peers.deck`);
- Datasette with datasette-cluster-map (:mod:`benchmarks.peers.datasette`), installed into an
  environment of its own at the first run;

on this machine, to the same Chromium, by turns. A visitor comes with nothing kept from before and
chooses one type of organisation. Measured are the seconds from the start of the navigation, and
from the click, to the first frame in which the map is seen and holds exactly the organisations
that it should; what that frame draws may be a symbol for each, or one for many with their number.
The page itself notes when. Bytes are all that the visitor got, memory is what the server holds
after the visits. Medians, with the least and the most; the load of the machine stands beside them.

Requests to other hosts are answered from the packages or refused, so that the network has no part
in it; that is in favour of those that make them.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Error, Page, Route, sync_playwright

from benchmarks.generate import generate
from benchmarks.peers import datasette
from benchmarks.visitor import Meter
from ecosystem.common.store import Database, current
from ecosystem.drawing import pictures
from ecosystem.finding.filters import Filter
from ecosystem.tables import organisations
from etl import pipeline
from tests.browser.chromium import FLAGS, find
from tests.browser.server import Server, server

_CHOSEN = "research"
_PATIENCE_S = 180
_PAUSE_MS = 100
# What the scale of the chart is marked with.
_SECONDS = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100)
# How many organisations the map of a window holds: symbols of the site say how many they stand for;
# a plain marker is one; a cluster shows its number. At first the page in plain words hides the
# site's map. Before there is a map, an element has its name.
_SYMBOLS = """(w) => {
  let n = 0;
  const isSeen = w.map?.eachLayer && !document.getElementById("plain");
  if (isSeen) w.map.eachLayer((layer) => {
    if (layer.options && layer.options.cv) n += layer.options.cv.n;
    else if (w.L && layer instanceof w.L.CircleMarker) n += 1;
  });
  return n;
}"""
_CLUSTERS = """(w) => [...w.document.querySelectorAll(".leaflet-marker-icon")].reduce(
  (n, icon) => n + (icon.classList.contains("marker-cluster") ? Number(icon.textContent) : 1), 0)
"""
_INSTANCES = "(w) => w.instances || 0"
# The page notes when another number was painted: a question from outside would wait until a busy
# page has time for it. Loops of frames end when something is loaded into them.
_NOTE_PAINTINGS = """(() => {
  if (window !== window.top) return;
  const count = COUNT;
  const countAll = () => {
    let n = 0;
    for (const w of [window, ...Array.from({ length: window.length }, (_, i) => window[i])]) {
      try { n += count(w); } catch { /* still empty, or of somebody else */ }
    }
    return n;
  };
  let last = 0;
  window.paintings = [];
  const look = () => requestAnimationFrame(() => {
    const n = countAll();
    if (n !== last) requestAnimationFrame(() => window.paintings.push([n, Date.now()]));
    last = n;
    look();
  });
  look();
})()"""
_PAINTED = """([expected, since]) => window.paintings
  .filter(([n, at]) => n === expected && at >= since).map(([, at]) => at)[0] || 0"""
# deck.gl draws all dots of a layer in one call, which says how many they are.
_NOTE_INSTANCES = """for (const kind of [WebGL2RenderingContext.prototype]) {
  for (const name of ["drawArraysInstanced", "drawElementsInstanced"]) {
    const draw = kind[name];
    kind[name] = function (...args) {
      window.instances = args[args.length - 1];
      return draw.apply(this, args);
    };
  }
}"""
_NOTE_CLICK = """() => addEventListener("click", () => { window.clickedAt = Date.now(); },
  { capture: true, once: true })"""


@dataclass(frozen=True)
class Peer:
    """One way to show the map.

    Attributes
    ----------
    name : str
        What people read.
    serve : callable
        Serves a folder of releases; takes another folder for what it makes of it.
    count : str
        JavaScript that counts the organisations that the map of a window holds.
    has_links : bool
        Whether a choice is another address, and not a click on a button.
    """

    name: str
    serve: Callable[[Path, Path], AbstractContextManager[Server]]
    count: str
    has_links: bool = False


def _streamlit(script: str) -> Callable[[Path, Path], AbstractContextManager[Server]]:
    return lambda releases, _: server(releases, script)


SITE = Peer("Cyber Valleys", _streamlit("app.py"), _SYMBOLS)
PEERS = (
    SITE,
    Peer("one marker each", _streamlit("benchmarks/peers/markers.py"), _SYMBOLS),
    Peer("FastMarkerCluster", _streamlit("benchmarks/peers/cluster.py"), _CLUSTERS),
    Peer("st.pydeck_chart", _streamlit("benchmarks/peers/deck.py"), _INSTANCES),
    Peer("Datasette", datasette.serve, _CLUSTERS, has_links=True),
)


@dataclass(frozen=True)
class Visit:
    """What one visitor waited for and got.

    Attributes
    ----------
    load_s, filter_s : float
        Seconds to the painted map, at first and after a choice.
    load_kb, filter_kb : float
        What came for each, in kB.
    """

    load_s: float
    filter_s: float
    load_kb: float
    filter_kb: float


@dataclass
class Result:
    """What was measured of one peer with so many organisations.

    Attributes
    ----------
    peer : str
        Its name.
    rows : int
        Organisations.
    visits : list of Visit
        All of them, without those of the first round, which warms up.
    memory_mb : float
        What the server held after them.
    trouble : str
        Why there is nothing; empty if there is.
    """

    peer: str
    rows: int
    visits: list[Visit] = field(default_factory=list)
    memory_mb: float = float("nan")
    trouble: str = ""

    def median(self, what: str) -> float:
        """Of an attribute of the visits."""
        values = [getattr(visit, what) for visit in self.visits]
        return statistics.median(values) if values else float("nan")

    def spread(self, what: str) -> str:
        """An attribute's median with the least and the most, as people read it."""
        values = [getattr(visit, what) for visit in self.visits]
        if not values:
            return "–"
        return f"{statistics.median(values):.2f} ({min(values):.2f} to {max(values):.2f})"


class _Received:
    """Counts the bytes that come to a page, by its protocol for developers."""

    def __init__(self, page: Page) -> None:
        self.bytes = 0
        protocol = page.context.new_cdp_session(page)
        protocol.send("Network.enable")
        protocol.on("Network.loadingFinished", self._note_file)
        protocol.on("Network.webSocketFrameReceived", self._note_frame)

    def _note_file(self, event: dict[str, Any]) -> None:
        self.bytes += int(event["encodedDataLength"])

    def _note_frame(self, event: dict[str, Any]) -> None:
        # Binary content is told in base 64.
        self.bytes += len(event["response"]["payloadData"]) * 3 // 4

    def take_kb(self) -> float:
        """What came since the last time, in kB."""
        taken, self.bytes = self.bytes / 1000, 0
        return taken


def visit(browser: Browser, peer: Peer, address: str, expected: tuple[int, int]) -> Visit:
    """Come with nothing kept from before, and choose a type.

    Parameters
    ----------
    expected : tuple of int
        Organisations at first, and after the choice.
    """
    with browser.new_context(viewport={"width": 1440, "height": 900}) as context:
        note_paintings(context, peer)
        context.route(lambda url: urlsplit(url).netloc != urlsplit(address).netloc, _answer)
        page = context.new_page()
        page.set_default_timeout(1_000 * _PATIENCE_S)
        received = _Received(page)
        page.goto(address, wait_until="commit")
        load = painted_at(page, expected[0]) - page.evaluate("performance.timeOrigin")
        page.wait_for_timeout(1_500)
        load_kb = received.take_kb()
        if peer.has_links:
            page.goto(f"{address}?type={_CHOSEN}", wait_until="commit")
            begun = page.evaluate("performance.timeOrigin")
        else:
            page.evaluate(_NOTE_CLICK)
            page.get_by_role("button", name="Research").first.click()
            begun = page.evaluate("window.clickedAt")
        change = painted_at(page, expected[1], begun) - begun
        page.wait_for_timeout(500)
        return Visit(load / 1_000, change / 1_000, load_kb, received.take_kb())


def _answer(route: Route) -> None:
    """Files that a peer asks another host for, from its package; nothing else."""
    name = route.request.url.rpartition("/")[2]
    body = datasette.read_file(name)
    if body is None:
        route.abort()
    else:
        kind = "text/css" if name.endswith(".css") else "text/javascript"
        route.fulfill(body=body, content_type=kind)


def note_paintings(context: BrowserContext, peer: Peer) -> None:
    """Let the pages of a browser note when a peer's map is painted, for :func:`painted_at`."""
    context.add_init_script(_NOTE_INSTANCES)
    context.add_init_script(_NOTE_PAINTINGS.replace("COUNT", peer.count))


def painted_at(page: Page, expected: int, since: float = 0) -> float:
    """When the map first held that many organisations, in ms since 1970.

    Parameters
    ----------
    expected : int
        Organisations.
    since : float
        What was painted earlier doesn't count; in ms since 1970.
    """
    end = time.monotonic() + _PATIENCE_S
    while time.monotonic() < end:
        at = float(page.evaluate(_PAINTED, [expected, since]))
        if at:
            return at
        page.wait_for_timeout(_PAUSE_MS)
    raise TimeoutError(f"The map was not painted within {_PATIENCE_S} s.")


@contextmanager
def _release_of(rows: int) -> Iterator[Path]:
    """A published release of a synthetic register, in a temporary folder."""
    with tempfile.TemporaryDirectory() as folder:
        generate(rows, Path(folder) / "register")
        releases = Path(folder) / "releases"
        outcome = pipeline.run(Path(folder) / "register", releases)
        if outcome.release_id is None:
            raise SystemExit(f"The synthetic register was not published: {outcome.status}")
        yield releases


def measure(
    browser: Browser,
    releases: Path,
    rows: int,
    peers: Sequence[Peer],
    repeat: int,
    *,
    warm_up: int = 1,
) -> list[Result]:
    """Serve all peers at once and visit them by turns, each that often after the warm-up.

    Parameters
    ----------
    releases : Path
        Folder of releases that all show.
    rows : int
        Organisations of the current one.
    repeat, warm_up : int
        Rounds that count, and rounds before them that don't.
    """
    with closing(Database(current(releases))) as database:
        expected = (
            organisations.summary(database, Filter()).organisations,
            organisations.summary(database, Filter(type=(_CHOSEN,))).organisations,
        )
    results = [Result(peer.name, rows) for peer in peers]
    with ExitStack() as stack:
        servers = [
            stack.enter_context(
                peer.serve(releases, Path(stack.enter_context(tempfile.TemporaryDirectory())))
            )
            for peer in peers
        ]
        for number in range(warm_up + repeat):
            for peer, running, result in zip(peers, servers, results, strict=True):
                if result.trouble:
                    continue
                try:
                    found = visit(browser, peer, running.address, expected)
                except (TimeoutError, Error) as error:
                    result.trouble = str(error).partition("\n")[0]
                    continue
                result.visits += [found] if number >= warm_up else []
                result.memory_mb = Meter(running.process).memory_mb()
    return results


def as_table(results: Sequence[Result]) -> str:
    """What was measured, as Markdown."""
    lines = [
        "| organisations | | load, s | filter, s | load, kB | filter, kB | server, MB |",
        "|---|---|---|---|---|---|---|",
    ]
    for one in results:
        if one.trouble:
            lines.append(f"| {one.rows:,} | {one.peer} | {one.trouble} | – | – | – | – |")
            continue
        lines.append(
            f"| {one.rows:,} | {one.peer} | {one.spread('load_s')} | {one.spread('filter_s')} | "
            f"{one.median('load_kb'):,.0f} | {one.median('filter_kb'):,.0f} | "
            f"{one.memory_mb:,.0f} |"
        )
    return "\n".join(lines)


def as_chart(results: Sequence[Result]) -> str:
    """Medians of load and filter by number of organisations, as SVG on scales of powers of ten."""
    values = [
        {"rows": one.rows, "peer": one.peer, "step": step, "seconds": one.median(what)}
        for one in results
        if one.visits
        for step, what in (("load", "load_s"), ("filter", "filter_s"))
    ]
    sizes = sorted({value["rows"] for value in values})
    return pictures.svg(
        {
            "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
            # Whoever looks at it may have wider letters.
            "padding": {"left": 5, "top": 5, "bottom": 5, "right": 60},
            "data": {"values": values},
            "facet": {
                "column": {"field": "step", "title": None, "sort": ["load", "filter"]},
            },
            "spec": {
                "width": 260,
                "height": 240,
                "mark": {"type": "line", "point": True, "strokeWidth": 2.5},
                "encoding": {
                    "x": {"field": "rows", "type": "quantitative", "title": "organisations",
                          "scale": {"type": "log"},
                          "axis": {"values": sizes, "format": ",", "grid": False}},
                    "y": {"field": "seconds", "type": "quantitative",
                          "title": "seconds to the painted map",
                          "scale": {"type": "log", "nice": False},
                          "axis": {"values": _SECONDS}},
                    "color": {"field": "peer", "type": "nominal", "title": None,
                              "sort": [peer.name for peer in PEERS],
                              "scale": {"scheme": "tableau10"},
                              "legend": {"labelLimit": 0}},
                },
            },
        }
    )  # fmt: skip


def main() -> None:
    """Measure, and write a table, a chart and all values after each number of organisations."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers", description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[465, 12_000, 100_000])
    parser.add_argument("--repeat", type=int, default=7)
    parser.add_argument("--peers", nargs="+", default=[peer.name for peer in PEERS])
    parser.add_argument("--to", type=Path, help="folder for peers.md, peers.svg and peers.json")
    chosen = parser.parse_args()
    peers = [peer for peer in PEERS if peer.name in chosen.peers]
    datasette.install()
    results: list[Result] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=list(FLAGS))
        for rows in chosen.rows:
            with _release_of(rows) as releases:
                results += measure(browser, releases, rows, peers, chosen.repeat)
            load = f"load of the machine at the end: {os.getloadavg()[0]:.1f}."
            text = f"{as_table(results)}\n\nMedians of {chosen.repeat}; {load}\n"
            print(text, flush=True)
            if chosen.to:
                _write(chosen.to, results, text)


def _write(folder: Path, results: Sequence[Result], text: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "peers.md").write_text(text, encoding="utf-8")
    (folder / "peers.svg").write_text(as_chart(results), encoding="utf-8")
    values = [vars(one) | {"visits": [vars(visit) for visit in one.visits]} for one in results]
    (folder / "peers.json").write_text(json.dumps(values, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
