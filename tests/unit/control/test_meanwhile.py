"""Documents that are asked for while a scenario is put are whole."""

from __future__ import annotations

from threading import Thread

import pytest

from tests.support.app import FROZEN, App

DOCUMENTS = ["openapi.json", "control.json", "snapshot", "scenario", "metrics", "faults"]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_document_is_whole_while_a_scenario_is_put(name: str) -> None:
    app = App(FROZEN)
    done: list[bool] = []

    def put() -> None:
        while not done:
            for scenario in (
                {"name": "demo"},
                {"name": "empty"},
                {"fidelity": {"end_twice": "reject"}},
            ):
                assert app.put("/_control/scenario", scenario).status == 200

    thread = Thread(target=put)
    thread.start()
    try:
        for _ in range(5):
            reply = app.get(f"/_control/{name}")
            assert reply.status == 200
            if name != "metrics":
                assert isinstance(reply.json(), dict)
    finally:
        done.append(True)
        thread.join()
