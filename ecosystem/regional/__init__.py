"""Regions by number: counts, measures, profiles, comparisons."""
