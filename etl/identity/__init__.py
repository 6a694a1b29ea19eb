"""Who is who: identifiers over releases, likeness, duplicates."""
