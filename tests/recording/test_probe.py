"""The probe: it finds every switch, touches only its own, and leaves nothing behind."""

from __future__ import annotations

import random
from typing import Any

import pytest

from cs_simulator.domain.fidelity import SWITCHES
from cs_simulator.har.exchanges import RecordedExchange
from cs_simulator.har.reading import Recording
from cs_simulator.recording.probe import Probed, ProbeTerms, probe_calls, run_probe
from tests.recording.servers import BASE, BASE_81, Server, fitted


def probed(server: Server, **more: Any) -> Probed:
    return run_probe(ProbeTerms(BASE, BASE_81, **more), server.send)


def test_every_switch_is_decided_by_some_call() -> None:
    decided = {name for call in probe_calls(ProbeTerms(BASE, BASE_81)) for name in call.decides}
    switches = {switch.name for switch in SWITCHES}
    assert decided == switches, "a call of recording/probe.py names each switch under decides"


def test_probe_is_small() -> None:
    assert len(probe_calls(ProbeTerms(BASE, BASE_81))) <= 40


@pytest.mark.parametrize("seed", range(8))
def test_probe_finds_the_switches_of_any_server(seed: int) -> None:
    chooser = random.Random(seed)
    fidelity = {switch.name: chooser.choice(switch.values) for switch in SWITCHES}
    found = probed(Server({"fidelity": fidelity}))
    result = fitted(Recording("probe", list(found.exchanges)))
    # Ids that are text in every edition say nothing of the form that a number would have.
    told = fidelity.keys() - ({"service_id_form"} if fidelity["service_ids"] != "integer" else ())
    assert result.proven == {name: fidelity[name] for name in told}
    assert result.comparison.findings == []
    assert result.comparison.set_aside == []
    assert found.left_behind == ()


@pytest.mark.parametrize("name", ["demo", "strict-attributes"])
def test_probe_touches_only_what_it_made(name: str) -> None:
    server = Server({"extends": name})
    before = server.world.data()
    found = probed(server, type=100)
    after = server.world.data()
    assert list(before.profiles) == list(after.profiles)
    for tenant, store in before.stores.items():
        assert list(store.services()) == list(after.stores[tenant].services())
        for service in store.services():
            number = service.number
            assert store.states(number) == after.stores[tenant].states(number)
            assert store.tasks(number) == after.stores[tenant].tasks(number)
    assert found.left_behind == ()


def test_probe_goes_on_where_something_cannot_be_made() -> None:
    server = Server()

    def send(method: str, url: str, *more: Any) -> RecordedExchange:
        if url.endswith("/services/start"):
            method, url = "GET", f"{BASE}/nowhere"
        return server.send(method, url, *more)

    found = run_probe(ProbeTerms(BASE), send)
    assert {call.name for call in found.left_out} >= {"merge", "see", "end service"}
    assert all(call.why != "cleaning up" for call in found.left_out)


def test_probe_tells_what_it_could_not_delete() -> None:
    server = Server()

    def send(method: str, url: str, *more: Any) -> RecordedExchange:
        return server.send("PATCH" if method == "DELETE" else method, url, *more)

    found = run_probe(ProbeTerms(BASE), send)
    assert len(found.left_behind) == 3
    assert found.left_behind[0].startswith("service_id ")
