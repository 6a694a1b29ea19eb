"""The map: what is drawn, and what a page shows of it."""
