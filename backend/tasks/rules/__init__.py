"""What follows from what for tasks."""
