"""The limits that keep every file small, named by its role, and true."""

import ast
import re
from collections import Counter
from pathlib import Path
from statistics import median

import pytest

from tests import tidy
from tests.tidy import ROOT, relative

FORBIDDEN_FILE_WORDS = {"helper", "helpers", "util", "utils", "manager", "service", "services", "common", "misc"}
FORBIDDEN_NAMES = {"item", "items", "data", "info", "manager", "helper", "util", "utils", "service", "process"}
FRAMEWORKS_NAMES = {"data"}  # the framework hands a body over by this name, in routes.py only
SLICE_FILES = {
    "__init__", "tables", "rules", "actions", "routes", "sweep", "deliver", "hub", "push", "queries", "view", "statements",
}  # fmt: skip
CLINICAL_ROOMS = ("vitals", "tasks", "alerts", "staff", "stays", "visits")
NOT_SLICES = {"commands", "errors", "postgres", "migrations", "web"}
# Run by name: by Python, pytest, Piccolo, Vite or a browser.
STARTED_BY_NAME = re.compile(
    r"(__main__|__init__|conftest|piccolo_app|generate|test_\w+|m\d{4}_\w+|tables|main|sw|vite\.config|.*\.test|.*\.d)$"
)
documents = [path for path in tidy.files() if path.suffix == ".md"]
python = tidy.sources(".py")
ours = [path for path in python if not relative(path).startswith("tests/")]


def name_of(path: Path) -> str:
    return relative(path)


def test_no_file_is_longer_than_300_lines() -> None:
    assert [(relative(path), tidy.line_count(path)) for path in tidy.limited() if tidy.line_count(path) > 300] == []


def test_half_of_the_files_are_no_longer_than_80_lines() -> None:
    assert median(tidy.line_count(path) for path in tidy.limited()) <= 80


def test_no_function_is_longer_than_60_lines() -> None:
    long = [
        f"{relative(path)}:{node.lineno} {node.name}"
        for path in python
        for node in ast.walk(tidy.tree(path))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and (node.end_lineno or 0) - node.lineno >= 60
    ]
    assert long == []


def test_every_module_says_what_is_at_home_there() -> None:
    silent = [path for path in python if path.read_text().strip() and not ast.get_docstring(tidy.tree(path))]
    assert [relative(path) for path in silent] == []


def test_no_file_is_named_after_nothing() -> None:
    words = {path: set(re.split(r"[._-]", path.stem.lower().replace("service-worker", ""))) for path in tidy.sources()}
    assert [relative(path) for path, found in words.items() if found & FORBIDDEN_FILE_WORDS] == []


def test_no_name_means_nothing() -> None:
    empty = {relative(path): tidy.names_bound_in(path) & FORBIDDEN_NAMES for path in ours}
    for path in empty:
        empty[path] -= FRAMEWORKS_NAMES if path.endswith("routes.py") else set()
    assert {path: names for path, names in empty.items() if names} == {}


def test_a_slice_has_only_the_files_that_every_slice_may_have() -> None:
    for path in (ROOT / "backend").glob("*/**/*.py"):
        room, *rest = path.relative_to(ROOT / "backend").parts
        role = rest[0].removesuffix(".py")
        assert room in NOT_SLICES or role in SLICE_FILES, relative(path)


def test_no_python_module_is_dead() -> None:
    """A module of the product lives by the product: a test alone keeps none."""
    started = "".join((ROOT / name).read_text() for name in ("Makefile", "pyproject.toml"))
    dead = []
    for group, users in ((ours, ours), ([path for path in python if path not in ours], python)):
        imported = set().union(*(tidy.modules_imported_by(user) for user in users))
        everything = "\n".join([started, *(user.read_text() for user in users)])
        for path in group:
            dotted = relative(path).removesuffix(".py").replace("/", ".")
            by_relative_import = rf"from \.[\w.]* import .*\b{path.stem}\b|from \.{path.stem} import"
            used = dotted in imported or f'"{dotted}' in everything or re.search(by_relative_import, everything)
            if not used and not STARTED_BY_NAME.match(path.stem):
                dead.append(relative(path))
    assert dead == []


def test_nothing_that_a_module_defines_is_dead() -> None:
    """Every function, class and constant is named a second time, and a test alone keeps none (words are for tablets)."""
    named = Counter(word for path in ours for word in re.findall(r"\w+", path.read_text()))
    dead = [
        f"{relative(path)} {name}"
        for path in ours
        if not relative(path).startswith(("shared_schemas/", "backend/migrations/")) and path.stem != "tables"
        for name in tidy.names_defined_in(path)
        if named[name] == 1
    ]
    assert dead == []


