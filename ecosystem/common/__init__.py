"""What everything else builds on: settings, text, vocabulary, the release's database."""
