"""Recurring care that a ward may start, from `reference/care.json`, with its sources."""

from functools import cache
from pathlib import Path

import msgspec

from shared_schemas.tasks import CareTemplateRow


@cache
def care_templates() -> dict[str, CareTemplateRow]:
    """Templates by id."""
    text = (Path(__file__).parent / "reference" / "care.json").read_bytes()
    templates = msgspec.json.decode(text)["templates"]
    return {each["template_id"]: msgspec.convert(each, CareTemplateRow) for each in templates}
