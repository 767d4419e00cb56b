"""The server's log: an error says where, never what a variable held."""

from collections.abc import Iterator

import pytest
import structlog

from backend.commands.serve import log_in_one_form


@pytest.fixture
def as_before() -> Iterator[None]:
    before = structlog.get_config()
    yield
    structlog.configure(**before)


@pytest.mark.usefixtures("as_before")
@pytest.mark.parametrize("watched", [True, False])
def test_an_error_in_the_log_says_where_and_no_value(capsys: pytest.CaptureFixture[str], watched: bool) -> None:
    log_in_one_form(watched=watched)
    patient = "Ruth Abara".upper()
    try:
        raise ValueError(f"{len(patient)} letters")
    except ValueError:
        structlog.get_logger().exception("failed")
    told = capsys.readouterr().err
    assert "test_log.py" in told
    assert "10 letters" in told
    assert patient not in told
