"""The ladder as pure functions over (alert, moment): docs/escalation.md, rules 1 to 16."""
