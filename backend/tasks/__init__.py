"""Care that is due: planned by scores, templates and people, and watched until somebody says what became of it."""
