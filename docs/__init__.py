"""The documents, and the scripts that draw what they show."""
