"""The demo: a living hospital around a real server."""
