"""Clinical tables as data: one JSON each, read by Python here and by the tablet through `$shared/reference/`."""

import json
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


def read(name: str) -> Any:
    """The table `name`.json, decoded."""
    return json.loads((HERE / f"{name}.json").read_text(encoding="utf-8"))
