"""The tablet offers what the server's gates allow: both have the same roles."""

import re

import pytest

from backend.access import rules
from backend.slice import Author, Scope
from backend.staff.rules import HOLDERS
from shared_schemas.staff import Grant, Post, Role
from tests.tidy import ROOT

UNIT = "0198a3c2-0000-7000-8000-000000000002"
TABLET = ROOT / "pwa" / "src" / "staff" / "roles.ts"


def roles_on_the_tablet(gate: str) -> set[str]:
    """The roles of a gate as roles.ts lists them, its named lists written out, the last one first."""
    text = TABLET.read_text()
    named = dict(re.findall(r"const ([A-Z_]+) = \[(.*?)\]", text, re.DOTALL))
    [listed] = re.findall(rf"^  {gate}: (.*?),$", text, re.MULTILINE)
    for name, found in reversed(named.items()):
        listed = listed.replace(name, found)
    return set(re.findall(r"'(\w+)'", listed))


@pytest.mark.parametrize("gate", ["chart", "plan", "prescribe", "admit"])
def test_a_gate_of_the_tablet_lets_the_same_roles_through(gate: str) -> None:
    may = getattr(rules, f"may_{gate}")
    grants = {role: Author("anna", "session", (Grant(unit_id=UNIT, role=role),)) for role in Role}

    allowed = {role.value for role, author in grants.items() if may(author, Scope("stay", UNIT, UNIT))}

    assert roles_on_the_tablet(gate) == allowed


@pytest.mark.parametrize("post", list(Post))
def test_a_post_of_the_tablet_has_the_same_holders(post: Post) -> None:
    assert roles_on_the_tablet(post.value) == {role.value for role in HOLDERS[post]}


def test_who_leads_on_the_tablet_leads() -> None:
    assert roles_on_the_tablet("lead") == {role.value for role in rules.LEADING}


def test_who_may_be_in_charge_may_give_any_patient_away() -> None:
    assert roles_on_the_tablet("give") == {role.value for role in HOLDERS[Post.CHARGE]}
