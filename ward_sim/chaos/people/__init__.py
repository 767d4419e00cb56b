"""What people do in a scenario: each act reads one tablet's screen and gives an entry, or nothing."""
