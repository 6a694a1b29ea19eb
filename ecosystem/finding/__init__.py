"""Which organisations are meant: the filter, the search, nearness, similar organisations."""
