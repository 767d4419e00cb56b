"""Every noun of a catalogue key is a word of the glossary."""

import json
import re

from tests.tidy import ROOT

# Plain words of screens: they mean here what they mean to everybody, and name nothing of ours.
PLAIN = """
    acting actions add admit admitted ago ahead air alike allowed alone already also app applied ask asks
    asleep assigned bad better blocked born broken c certified charting checking choose close
    conflict correct corrected correcting count counted dated decided declined deferred delete departed
    depends detail details dial differs discard discharged down draft earlier else empty en
    escalated example fahrenheit field filled filter filters find fits footnote free future given
    goes group hand handed heading heard hide home hours id install installed invalid ko lang language last
    late least left legend letters loading lock log look lost malformed match me mine missing
    monitored move must needed needs network newer nobody noticed oldest only order p part passed past
    paused permitted previous rail raised really reapply receiver respond restarted resume resumed
    reuse runs same save saved saving scored seconds send sending short show sick sickest sign since
    skip slow snoozed someone spoken start stopped strike summary tag take taken test text theme
    there tile timed title today tolerated too total transferred try type u unanswered unavailable
    under undo undone unsent unverified update v version vi waits way worse write written wrong yes
    you zh
"""


def words_of_keys() -> dict[str, set[str]]:
    """Each word of the English catalogue's keys, with the keys that use it."""
    found: dict[str, set[str]] = {}

    def walk(tree: dict, path: tuple[str, ...]) -> None:
        for name, place in tree.items():
            here = (*path, name)
            if isinstance(place, dict) and not set(place) <= {"zero", "one", "two", "few", "many", "other"}:
                walk(place, here)
            for word in re.findall(r"[a-z]+", name.lower()):
                found.setdefault(word, set()).add(".".join(here))

    walk(json.loads((ROOT / "shared_schemas" / "locales" / "en.json").read_text()), ())
    return found


def glossary_words() -> set[str]:
    """Words of the glossary's terms and of what they mean."""
    return set(re.findall(r"[a-z]+", (ROOT / "docs" / "glossary.md").read_text().lower()))


def test_every_noun_of_a_catalogue_key_is_in_the_glossary() -> None:
    known = glossary_words() | set(PLAIN.split())
    strange = {
        word: sorted(keys)
        for word, keys in words_of_keys().items()
        if word not in known and word.rstrip("s") not in known
    }
    assert strange == {}, "put the word into docs/glossary.md, or use one that is there"
