"""Beds as people with tablets see and use them: cleaned, kept, blocked, and lain in."""
