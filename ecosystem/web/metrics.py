"""What the site counts of itself for whoever watches it, as Prometheus reads it.

Numbers of all visitors together only: no label holds an address, an account, a search or an
organisation, and each label has few values. They are given on a port of this machine's own, never
on the public one.
"""

from __future__ import annotations

import logging
import platform
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version

from prometheus_client import (
    CollectorRegistry,
    Counter,
    GCCollector,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    start_http_server,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from ecosystem.common import fetch_state
from ecosystem.common.settings import settings
from ecosystem.common.store import ReleaseError, read_manifest
from ecosystem.web import serving
from ecosystem.web.pages import PAGES
from ecosystem.web.visitors import Refusal, visitors

HOST = "127.0.0.1"
REGISTRY = CollectorRegistry(auto_describe=True)
# From what nobody notices to what nobody waits for.
_SECONDS = (0.025, 0.05, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8)
_START = "start"
_NAME_OF = {page.url_path: page.url_path or _START for page in PAGES}
_log = logging.getLogger(__name__)

# When each count began says nothing that the process's start doesn't.
disable_created_metrics()
_reruns = Counter(
    "cyber_valleys_reruns",
    "Runs of a page's script or of a part of it, by how they ended.",
    ["page", "part", "outcome"],
    registry=REGISTRY,
)
_rerun_seconds = Histogram(
    "cyber_valleys_rerun_seconds",
    "How long such a run takes, which is how long a visitor waits.",
    ["part"],
    buckets=_SECONDS,
    registry=REGISTRY,
)
_requests = Counter(
    "cyber_valleys_requests",
    "Answers by HTTP, by what was asked for and the class of the status.",
    ["kind", "status"],
    registry=REGISTRY,
)
_request_seconds = Histogram(
    "cyber_valleys_request_seconds",
    "How long an answer by HTTP takes until its end.",
    ["kind"],
    buckets=_SECONDS,
    registry=REGISTRY,
)


def count_rerun(page: str, *, is_part: bool, seconds: float, failed: bool) -> dict[str, str]:
    """Count a run of a page's script, and give the words that it is counted under.

    Parameters
    ----------
    page : str
        Its address below the site's root.
    is_part : bool
        Whether only a part of the page (a fragment) ran.
    seconds : float
        How long it took.
    failed : bool
        Whether it ended with an error that nobody expected.
    """
    words = {
        "page": _NAME_OF.get(page, "other"),
        "part": "part" if is_part else "whole",
        "outcome": "error" if failed else "done",
    }
    _reruns.labels(**words).inc()
    _rerun_seconds.labels(words["part"]).observe(seconds)
    return words


def count_request(kind: str, status: int, seconds: float) -> None:
    """Count an answer by HTTP.

    Parameters
    ----------
    kind : str
        One of a few words for what was asked for.
    status : int
        HTTP status of the answer.
    seconds : float
        How long it took.
    """
    _requests.labels(kind, f"{status // 100}xx").inc()
    _request_seconds.labels(kind).observe(seconds)


class Site(Collector):
    """What is asked when somebody looks: visitors, release and inbox.

    Parameters
    ----------
    count_open : callable
        Gives how many suggestions wait for a decision; None if that can't be read.
    latest_copy : callable
        Gives when the latest copy of the data was made, in seconds since 1970; None if there
        is none.
    """

    def __init__(
        self, count_open: Callable[[], int | None], latest_copy: Callable[[], float | None]
    ) -> None:
        self._count_open = count_open
        self._latest_copy = latest_copy

    def describe(self) -> Iterable[Metric]:
        """Nothing: registering must not ask."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Everything, as it is now."""
        yield _info("build", "What runs.", self._build())
        yield from _of_visitors()
        yield from _of_release()
        yield _of_fetch()
        yield from self._of_data()

    def _build(self) -> dict[str, str]:
        return {
            "version": _version("cyber-valleys"),
            "streamlit": _version("streamlit"),
            "python": platform.python_version(),
        }

    def _of_data(self) -> Iterator[Metric]:
        # What can't be read is left out: a gap is seen, a zero would be believed.
        waiting = self._count_open()
        if waiting is not None:
            yield _gauge("inbox_open", "Suggestions that wait for a decision.", waiting)
        limit = settings().inbox_max_open
        yield _gauge("inbox_limit", "How many suggestions may wait.", limit)
        made = self._latest_copy()
        if made is not None:
            age = max(0.0, time.time() - made)
            yield _gauge("backup_age_seconds", "Age of the latest copy of the data.", age)


def serve(
    port: int, count_open: Callable[[], int | None], latest_copy: Callable[[], float | None]
) -> Callable[[], None]:
    """Answer Prometheus on a port of this machine's own, in a thread.

    A port that is taken is said in the log and stops nothing: visitors matter more.

    Parameters
    ----------
    port : int
        On which to listen; 0 for any that is free.
    count_open, latest_copy : callable
        As in :class:`Site`.

    Returns
    -------
    callable
        Ends it.
    """
    site = Site(count_open, latest_copy)
    REGISTRY.register(site)
    try:
        server, thread = start_http_server(port, addr=HOST, registry=REGISTRY)
    except OSError as error:
        REGISTRY.unregister(site)
        _log.error("Metrics can't be given on port %d: %s.", port, error.strerror)
        return lambda: None

    def end() -> None:
        server.shutdown()
        server.server_close()
        thread.join()
        REGISTRY.unregister(site)

    return end


def _of_visitors() -> Iterator[Metric]:
    known, limit = visitors(), settings().max_sessions
    yield _gauge("sessions", "Pages that are open.", len(known))
    yield _gauge("sessions_limit", "How many pages may be open at once.", limit)
    refused = CounterMetricFamily(
        "cyber_valleys_refused", "Visitors that there was no place for.", labels=["reason"]
    )
    for reason in Refusal:
        refused.add_metric([reason.name.lower()], known.refused[reason])
    yield refused


def _of_fetch() -> Metric:
    trouble = fetch_state.trouble()
    return _gauge("fetch_fine", "0 while releases of another machine can't be had.", not trouble)


def _of_release() -> Iterator[Metric]:
    try:
        release = serving.database().release
        manifest = read_manifest(release.path.parent, release.release_id)
    except (ReleaseError, OSError, ValueError):
        yield _gauge("release_fine", "1 if the release that should be served is.", 0)
        return
    age = max(0.0, (datetime.now(UTC) - manifest.created).total_seconds())
    yield _gauge("release_fine", "1 if the release that should be served is.", not release.trouble)
    yield _gauge("release_age_seconds", "Age of the release that is served.", age)
    yield _gauge("release_organisations", "Organisations in it.", manifest.organisations)
    yield _info("release", "Which one is served.", {"release": release.release_id})


def _gauge(name: str, meaning: str, value: float) -> Metric:
    return GaugeMetricFamily(f"cyber_valleys_{name}", meaning, value)


def _info(name: str, meaning: str, labels: dict[str, str]) -> Metric:
    metric = GaugeMetricFamily(f"cyber_valleys_{name}_info", meaning, labels=[*labels])
    metric.add_metric([*labels.values()], 1)
    return metric


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "unknown"


ProcessCollector(registry=REGISTRY)
GCCollector(registry=REGISTRY)
