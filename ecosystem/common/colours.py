"""The one accent colour; the colours of types stand in the vocabulary."""

from __future__ import annotations

# By whether the ground is dark; at least 4.5:1 on the pages' background.
ACCENT = {False: "#4b3f9e", True: "#8f83f0"}
