"""Nouns in pure Python: no I/O, no third-party import."""
