"""Fourteen clients, seven right and seven with one vice each, and what the judge says of them."""

from __future__ import annotations

import pytest

from tests.clients.conftest import Drill

RIGHT = [
    ("python", "requests", "drill-lost-answer"),
    ("python", "requests", "drill-retry-after"),
    ("python", "requests", "drill-retry-after-date"),
    ("python", "requests", "drill-outage"),
    ("python", "requests", "drill-slow-tail"),
    ("python", "requests", "drill-truncated-body"),
    ("python", "requests", "drill-garbage"),
    ("python", "requests", "drill-reset"),
    ("python", "httpx", "drill-lost-answer"),
    ("python", "httpx", "drill-retry-after-date"),
    ("python", "httpx", "drill-bad-request"),
    ("python", "tenacity", "drill-outage"),
    ("python", "tenacity", "drill-bad-request"),
    ("python", "herd", "drill-herd"),
    ("jdk", "right", "drill-lost-answer-reused"),
    ("jdk", "right", "drill-retry-after"),
    ("jdk", "right", "drill-bad-request"),
    ("node", "right", "drill-lost-answer"),
    ("node", "right", "drill-redirect"),
    ("node", "right", "drill-outage"),
    ("curl", "right", "drill-lost-answer"),
    ("curl", "right", "drill-retry-after"),
    ("curl", "right", "drill-bad-request"),
]

VICES = [
    ("python", "milliseconds", "drill-retry-after", {"honours_retry_after"}),
    ("python", "ignores", "drill-retry-after", {"honours_retry_after"}),
    ("python", "repeats", "drill-lost-answer", {"created"}),
    ("jdk", "without-timeout", "drill-slow-tail", {"gives_up_within"}),
    ("node", "herd-without-jitter", "drill-herd", {"spread"}),
    ("node", "retries-400", "drill-bad-request", {"not_retried"}),
    ("python", "hammers", "drill-outage", {"attempts"}),
    ("python", "tenacity-hammers", "drill-outage", {"attempts"}),
]


@pytest.mark.parametrize(("kind", "name", "scenario"), RIGHT)
def test_client_that_is_right_passes(drill: Drill, kind: str, name: str, scenario: str) -> None:
    result = drill(scenario, kind, name)
    assert result.verdict == "passed", (result.ruling, result.end)


@pytest.mark.parametrize(("kind", "name", "scenario", "virtues"), VICES)
def test_vice_is_named_by_its_virtue(
    drill: Drill, kind: str, name: str, scenario: str, virtues: set[str]
) -> None:
    result = drill(scenario, kind, name)
    failed = {each["virtue"] for each in result.ruling["virtues"] if each["verdict"] == "failed"}
    assert failed == virtues, (result.ruling["virtues"], result.end)


def test_client_slows_down_to_a_rate(drill: Drill, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STARTS", "5")
    result = drill("drill-rate-limit", "python", "requests")
    assert result.verdict == "passed", (result.ruling["virtues"], result.end)


@pytest.mark.parametrize(("kind", "verdict"), [("python", "passed"), ("node", "failed")])
def test_client_that_reads_ids_as_floats_is_found(drill: Drill, kind: str, verdict: str) -> None:
    result = drill("drill-big-id", kind, "ends")
    assert result.verdict == verdict, (result.ruling, result.end)


def test_seven_are_right_and_seven_have_a_vice() -> None:
    assert len({(kind, name) for kind, name, _ in RIGHT}) == 7
    vices = {name.removeprefix("tenacity-") for _, name, _, _ in VICES}
    assert len(vices) == 7
