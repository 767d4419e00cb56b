"""Settings are read once; secrets are given or made, and never shown."""

import stat
from pathlib import Path

import pytest

from backend.settings import StartRefused, kept_secret, settings_from


def test_without_a_database_url_secrets_are_made_once_and_are_their_owners_alone(tmp_path: Path) -> None:
    first = settings_from({"WARDLIGHT_HOME": str(tmp_path)})
    second = settings_from({"WARDLIGHT_HOME": str(tmp_path)})
    assert (first.secret, first.vapid_private_key) == (second.secret, second.vapid_private_key)
    assert len(first.secret) == 32
    for kept in (tmp_path / "secrets").iterdir():
        assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert first.secret.hex() not in repr(first)


def test_two_homes_have_different_secrets(tmp_path: Path) -> None:
    one = settings_from({"WARDLIGHT_HOME": str(tmp_path / "one")})
    other = settings_from({"WARDLIGHT_HOME": str(tmp_path / "other")})
    assert one.secret != other.secret
    assert one.vapid_private_key != other.vapid_private_key


@pytest.mark.parametrize("missing", ["WARDLIGHT_SECRET", "WARDLIGHT_VAPID_PRIVATE_KEY"])
def test_with_a_database_url_a_missing_secret_refuses_to_start(missing: str, tmp_path: Path) -> None:
    given = {
        "WARDLIGHT_HOME": str(tmp_path),
        "DATABASE_URL": "postgresql://ward",
        "WARDLIGHT_SECRET": "00" * 32,
        "WARDLIGHT_VAPID_PRIVATE_KEY": "key",
    }
    assert settings_from(given).database_url == "postgresql://ward"
    del given[missing]
    with pytest.raises(StartRefused, match=missing):
        settings_from(given)
    assert not (tmp_path / "secrets").exists()


@pytest.mark.parametrize(("name", "text"), [("PORT", "eighty"), ("WARDLIGHT_SECRET", "not hexadecimal")])
def test_a_setting_that_is_not_valid_is_one_sentence(name: str, text: str, tmp_path: Path) -> None:
    with pytest.raises(StartRefused, match="not valid"):
        settings_from({"WARDLIGHT_HOME": str(tmp_path), name: text})


def test_lists_are_separated_by_blanks(tmp_path: Path) -> None:
    settings = settings_from({"WARDLIGHT_HOME": str(tmp_path), "WARDLIGHT_PUSH_EXEMPT": "127.0.0.1:9001 push.ward:443"})
    assert settings.push_exempt == ("127.0.0.1:9001", "push.ward:443")


def test_of_two_programs_that_make_a_secret_at_once_the_first_wins(tmp_path: Path) -> None:
    def late() -> str:
        return kept_secret(tmp_path, "pin", lambda: "first") and "second"

    assert kept_secret(tmp_path, "pin", late) == "first"
    assert [path.name for path in (tmp_path / "secrets").iterdir()] == ["pin"]


def test_a_home_that_can_not_be_used_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StartRefused, match="can not be used"):
        settings_from({"WARDLIGHT_HOME": str(tmp_path / "file")})
