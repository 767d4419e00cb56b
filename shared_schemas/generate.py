"""Writes schema.json and pwa/src/schemas.ts from the Structs: `python -m shared_schemas.generate`."""

import json
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any

import msgspec

from shared_schemas import base, wire
from shared_schemas.base import Body, Row
from shared_schemas.registry import ENTRIES, ROWS, SLICES
from shared_schemas.typescript import typescript

HOME = Path(__file__).resolve().parent
SCHEMA_FILE = HOME / "schema.json"
TYPESCRIPT_FILE = HOME.parent / "pwa" / "src" / "schemas.ts"
REF = "#/$defs/"


def _structs() -> list[type[msgspec.Struct]]:
    rooms = [vars(room).values() for room in (base, *SLICES, wire)]
    found = [
        thing
        for room in rooms
        for thing in room
        if isinstance(thing, type) and issubclass(thing, msgspec.Struct) and thing not in (msgspec.Struct, Body, Row)
    ]
    return list(dict.fromkeys(found))


def _enums() -> dict[str, type[Enum]]:
    rooms = [vars(room) for room in (base, *SLICES, wire)]
    return {
        name: thing
        for room in rooms
        for name, thing in room.items()
        if isinstance(thing, type) and issubclass(thing, Enum)
    }


def _refs(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        if "$ref" in schema:
            yield schema["$ref"].removeprefix(REF)
        schema = list(schema.values())
    if isinstance(schema, list):
        for part in schema:
            yield from _refs(part)


def _in_order(defs: dict[str, Any]) -> dict[str, Any]:
    """Definitions by name, each after those it names: a `const` in TypeScript must exist before it is used."""
    ordered: dict[str, Any] = {}

    def place(name: str) -> None:
        if name in ordered:
            return
        for needed in sorted(set(_refs(defs[name])) - {name}):
            place(needed)
        ordered[name] = defs[name]

    for name in sorted(defs):
        place(name)
    return ordered


def schema() -> dict[str, Any]:
    """JSON Schema 2020-12 of everything on the wire, with the lists of entry types, row types and frames."""
    structs = _structs()
    _, defs = msgspec.json.schema_components(structs, ref_template=REF + "{name}")
    enums = _enums()
    for name, definition in defs.items():
        if name in enums:  # msgspec sorts the members; their order here has meaning
            definition["enum"] = [member.value for member in enums[name]]
        if "description" in definition:
            definition["description"] = " ".join(definition["description"].split())
    frames: dict[str, list[str]] = {"tablet": [], "server": []}
    for struct in structs:
        if struct.__struct_config__.tag_field == "frame":
            strict = struct.__struct_config__.forbid_unknown_fields
            frames["tablet" if strict else "server"].append(struct.__name__)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Wardlight's wire",
        "entries": {
            name: {"$ref": REF + body.__name__, "version": body.version} for name, body in sorted(ENTRIES.items())
        },
        "rows": {name: {"$ref": REF + row.__name__, "rank": row.rank} for name, row in sorted(ROWS.items())},
        "frames": frames,
        "limits": {
            "entries_per_batch": wire.ENTRIES_PER_BATCH,
            "batch_bytes": wire.BATCH_BYTES,
            "protocol": wire.PROTOCOL,
        },
        "$defs": _in_order(defs),
    }


def rendered() -> dict[Path, str]:
    """The text of each generated file by its path."""
    whole = schema()
    return {
        SCHEMA_FILE: json.dumps(whole, indent=1, ensure_ascii=False) + "\n",
        TYPESCRIPT_FILE: typescript(whole),
    }


def main() -> None:
    """Write the generated files that changed."""
    for path, text in rendered().items():
        if not path.exists() or path.read_text() != text:
            path.write_text(text)


if __name__ == "__main__":
    main()
