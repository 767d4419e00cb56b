"""The words of a language for sentences that the server writes itself: notices on a locked tablet."""

import json
from functools import cache
from pathlib import Path

LANGUAGES = ("en", "ko", "zh", "vi")


@cache
def _catalogue(lang: str) -> dict:
    file = Path(__file__).parent / "locales" / f"{lang if lang in LANGUAGES else 'en'}.json"
    return json.loads(file.read_text(encoding="utf-8"))


def say(lang: str, key: str, params: dict[str, str | int]) -> str:
    """The sentence of a key with its figures, in English when the language is not spoken; KeyError: no such key.

    Of our languages only English has two forms by number (CLDR); the others have `other` alone.
    """
    place = _catalogue(lang)
    for name in key.split("."):
        place = place[name]
    message = place if isinstance(place, str) else place.get("one" if params.get("count") == 1 else "", place["other"])
    for name, figure in params.items():
        message = message.replace(f"{{{name}}}", str(figure))
    return message
