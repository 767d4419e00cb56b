"""The catalogues, as the server reads them: complete in every language, with the same parameters."""

import json
import re
from pathlib import Path

import pytest

LOCALES = Path(__file__).parents[2] / "shared_schemas" / "locales"
LANGUAGES = ["en", "ko", "zh", "vi"]


def messages(language: str) -> dict[str, dict[str, str]]:
    """Every message by its flat key, as plural forms; a message without plural has the form `other`."""
    found: dict[str, dict[str, str]] = {}

    def walk(place: dict, prefix: str) -> None:
        for name, below in place.items():
            if isinstance(below, str):
                found[prefix + name] = {"other": below}
            elif isinstance(below.get("other"), str):
                found[prefix + name] = below
            else:
                walk(below, f"{prefix}{name}.")

    walk(json.loads((LOCALES / f"{language}.json").read_text()), "")
    return found


def parameters(form: str) -> list[str]:
    return sorted(re.findall(r"\{(\w+)\}", form))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_message_with_the_same_parameters(language: str) -> None:
    english, other = messages("en"), messages(language)
    assert sorted(other) == sorted(english)
    for key, forms in other.items():
        for form in forms.values():
            assert parameters(form) == parameters(english[key]["other"]), key


def test_korean_has_one_word_for_a_bed_and_one_for_going_home() -> None:
    strange = {
        key: form
        for key, forms in messages("ko").items()
        for form in forms.values()
        if re.search("침상|퇴실|입실", form)
    }
    assert strange == {}, "병상, 퇴원, 입원"


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_form_is_empty_and_no_file_names_a_key_twice(language: str) -> None:
    assert all(form.strip() for forms in messages(language).values() for form in forms.values())

    def once(pairs: list[tuple[str, object]]) -> dict:
        names = [name for name, _ in pairs]
        assert len(names) == len(set(names)), names
        return dict(pairs)

    json.loads((LOCALES / f"{language}.json").read_text(), object_pairs_hook=once)
