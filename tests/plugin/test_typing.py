"""A project of typed tests: nothing to complain about, and each typo red before a test runs."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

WELL = '''
"""Forty tests as people write them, for a strict type checker."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from pathlib import Path

import pytest

from cs_simulator.client import (
    AsyncWorld,
    Connection,
    ControlError,
    Entry,
    FaultRule,
    NotVerifiedError,
    Question,
    Server,
    World,
)
from cs_simulator.testing import WorldFactory


class Service(IntEnum):
    SUPPORT = 100


@pytest.fixture(scope="module")
def shop(context_services_factory: WorldFactory, request: pytest.FixtureRequest) -> World:
    return context_services_factory.create(request, "demo")


@pytest.fixture(scope="session")
def till(
    context_services_factory: WorldFactory, request: pytest.FixtureRequest
) -> Iterator[World]:
    yield context_services_factory.create(request, {"seed": 7}, name="till-{run}", reset=True)


@pytest.fixture
def start(context_services: World) -> Callable[[str], str]:
    return lambda key: f"{context_services.base_url}/services/start?{key}"


SLOW: FaultRule = {"on": "any", "delay": {"from": "10ms", "to": timedelta(seconds=1)}}
STARTED: Question = {"on": "start_service", "count": {"at_least": 1}}

def test_01(context_services: World) -> None:
    context_services.add_fault(on="start_service", times=1, response={"status": 503})

def test_02(context_services: World) -> None:
    context_services.add_fault(on=["start_service", "end_service"], delay="1s", name="slow")

def test_03(context_services: World) -> None:
    context_services.add_fault(**SLOW)

def test_04(context_services: World) -> None:
    context_services.verify(**STARTED)

def test_05(context_services: World) -> None:
    context_services.verify(on="start_service", where={"body": {"service_type": Service.SUPPORT}})

@pytest.mark.parametrize("connection", ["reset", "close"])
def test_06(context_services: World, connection: Connection) -> None:
    context_services.add_fault(on="any", connection=connection, effect="applied")

def test_07(context_services: World) -> None:
    entries: list[Entry] = context_services.requests(operation="start_service", status=[200, 201])
    assert [entry["response"]["status"] for entry in entries if "response" in entry]

def test_08(context_services: World) -> None:
    assert context_services.request(1)["request"].get("json") == {"contact_key": "42"}

def test_09(context_services: World) -> None:
    context_services.freeze_clock(datetime(2026, 1, 5, tzinfo=UTC))

def test_10(context_services: World) -> None:
    assert context_services.advance_clock(timedelta(hours=2))["time"].endswith("Z")

def test_11(context_services: World) -> None:
    context_services.advance_clock("2h")

def test_12(context_services: World) -> None:
    context_services.load_scenario("demo")

def test_13(context_services: World) -> None:
    context_services.load_scenario(Path("night.yaml"))

def test_14(context_services: World) -> None:
    context_services.load_scenario({"services": [{"contact_key": "42"}]})

def test_15(context_services: World) -> None:
    with pytest.raises(ControlError) as caught:
        context_services.restore_scenario()
    assert caught.value.errors[0].line == 1

def test_16(context_services: World) -> None:
    with pytest.raises(NotVerifiedError) as caught:
        context_services.verify(on="any", count=3)
    assert caught.value.verification["matched"] == 0

def test_17(context_services: World) -> None:
    context_services.verify(
        in_order=[
            {"on": "start_service", "response": {"status": 201}},
            {"on": "end_service", "where": {"customer_id": {"absent": True}}},
        ],
        within=timedelta(seconds=1),
    )

def test_18(context_services: World) -> None:
    context_services.verify(on="any", response={"status": {"matches": "5.."}}, count=0, after=3)

def test_19(context_services: World) -> None:
    context_services.verify(on="any", where={"headers": {"X-Trace": {"absent": False}}})

def test_20(context_services: World) -> None:
    fault = context_services.get_fault("slow")
    assert (fault["acted"], fault["matched"], fault["origin"]) == (0, 0, "runtime")

def test_21(context_services: World) -> None:
    context_services.replace_fault("slow", on="any", probability=0.5, patch={"a": None})

def test_22(context_services: World) -> None:
    context_services.add_fault(
        on="start_task",
        sequence=[{"response": {"status": 500}}, {"delay": "3s"}, "pass"],
        repeat="forever",
    )

def test_23(context_services: World) -> None:
    context_services.add_fault(on="any", above_rate={"calls": 10, "per": "1s"}, connection="stall")

def test_24(context_services: World) -> None:
    context_services.add_fault(on="any", dribble={"chunks": 3, "duration": timedelta(seconds=1)})

def test_25(context_services: World) -> None:
    context_services.add_fault(on="any", delay={"median": "1s", "sigma": 0.5, "max": "9s"})

def test_26(context_services: World) -> None:
    context_services.add_fault(on="any", between=["10s", timedelta(seconds=40)], delay="1ms")

def test_27(context_services: World) -> None:
    context_services.add_fault(
        on="any", response={"status": 503, "headers": {"Retry-After": 5}, "body": [1]}
    )

def test_28(shop: World) -> None:
    assert shop.describe()["counts"]["customers"] == 12

