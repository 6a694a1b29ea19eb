"""Releases: built, compared, checked, put on the shelf."""
