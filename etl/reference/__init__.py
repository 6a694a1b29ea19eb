"""Scripts that rebuild `data/reference/` from what its publishers offer; run by hand, rarely."""
