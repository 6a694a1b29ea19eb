"""What axe-core finds wrong with a page for people who can't see it, or not well."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

# Streamlit's area for files has a name and the role of none: minor, and not ours to change.
STREAMLITS_OWN = ("presentation-role-conflict", "stFileUploaderDropzone")
CONTRAST = "color-contrast"
# The rules that look at colours: of one document, nothing else differs between two themes.
COLOURS = [CONTRAST, "link-in-text-block"]
# Up to so many elements, axe compares the colours of every one; that takes half a minute for the
# seven thousand of a long table.
LONG = 1_000
# Marks one element of each look, which is how it and all around it are coloured and set. In a
# document without scripts nothing lies over anything else, so all of a look have one contrast.
_MARK = """(long) => {
  const all = [...document.body.querySelectorAll('*')];
  if (all.length <= long) return false;
  const PROPERTIES = ['color', 'backgroundColor', 'backgroundImage', 'opacity', 'fontSize',
    'fontWeight', 'textShadow', 'filter', 'mixBlendMode', 'position', 'display', 'visibility'];
  const looks = new Map(), marked = new Set();
  const look = (e) => {
    if (!e) return '';
    if (!looks.has(e)) {
      const style = getComputedStyle(e);
      looks.set(e, look(e.parentElement) + '|' + PROPERTIES.map((name) => style[name]));
    }
    return looks.get(e);
  };
  const hasWords = (e) => [...e.childNodes].some((c) => c.nodeType === 3 && c.data.trim());
  for (const e of all) {
    const isNew = hasWords(e) && !marked.has(look(e));
    e.toggleAttribute('data-look', isNew);
    if (isNew) marked.add(look(e));
  }
  return true;
}"""


def check_accessible(page: Page) -> None:
    """Nothing of a page is wrong by axe's rules, as it is now."""
    _check(page)


def check_document(page: Page, *, colours_alone: bool = False) -> None:
    """Nothing of a document without scripts is wrong by axe's rules.

    Parameters
    ----------
    page : Page
        What shows it.
    colours_alone : bool
        Whether only its colours are looked at: the rest was, and only the theme changed.
    """
    if not page.evaluate(_MARK, LONG):
        _check(page, runOnly=COLOURS) if colours_alone else _check(page)
        return
    if colours_alone:
        _check(page, runOnly=[rule for rule in COLOURS if rule != CONTRAST])
    else:
        _check(page, rules={CONTRAST: {"enabled": False}})
    _check(page, "[data-look]", runOnly=[CONTRAST])


def _check(page: Page, within: str | None = None, **options: Any) -> None:
    # A page that was looked at before has axe already.
    axe = Axe("null") if page.evaluate("() => 'axe' in window") else Axe()
    found = axe.run(page, within, {"resultTypes": ["violations"], **options})
    rule, element = STREAMLITS_OWN
    ours = [
        (violation["id"], node["html"])
        for violation in found.response["violations"]
        for node in violation["nodes"]
        if violation["id"] != rule or element not in node["html"]
    ]
    assert ours == [], found.generate_report()
