"""Make the pictures of the documentation: ``python -m tests.browser.screenshots``.

Serves the current release of this installation, or one made for the purpose if there is none.
Name pictures to make only those: ``python -m tests.browser.screenshots map phone``.
"""

from __future__ import annotations

import argparse
import io
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from ecosystem.settings import ROOT, settings
from ecosystem.store import ReleaseError, current
from etl import pipeline
from tests.browser.chromium import FLAGS, find
from tests.browser.server import serving
from tests.browser.site import MAP, PHONE, WIDE, Site

FOLDER = ROOT / "docs" / "images"
COLOURS = 256
# Charts and the table draw themselves a moment after the page's text is there.
SETTLE_MS = 2500


@dataclass(frozen=True)
class Picture:
    """One picture of the site.

    Attributes
    ----------
    name : str
        File name without its ending.
    path : str
        Address on the site.
    size : tuple of int
        Width and height of the window in pixels.
    dark : bool
        Whether the visitor uses the dark theme.
    """

    name: str
    path: str
    size: tuple[int, int] = WIDE
    dark: bool = False


PICTURES = (
    Picture("map", "/"),
    Picture("map-dark", "/?selected=valley:fr-bretagne&at=48.4,-1.2,7", dark=True),
    Picture("valleys", "/?level=valley"),
    Picture("per-million", "/?level=nuts2&measure=per-million"),
    Picture("regions", "/regions"),
    Picture("region", "/region?region=FRH0"),
    Picture("compare", "/compare?compare=fr-bretagne&compare=DEA&compare=EE"),
    Picture("directory", "/directory?domain=cryptology"),
    Picture("organisation", "/organisation?org=at-limes-security-gmbh"),
    Picture("about", "/about"),
    Picture("phone", "/", PHONE),
    Picture("phone-organisation", "/organisation?org=at-limes-security-gmbh", PHONE),
)


def take(browser: Browser, address: str, picture: Picture) -> bytes:
    """Visit a page and photograph the window, whether there is a map on the page or not."""
    with Site(browser, address, size=picture.size, dark=picture.dark) as site:
        site.visit(picture.path, with_map=False)
        site.page.wait_for_timeout(SETTLE_MS)
        if site.page.locator(MAP).count():
            site.wait_for_map()
        return site.page.screenshot()


def compact(png: bytes) -> bytes:
    """The same picture with a palette that keeps rare colours: a third of the size."""
    image = Image.open(io.BytesIO(png)).convert("RGB")
    method, dither = Image.Quantize.MAXCOVERAGE, Image.Dither.NONE
    file = io.BytesIO()
    image.quantize(COLOURS, method=method, dither=dither).save(file, "PNG", optimize=True)
    return file.getvalue()


@contextmanager
def releases() -> Iterator[Path]:
    """Folder of this installation's releases, or of one that is made now."""
    try:
        current()
    except ReleaseError:
        with tempfile.TemporaryDirectory() as folder:
            pipeline.run(releases_dir=Path(folder))
            yield Path(folder)
    else:
        yield settings().releases_dir


def main() -> None:
    """Write the pictures."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    names = [picture.name for picture in PICTURES]
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(names)}")
    wanted = parser.parse_args().names or names
    if unknown := sorted(set(wanted) - set(names)):
        parser.error(f"no picture {', '.join(unknown)}")
    FOLDER.mkdir(parents=True, exist_ok=True)
    with releases() as folder, serving(folder) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=list(FLAGS))
        for picture in PICTURES:
            if picture.name in wanted:
                path = FOLDER / f"{picture.name}.png"
                path.write_bytes(compact(take(browser, address, picture)))
                print(f"{path.relative_to(ROOT)}  {path.stat().st_size / 1000:.0f} kB", flush=True)


if __name__ == "__main__":
    main()
