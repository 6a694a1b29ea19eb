"""`python -m etl` is the same as `cyber-valleys`."""

from etl.cli import app

app(prog_name="cyber-valleys")
