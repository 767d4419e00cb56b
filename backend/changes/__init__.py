"""Feeds: what a screen is told, dense and in order."""
