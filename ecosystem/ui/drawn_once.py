"""Parts of a page that are the same for every visitor: drawn once, sent again as they are.

What a part shows must follow from its arguments, the release, the day and the theme alone; and
nobody may press or fill anything in it, since Streamlit has to hear of each such thing in every
rerun. Links are welcome.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from datetime import date
from typing import Any, TypeVar

from ecosystem.common.per_release import Recent
from ecosystem.finding import made_in_europe
from ecosystem.ui import data, streamlit_internals
from ecosystem.ui.streamlit_internals import Drawing
from ecosystem.ui.theme import is_dark

# As many as a crowd with different filters looks at within a minute; some are 30 kB.
_KEPT = 400
_drawings: Recent[Drawing] = Recent(_KEPT)
_made: Recent[Any] = Recent(_KEPT)
T = TypeVar("T")


def show(
    part: Callable[..., None], *args: Any, of_release: bool = True, told_by: Any = None
) -> None:
    """Show ``part(*args)``, from memory where somebody has seen it before.

    Parameters
    ----------
    part : callable
        Draws a part of a page; see above for what it may depend on.
    of_release : bool
        Whether the release matters; if it doesn't, the part is shown without one too.
    told_by : object, optional
        What tells the arguments from others, where that is less than they are: of a region's
        profile, its filter and its id.

    Raises
    ------
    ValueError
        If there is something in it that a visitor can use, but for links.
    """
    if not streamlit_internals.is_script_run():
        part(*args)
        return
    told = _key(part, args if told_by is None else told_by, of_release=of_release)
    is_new = False

    def draw() -> Drawing:
        nonlocal is_new
        is_new = True
        drawing = streamlit_internals.record(lambda: part(*args))
        if drawing is None:
            raise ValueError(f"{part.__qualname__} draws what only its own visitor may use.")
        return drawing

    drawing = _drawings.get(told, draw)
    if not is_new:
        streamlit_internals.replay(drawing)


def keep(make: Callable[..., T], *args: Any, told_by: Any) -> T:
    """What a function makes for a part of a page, from memory where it was made before.

    Parameters
    ----------
    make : callable
        What it makes may depend on what a part may, is shared and must not be changed.
    told_by : object
        What tells the arguments from others.
    """
    made: T = _made.get(_key(make, told_by), lambda: make(*args))
    return made


def _key(part: Callable[..., object], told_by: Any, *, of_release: bool = True) -> Hashable:
    """What it depends on: what tells its arguments, the release, the day and the theme."""
    release = data.database().release.release_id if of_release else ""
    day: date = made_in_europe.today()
    name = f"{part.__module__}.{part.__qualname__}"
    return name, release, day, is_dark(), data.key(told_by)


def forget() -> None:
    """Forget all drawings."""
    _drawings.clear()
    _made.clear()
