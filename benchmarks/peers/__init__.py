"""What others would build the map with, beside the site: ``python -m benchmarks.peers``."""
