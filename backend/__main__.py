"""`python -m backend`: the operator's commands, one module of `backend.commands` each."""

import argparse
import sys

from backend.commands import backup, migrate, score, serve, staff
from backend.settings import StartRefused

# Each module has `add_to(subparsers)`, whose parser sets `run(arguments) -> exit code`.
COMMANDS = (serve, migrate, staff, backup, score)


def main(words: list[str] | None = None) -> int:
    """Run one command; a refusal to start is one plain sentence and exit code 1."""
    parser = argparse.ArgumentParser(prog="python -m backend", description="Run and operate Wardlight.")
    subparsers = parser.add_subparsers(required=True, metavar="COMMAND")
    for command in COMMANDS:
        command.add_to(subparsers)
    arguments = parser.parse_args(words)
    try:
        return arguments.run(arguments)
    except StartRefused as refused:
        print(refused, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
