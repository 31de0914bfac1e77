"""The only room that touches the disk: files, settings, database, library."""