def test_29(till: World) -> None:
    assert till.clock()["mode"] == "real"

def test_30(start: Callable[[str], str]) -> None:
    assert start("42")

async def test_31(async_context_services: AsyncWorld) -> None:
    await async_context_services.verify(on="start_service", within="5s", count=1)

async def test_32(async_context_services: AsyncWorld) -> None:
    fault = await async_context_services.add_fault(on="any", response={"status": 503})
    assert fault["name"]

async def test_33(async_context_services: AsyncWorld) -> None:
    assert [entry["id"] for entry in await async_context_services.requests(limit=3)] == [1]

def test_34(context_services_server: Server) -> None:
    assert context_services_server.health()["status"] == "ok"

def test_35(context_services_server: Server) -> None:
    with Server(context_services_server.url, token=None, timeout=3.0) as other:
        assert other.worlds()

def test_36(context_services: World) -> None:
    assert context_services.snapshot()["services"][0]["contact_key"] == "42"

def test_37(context_services: World) -> None:
    assert context_services.explain("POST", "/services/start", body={"a": 1})["acted"] == []

def test_38(context_services: World) -> None:
    assert context_services.stage().get("stage") is None

@pytest.mark.context_services_scenario("demo")
@pytest.mark.context_services_strict(allow=["rejected"])
def test_39(context_services: World) -> None:
    assert context_services.name

def test_40(context_services: World, context_services_server: Server) -> None:
    other = context_services_server.world("other", Path())
    assert other.base_url_81 != context_services.base_url_81
'''

TYPOS = """
world.add_fault(on="start_servise", delay="1s")
world.add_fault(on=["start_service", "end_servise"], delay="1s")
world.add_fault(on="any", connection="rest")
world.add_fault(on="any", response={"sttaus": 503})
world.add_fault(on="any", response={"status": "503"})
world.add_fault(on="any", delay=3)
world.add_fault(on="any", dealy="3s")
world.add_fault(delay="3s")
world.add_fault(on="any", effect="aplied", connection="close")
world.add_fault(on="any", dribble={"chunks": 3, "over": "1s"})
world.add_fault(on="any", above_rate={"calls": 10})
world.add_fault(on="any", sequence=[{"reply": {"status": 500}}, "pass"])
world.add_fault(on="any", delay="1s", repeat="for ever")
world.verify(on="start_service", cuont=1)
world.verify(on="start_service", where={"bdy": {}})
world.verify(on="start_service", count={"atleast": 1})
world.verify(on="start_service", response={"staus": 201})
world.verify(in_order=[{"on": "start_srvice"}])
world.verify(on="any", where={"contact_key": {"absnt": True}})
world.advance_clock(30)
world.set_clock("forzen")
world.requests(operation="strat_service")
world.freze_clock()
world.verify("start_service")
world.requests("start_service")
world.requests()[0]["reqest"]
world.clock()["mdoe"]
print(async_world.verify(on="any", within=5))
"""


def typos(lines: str) -> str:
    return (
        "from cs_simulator.client import AsyncWorld, World\n\n"
        "def wrong(world: World, async_world: AsyncWorld) -> None:\n"
        + "".join(f"    {line}\n" for line in lines.strip().splitlines())
    )


FIRST = 4
"""The line of the first typo."""


@pytest.fixture(scope="module")
def typed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("typed")
    (folder / "test_well.py").write_text(WELL)
    (folder / "typos.py").write_text(typos(TYPOS))
    return folder


def red_lines(found: set[int]) -> list[str]:
    """Return the typos that nobody complained about."""
    lines = TYPOS.strip().splitlines()
    return [line for number, line in enumerate(lines, FIRST) if number not in found]


def test_mypy_is_content_with_forty_tests_and_red_for_each_typo(typed: Path) -> None:
    command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", os.devnull]
    done = subprocess.run(
        [*command, "test_well.py", "typos.py"],
        cwd=typed, capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip
    errors = re.findall(r"^(.+):(\d+): error", done.stdout, re.M)
    assert {file for file, _ in errors} == {"typos.py"}, done.stdout
    assert not red_lines({int(line) for _, line in errors})


@pytest.mark.skipif(shutil.which("pyright") is None, reason="pyright is not installed")
def test_pyright_is_content_with_forty_tests_and_red_for_each_typo(typed: Path) -> None:
    settings = {"typeCheckingMode": "strict", "reportUnusedExpression": False}
    (typed / "pyrightconfig.json").write_text(json.dumps(settings))
    command = ["pyright", "--outputjson", "--pythonpath", sys.executable]
    done = subprocess.run(command, cwd=typed, capture_output=True, text=True, timeout=240)
    told = json.loads(done.stdout)["generalDiagnostics"]
    by_file = {
        name: {
            each["range"]["start"]["line"] + 1
            for each in told
            if each["file"].endswith(name) and each["severity"] == "error"
        }
        for name in ("test_well.py", "typos.py")
    }
    assert not by_file["test_well.py"], told
    assert not red_lines(by_file["typos.py"])


def test_forty_there_are() -> None:
    assert len(re.findall(r"def test_\d\d\(", WELL)) == 40
    assert len(TYPOS.strip().splitlines()) >= 20
