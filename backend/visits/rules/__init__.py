"""What follows from what for visits: progress against plans, notes and their seal. Pure."""
