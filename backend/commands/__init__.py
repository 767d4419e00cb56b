"""What an operator can do from a shell: one module a command."""
