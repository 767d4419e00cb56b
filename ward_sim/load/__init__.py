"""Many light tablets on a real server: what it bears, and whether it keeps its promises while it does."""
