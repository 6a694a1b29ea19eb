"""Make the pictures of the documentation: ``python -m tests.browser.screenshots``.

Serves the current release of this installation, or one made for the purpose if there is none.
The pictures of the secretariat's guide are made on data of their own, which is thrown away.
Name pictures to make only those: ``python -m tests.browser.screenshots map phone``.
"""

from __future__ import annotations

import argparse
import io
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from ecosystem.common.settings import ROOT, settings
from ecosystem.common.store import ReleaseError, current
from etl import pipeline
from tests.browser.chromium import FLAGS, find
from tests.browser.office import Office, office
from tests.browser.server import serving
from tests.browser.site import MAP, PATIENCE_MS, PHONE, WIDE, Site

FOLDER = ROOT / "docs" / "images"
COLOURS = 256
# Charts and the table draw themselves a moment after the page's text is there.
SETTLE_MS = 2500
# Narrower than the other pictures: the guide is read in a column of text.
DESK = (1080, 760)


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
    Picture("region", "/region?region=FRH0"),
    Picture("compare", "/compare?compare=fr-bretagne&compare=DEA&compare=EE"),
    Picture("directory", "/directory?domain=cryptology"),
    Picture("organisation", "/organisation?org=fr-rubycat"),
    Picture("network", "/network"),
    Picture("partners", "/partners?from=fr-bretagne&need=domain:cryptology"),
    Picture("phone", "/", PHONE),
)


def take(browser: Browser, address: str, picture: Picture) -> bytes:
    """Visit a page and photograph the window, whether there is a map on the page or not."""
    with Site(browser, address, size=picture.size, dark=picture.dark) as site:
        site.visit(picture.path, with_map=False)
        site.page.wait_for_timeout(SETTLE_MS)
        if site.page.locator(MAP).count():
            site.wait_for_map()
        return site.page.screenshot()


def file(page: Page, desk: Office) -> bytes:
    """A workbook is chosen and not checked yet."""
    path = desk.save(desk.register_as_sheet(), "organisations.xlsx")
    page.locator("input[type=file]").set_input_files(str(path))
    page.get_by_text(path.name).first.wait_for()
    return settled(page)


def faults(page: Page, desk: Office) -> bytes:
    """Two cells can't be taken."""
    desk.check(page, with_faults(desk))
    return settled(page, "What the check found")


def report(page: Page, desk: Office) -> bytes:
    """The report on the same two cells, to be sent on."""
    desk.check(page, with_faults(desk))
    with page.expect_download() as download:
        page.get_by_role("button", name="The whole report").click()
    path = desk.folder / "check.html"
    download.value.save_as(path)
    page.goto(path.as_uri())
    return page.screenshot()


def changes(page: Page, desk: Office) -> bytes:
    """One organisation has another name and year, one is gone."""
    desk.check(page, with_changes(desk))
    page.get_by_role("tab", name="Changed").click()
    return settled(page, "What would change")


def published(page: Page, desk: Office) -> bytes:
    """Two releases, one of them shown."""
    desk.check(page, with_changes(desk))
    page.get_by_text("I have looked at what would change").click()
    page.get_by_role("button", name="Publish").click()
    page.get_by_text("Published as release").wait_for()
    page.get_by_text("Releases", exact=True).first.click()
    page.get_by_role("heading", name="Releases").wait_for()
    return settled(page)


# In this order: the last one publishes.
GUIDE: dict[str, Callable[[Page, Office], bytes]] = {
    "secretariat-file": file,
    "secretariat-faults": faults,
    "secretariat-report": report,
    "secretariat-changes": changes,
    "secretariat-releases": published,
}


def with_faults(desk: Office) -> Path:
    """A workbook with a misspelt type and an unknown town."""
    sheet = desk.register_as_sheet()
    sheet.loc[1, "type"] = "Forschng"
    sheet.loc[2, "city"] = "Nirgendwo"
    return desk.save(sheet, "organisations.xlsx")


def with_changes(desk: Office) -> Path:
    """A workbook with a changed organisation and without another one."""
    sheet: pd.DataFrame = desk.register_as_sheet().drop(index=5)
    sheet.loc[1, ["name", "founded"]] = "Limes Security", "2013"
    return desk.save(sheet, "organisations.xlsx")


def settled(page: Page, heading: str = "") -> bytes:
    """The window when nothing moves any more, with a heading at its top."""
    if heading:
        found = page.get_by_role("heading", name=heading)
        found.wait_for()
        page.wait_for_timeout(SETTLE_MS)
        found.evaluate("heading => heading.scrollIntoView({block: 'start'})")
    page.wait_for_timeout(SETTLE_MS)
    return page.screenshot()


def guide(browser: Browser, names: Iterable[str]) -> Iterator[tuple[str, bytes]]:
    """Name and picture of what the guide shows, from a fresh release of the register."""
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder, "made")
        pipeline.run(releases_dir=made)
        with office(made, Path(folder)) as desk:
            for name in names:
                with Site(browser, desk.address, size=DESK) as site:
                    desk.sign_in(site.page)
                    yield name, GUIDE[name](site.page, desk)


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


def save(name: str, png: bytes) -> None:
    """Write one picture and say so."""
    path = FOLDER / f"{name}.png"
    path.write_bytes(compact(png))
    print(f"{path.relative_to(ROOT)}  {path.stat().st_size / 1000:.0f} kB", flush=True)


def main() -> None:
    """Write the pictures."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    names = [*(picture.name for picture in PICTURES), *GUIDE]
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(names)}")
    wanted = parser.parse_args().names or names
    if unknown := sorted(set(wanted) - set(names)):
        parser.error(f"no picture {', '.join(unknown)}")
    expect.set_options(timeout=PATIENCE_MS)
    FOLDER.mkdir(parents=True, exist_ok=True)
    pictures = [picture for picture in PICTURES if picture.name in wanted]
    steps = [name for name in GUIDE if name in wanted]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find(), args=list(FLAGS))
        if pictures:
            with releases() as folder, serving(folder) as address:
                for picture in pictures:
                    save(picture.name, take(browser, address, picture))
        if steps:
            for name, png in guide(browser, steps):
                save(name, png)


if __name__ == "__main__":
    main()
