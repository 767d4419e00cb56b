"""The laws of the project, in words."""
