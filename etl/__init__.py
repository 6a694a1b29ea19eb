"""The only writer: turns the register into releases (one immutable DuckDB file each)."""