def test_no_file_of_the_tablet_is_dead() -> None:
    tablet = [path for path in tidy.sources(".ts", ".svelte", ".css", ".mjs") if relative(path).startswith("pwa/")]
    everything = {path: path.read_text() for path in tablet}
    others = [path for path in (ROOT / "pwa").glob("*.*") if path.suffix in {".json", ".html"}]
    everything |= {path: path.read_text() for path in [*others, ROOT / "pwa" / "src" / "schemas.ts"]}
    dead = []
    for path in tablet:
        named = re.compile(rf"[/'\"]{re.escape(path.stem)}(\.\w+)?[?'\"\s]")
        users = [other for other, text in everything.items() if other != path and named.search(text)]
        if not users and not STARTED_BY_NAME.match(path.stem):
            dead.append(relative(path))
    assert dead == []


@pytest.mark.parametrize("document", documents, ids=name_of)
def test_every_path_that_a_document_names_exists(document: Path) -> None:
    made_by_tools = {"pwa/dist", "bench/results.json", "bench/out"}
    missing = {
        path
        for path in tidy.paths_named_in(document)
        if path.rstrip("/") not in made_by_tools and not (ROOT / path).exists()
    }
    assert missing == set()


def test_a_comment_cites_only_documents_that_are_here() -> None:
    path_of_document = re.compile(r"(?<![\"\w./-])[\w./-]+\.md\b")  # a quoted name is joined to its folder in code
    cited = {(relative(path), name) for path in tidy.sources() for name in path_of_document.findall(path.read_text())}
    assert {(path, name) for path, name in cited if not (ROOT / name).exists()} == set()


def test_every_reference_table_names_its_sources() -> None:
    tables = (ROOT / "shared_schemas" / "reference").glob("*.json")
    assert [relative(path) for path in tables if not re.search(r'"sources?": ?["\[{]', path.read_text())] == []


def test_every_number_of_a_rule_has_a_reason_beside_it() -> None:
    """A constant of rules.py carries its source in a comment on its line or on the line above."""
    bare = []
    for path in (
        path
        for room in CLINICAL_ROOMS
        for path in [*(ROOT / "backend" / room).glob("rules.py"), *(ROOT / "backend" / room).glob("rules/*.py")]
    ):
        lines = path.read_text().splitlines()
        for node in tidy.tree(path).body:
            if not isinstance(node, (ast.Assign, ast.AnnAssign)) or not has_number(node.value):
                continue
            if ast.unparse(node).startswith("_"):  # of one file's mechanics
                continue
            around = lines[max(0, node.lineno - 2) : node.end_lineno]
            if not any("#" in line for line in around):
                bare.append(f"{relative(path)}:{node.lineno}")
    assert bare == []


def has_number(value: ast.expr | None) -> bool:
    """0, 1 and 2 are ranks and halves, not clinical values."""
    numbers = [node.value for node in ast.walk(value or ast.Pass()) if isinstance(node, ast.Constant)]
    return any(isinstance(number, (int, float)) and number not in {0, 1, 2} for number in numbers)


def test_no_two_steps_of_the_database_have_one_number() -> None:
    """Their order must not hang on the words after the number."""
    steps = Counter(path.stem.split("_")[0] for path in (ROOT / "backend" / "migrations").glob("m*.py"))
    assert [number for number, times in steps.items() if times > 1] == []


def test_piccolos_own_transactions_are_never_opened() -> None:
    """They keep the connection for ever when COMMIT fails; `unit_of_work` does not."""
    called = re.compile(r"\bDB\.(transaction|atomic)\(|\bengine\.(transaction|atomic)\(|\.batch\(")
    assert [relative(path) for path in ours if called.search(path.read_text())] == []


def test_nothing_speaks_of_one_machine_or_of_work_not_done() -> None:
    machine = re.compile(r"(?<![\w.])/(work|root|Users)/\w|/home/\w+/\w")
    undone = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X)\b")
    for path in [*tidy.sources(), *documents, *(p for p in tidy.files() if p.suffix in {".yaml", ".toml", ".json"})]:
        text = path.read_text()
        assert not machine.search(text), f"{relative(path)} names a folder of one machine"
        assert not undone.search(text), f"{relative(path)} has work not done"


def test_screens_never_scold() -> None:
    """Words that docs/escalation.md bans from screens, in English."""
    english = (ROOT / "shared_schemas" / "locales" / "en.json").read_text().lower()
    assert re.findall(r"rejected|violation|\bstale\b|\bmissed\b", english) == []
