"""The judge of a scenario: each invariant of the sync protocol has a checker and a count of its own."""
