"""Home care as people with tablets do it: planned, visited, called, noted, signed, asked about, and the SOS."""
