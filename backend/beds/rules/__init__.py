"""What follows from what for beds: their state, and which mark holds."""
