"""Releases of another machine, brought here: looked for, checked, kept, shown."""
