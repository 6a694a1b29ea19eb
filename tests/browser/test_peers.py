"""The site beside another way to show the same map: what the benchmark measures is there."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser

from benchmarks.peers.measure import PEERS, Result, Visit, as_chart, as_table, measure


def test_the_site_and_one_marker_each_are_measured_side_by_side(
    browser: Browser, releases_dir: Path
) -> None:
    # Others need an environment of their own.
    chosen = [peer for peer in PEERS if peer.name in ("Cyber Valleys", "one marker each")]
    results = measure(browser, releases_dir, 465, chosen, repeat=1, warm_up=0)
    assert [(one.peer, one.trouble, len(one.visits)) for one in results] == [
        ("Cyber Valleys", "", 1),
        ("one marker each", "", 1),
    ]
    site, markers = (one.visits[0] for one in results)
    assert min(site.load_s, site.filter_s, markers.load_s, markers.filter_s) > 0
    # The map is changed, not sent anew.
    assert site.filter_kb < markers.filter_kb / 4


def test_what_was_measured_is_a_table_and_a_chart() -> None:
    found = Result("Cyber Valleys", 465, [Visit(2, 0.2, 1_800, 50), Visit(4, 0.6, 1_800, 50)], 450)
    slow = Result("one marker each", 465, trouble="The map was not painted within 180 s.")
    assert as_table([found, slow]).splitlines()[2:] == [
        "| 465 | Cyber Valleys | 3.00 (2.00 to 4.00) | 0.40 (0.20 to 0.60) | 1,800 | 50 | 450 |",
        "| 465 | one marker each | The map was not painted within 180 s. | – | – | – | – |",
    ]
    assert "one marker each" not in as_chart([found, slow])
    assert "Cyber Valleys" in as_chart([found, slow])
