"""The twin of the tablet's sync core: sans-I/O, the same events and actions as the PWA's."""
