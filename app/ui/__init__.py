"""The only room with Textual: screens, widgets, keys, themes."""
