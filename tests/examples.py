"""How many examples a test with random input draws."""

from __future__ import annotations

import hypothesis

# Hypothesis' own number, to which a profile's is compared.
FULL = 100


def examples(number: int) -> int:
    """That many in a full run, and fewer where the profile asks for fewer."""
    return max(3, number * hypothesis.settings().max_examples // FULL)
