"""The survey counts what docs/clients.md says, for the clients that tests have anyway."""

from __future__ import annotations

import pytest

from tests.clients.programs.survey_python import CLIENTS
from tests.clients.survey import NODE, described, is_equal, main


def test_clients_at_hand_do_what_the_page_says(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["requests", "httpx", "urllib3", "http.client"]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 4


def test_every_client_of_the_survey_is_on_the_page() -> None:
    assert {*CLIENTS, *NODE} <= set(described())


def test_what_was_not_tried_may_be_anything() -> None:
    assert is_equal("1 / 2", "1 / -")
    assert not is_equal("1 / 2", "1 / 1")
