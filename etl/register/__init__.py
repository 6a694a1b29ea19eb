"""Register files as cells: normalise, validate, decide, mint, change one row."""
