"""`score FILE.csv`: NEWS2 of a table of sets on standard output; no database, no server."""

import argparse
import sys
from pathlib import Path

from backend.vitals.rules.score_table import score_table
from backend.vitals.rules.table_text import UnreadableTable


def add_to(subparsers: argparse._SubParsersAction) -> None:
    """Register the command."""
    parser = subparsers.add_parser("score", help="score a CSV file of vital signs with NEWS2")
    parser.add_argument("file", metavar="FILE.csv")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the scored table; what can not be read is one plain sentence and exit code 1."""
    try:
        scored = score_table(Path(arguments.file).read_bytes().decode("utf-8-sig"))
    except OSError as error:
        return _stop(arguments.file, (error.strerror or "can not be read").lower())
    except UnicodeDecodeError:
        return _stop(arguments.file, "is not UTF-8 text")
    except UnreadableTable as unreadable:
        return _stop(arguments.file, str(unreadable))
    sys.stdout.buffer.write(scored.encode())
    return 0


def _stop(file: str, why: str) -> int:
    print(f"{file}: {why}.", file=sys.stderr)
    return 1
