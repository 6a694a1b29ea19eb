"""The ground everybody stands on: settings, text, vocabulary, the release's database."""
