"""Verbs: what a person does with an open conversation."""
