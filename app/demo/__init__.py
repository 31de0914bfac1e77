"""A local server that speaks the API, so that the app works with no key."""
