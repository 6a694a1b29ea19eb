"""One module a table of a release: its queries, and the frames they give."""
