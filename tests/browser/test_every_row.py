"""A sample of the register's rows on their pages, and the links that lead away from these."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urljoin

from playwright.sync_api import expect

from tests.browser.site import Site

Open = Callable[..., Site]
PAGES = {
    "/partnership?id=interreg-cyber": "Interreg Europe CYBER",
    "/practice?id=slovenia-cyber-voucher": "Voucher for cybersecurity",
    "/region?region=fr-bretagne": "Brittany",
    "/organisation?org=ee-cybernetica": "Cybernetica",
    "/partnerships?words=interreg": "Partnerships",
}


def test_a_sample_is_shown_and_leads_away_safely(open_site: Open) -> None:
    site = open_site()
    outgoing = 0
    for path, title in PAGES.items():
        site.visit(path, with_map=False)
        expect(site.page.get_by_test_id("stMain").get_by_role("heading", level=1)).to_contain_text(
            title
        )
        for anchor in site.page.locator('a[target="_blank"], a[href^="http"]').all():
            written = anchor.get_attribute("href") or ""
            # One without a scheme leads to a page or file of this site.
            address = urljoin(site.page.url, written)
            if address.startswith(site.address):
                continue
            assert re.match(r"https?://[^/\s]+\.[^/\s]+", address), address
            # "noreferrer" implies the other.
            rel = (anchor.get_attribute("rel") or "").split()
            assert {"noopener", "noreferrer"} & {*rel}, address
            outgoing += 1
    assert outgoing > 20
    assert site.complaints == []
    assert site.foreign == []
