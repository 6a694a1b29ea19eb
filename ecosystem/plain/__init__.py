"""Pages in plain words: what each shows without a script, for whoever or whatever reads it so."""
