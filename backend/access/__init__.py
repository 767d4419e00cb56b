"""Who may do what, from which tablet, and where every stay was when."""
