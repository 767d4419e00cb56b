"""An entry of every version there ever was, as tablets sent it: tests/schemas/versions/TYPE.vN.json, written once.

`python -m tests.schemas.golden` writes the files of versions that have none yet, and never touches one that is there.
"""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec

from shared_schemas.base import Body
from shared_schemas.registry import ENTRIES

FOLDER = Path(__file__).parent / "versions"
WORDS = {"title", "description"}


def file_of(body: type[Body]) -> Path:
    """Where the present version of an entry is kept."""
    return FOLDER / f"{body.type_name}.v{body.version}.json"


def shape(body: type[Body]) -> str:
    """A fingerprint of what the decoder takes: fields, bounds and words of lists, whatever they are called in prose."""
    _, parts = msgspec.json.schema_components([body])
    return sha256(json.dumps(_without_prose(parts), sort_keys=True).encode()).hexdigest()[:16]


def _without_prose(schema: Any) -> Any:
    if isinstance(schema, dict):
        prose = {name for name, what in schema.items() if name in WORDS and isinstance(what, str)}
        return {name: _without_prose(what) for name, what in schema.items() if name not in prose}
    return [_without_prose(part) for part in schema] if isinstance(schema, list) else schema


def main() -> None:
    """Write what is missing, from the good cases of each Struct."""
    cases = json.loads((FOLDER.parent / "good.json").read_text())
    for body in ENTRIES.values():
        if file_of(body).exists():
            continue
        whys = ("only what is required", "every field")
        texts = [case["text"] for case in cases if case["of"] == body.__name__ and case["why"] in whys]
        read = [msgspec.to_builtins(msgspec.json.decode(text, type=body)) for text in texts]
        golden = {"type": body.type_name, "v": body.version, "shape": shape(body), "sent": texts, "read": read}
        file_of(body).write_text(json.dumps(golden, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
