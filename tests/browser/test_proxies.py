"""The site behind a real nginx, four ways: at the root, on a sub-domain, and below a path that the
site knows of or that the proxy takes away."""

from __future__ import annotations

import re
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.nginx import proxying
from tests.browser.server import free_port, serving
from tests.browser.site import Site

LIMES = "at-limes-security-gmbh"


@dataclass
class Ways:
    """Addresses of the site as visitors see them, by what the proxy does."""

    root: str
    sub_domain: str
    known_path: str
    stripped_path: str


@pytest.fixture(scope="module")
def ways(releases_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ways]:
    port = free_port()
    ways = Ways(
        root=f"http://127.0.0.1:{port}",
        sub_domain=f"http://valleys.localhost:{port}",
        known_path=f"http://127.0.0.1:{port}/valleys",
        stripped_path=f"http://127.0.0.1:{port}/under/map",
    )
    with ExitStack() as stack:
        at_root = stack.enter_context(
            serving(releases_dir, environment={"CYBER_VALLEYS_ALLOWED_HOSTS": "valleys.localhost"})
        )
        below_path = stack.enter_context(
            serving(releases_dir, options=["--server.baseUrlPath", "valleys"], path="/valleys")
        )
        stripped = stack.enter_context(
            serving(releases_dir, environment={"CYBER_VALLEYS_SITE_URL": ways.stripped_path})
        )
        servers = f"""
          server {{
            listen 127.0.0.1:{port} default_server;
            location / {{ proxy_pass {at_root}; }}
            location /valleys/ {{ proxy_pass {below_path.removesuffix("/valleys")}; }}
            location /under/map/ {{ proxy_pass {stripped}/; }}
          }}
          server {{
            listen 127.0.0.1:{port};
            server_name valleys.localhost;
            location / {{ proxy_pass {at_root}; }}
          }}
        """
        folder = tmp_path_factory.mktemp("nginx")
        with proxying(folder, servers, ways.root):
            yield ways


@pytest.mark.parametrize("way", ["root", "sub_domain", "known_path", "stripped_path"])
def test_the_site_works_behind_a_proxy(ways: Ways, way: str, browser: Browser) -> None:
    address = getattr(ways, way)
    with Site(browser, address) as site:
        page = site.page
        site.visit("/")
        # Regions come from an address of the site's own, and are drawn.
        assert sum(symbol["n"] for symbol in site.symbols()) == 465
        site.choose_page("Directory", "Directory")
        expect(page).to_have_url(re.compile(re.escape(f"{address}/directory")))
        mark = page.locator('[data-testid="stMain"] img[src*="assets/type/"]').first
        expect(mark).to_have_js_property("complete", True)
        assert mark.evaluate("image => image.naturalWidth") > 0
        site.visit("/whats_new", with_map=False)
        feed = page.get_by_role("link", name="Follow as a feed").get_attribute("href")
        assert _get(page.evaluate("link => new URL(link, location).href", feed)).startswith("<?xml")
        site.visit(f"/organisation?org={LIMES}")
        expect(page.get_by_role("heading", level=1)).to_have_text("Limes Security GmbH")
        page.get_by_role("button", name="Address and QR code").click()
        expect(page.get_by_text(f"{address}/profile/{LIMES}").first).to_be_visible()
        assert site.complaints == []

    sitemap = _get(f"{address}/sitemap.xml")
    assert f"<loc>{address}/sitemap-1.xml</loc>" in sitemap
    assert f"Sitemap: {address}/sitemap.xml" in _get(f"{address}/robots.txt")
    assert f'href="{address}/whats_new"' in _get(f"{address}/feed.xml")
    document = _get(f"{address}/profile/{LIMES}")
    assert f'<link rel="canonical" href="{address}/profile/{LIMES}">' in document


def _get(address: str) -> str:
    # Only browsers know where names below localhost are.
    host = address.split("/")[2]
    here = address.replace("valleys.localhost", "127.0.0.1", 1)
    request = urllib.request.Request(here, headers={"host": host})  # noqa: S310
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
        text: str = answer.read().decode()
    return text
