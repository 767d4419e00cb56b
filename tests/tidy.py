"""The project's own files, and small questions about them."""

import ast
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NOT_OURS = {
    ".git", ".venv", ".tools", ".wardlight", "node_modules", "dist", "__pycache__", "test-results",
    ".pytest_cache", ".ruff_cache", ".hypothesis", ".import_linter_cache", ".svelte-check",
}  # fmt: skip
GENERATED = {
    "pwa/src/schemas.ts", "shared_schemas/schema.json", "pwa/package-lock.json", "bench/pouchdb/package-lock.json",
    "uv.lock", "LICENSE",
}  # fmt: skip
SOURCES = {".py", ".ts", ".svelte", ".css", ".mjs", ".sh"}


@cache
def files() -> tuple[Path, ...]:
    """Every file of the project, without what tools made."""
    found: list[Path] = []
    rooms = [ROOT]
    while rooms:
        for path in sorted(rooms.pop().iterdir()):
            if path.name in NOT_OURS or path.is_symlink():
                continue
            if path.is_dir():
                rooms.append(path)
            elif relative(path) not in GENERATED:
                found.append(path)
    return tuple(found)


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def sources(*suffixes: str) -> list[Path]:
    """Hand-written source files."""
    return [path for path in files() if path.suffix in (suffixes or SOURCES)]


def limited() -> list[Path]:
    """Sources that the size limits hold for: migrations are history."""
    return [path for path in sources() if not relative(path).startswith("backend/migrations/m")]


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), str(path))


def line_count(path: Path) -> int:
    return path.read_text().count("\n")


def names_bound_in(path: Path) -> set[str]:
    """Every name that a Python file gives to something: functions, classes, arguments, variables."""
    bound: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            bound.add(node.name)
        elif isinstance(node, ast.arg):
            bound.add(node.arg)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            bound.add(node.id)
    return bound


def names_defined_in(path: Path) -> list[str]:
    """Functions, classes and constants of a Python module itself."""
    names: list[str] = []
    for node in tree(path).body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            names.append(node.name)
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names += [target.id for target in targets if isinstance(target, ast.Name)]
    return names


def modules_imported_by(path: Path) -> set[str]:
    """Dotted names of modules (and of what is taken from them) that a Python file imports."""
    imported: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            imported |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            imported |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return imported


def paths_named_in(document: Path) -> set[str]:
    """Paths in backticks or links of a document; patterns and placeholders are left out."""
    text = document.read_text()
    ticked = re.findall(
        r"`((?:\.ci|backend|bench|compose|docs|pwa|shared_schemas|tests|tools|ward_sim)/[\w./-]*)`", text
    )
    linked = [target.split("#")[0] for target in re.findall(r"\]\((?!https?:|mailto:|#)([^)\s]+)\)", text)]
    beside = document.parent.relative_to(ROOT)
    return set(ticked) | {(beside / target).as_posix() for target in linked}
