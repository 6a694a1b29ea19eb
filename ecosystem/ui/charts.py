"""Charts, each made from a frame that is also shown or offered as a table."""

from __future__ import annotations

import altair as alt
import pandas as pd

_BAR = "#4b3f9e"
_BAR_DARK = "#8f83f0"


def bars(counts: pd.Series, labels: dict[str, str], *, dark: bool) -> alt.LayerChart:
    """Horizontal bars with their numbers, in the order of the series.

    Parameters
    ----------
    counts : Series of int
        Indexed by code.
    labels : dict
        Label of each code.
    dark : bool
        Whether the visitor uses the dark theme.
    """
    frame = pd.DataFrame(
        {
            "label": [labels.get(code, code) for code in counts.index],
            "organisations": counts.to_numpy(),
        }
    )
    base = alt.Chart(frame).encode(
        y=alt.Y(
            "label:N",
            sort=None,
            title=None,
            axis=alt.Axis(labelLimit=230, labelOverlap=False, ticks=False),
        ),
        x=alt.X("organisations:Q", title=None, axis=None),
        tooltip=["label:N", alt.Tooltip("organisations:Q", format=",")],
    )
    numbers = base.mark_text(align="left", dx=4, color="#eef0f6" if dark else "#1f2430").encode(
        text=alt.Text("organisations:Q", format=",")
    )
    return (base.mark_bar(color=_BAR_DARK if dark else _BAR, height=14) + numbers).properties(
        height=22 * len(frame)
    )
