"""The hospital, its units with their beds, time zones and policies."""
