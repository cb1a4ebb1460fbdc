"""``drill``: a command in a world that breaks, its end, its verdict, and nothing left behind."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest
from click.testing import CliRunner, Result

from cs_simulator.cli import main
from cs_simulator.client import Server

START = """
import os, sys, urllib.request
url = os.environ["CONTEXT_SERVICES_URL"] + "/services/start"
def start(key="a"):
    body = b'{"contact_key": "%s"}' % key.encode()
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(url, body, headers, method="POST")
    return urllib.request.urlopen(request, timeout=5).read()
"""
ONCE = f"{START}\ntry: start()\nexcept Exception as error: sys.exit(str(error))"
TWICE = f"""{START}
for _ in range(2):
    try:
        start()
        break
    except Exception as error:
        print(error)
"""

Drill = Callable[..., Result]


@pytest.fixture
def drill(server: Server) -> Drill:
    """Run drills on the server that tests share."""

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(
            main, ["drill", "--url", server.url, *arguments], prog_name="cs-simulator"
        )

    return run


def python(code: str) -> list[str]:
    return ["--", sys.executable, "-c", code]


def test_client_that_repeats_a_lost_start_makes_two_services(drill: Drill) -> None:
    found = drill("lost-answer", *python(TWICE))
    assert found.exit_code == 1
    lines = found.output.splitlines()
    assert lines[0] == (
        "drill-lost-answer          failed    created: one intent created 2 services, "
        "expected at most 1"
    )
    assert any("broken: close" in line and "created service" in line for line in lines)
    assert lines[-1] == "1 drill, 1 virtue: 1 failed"


PATIENT = f"""{START}
import time
for key in "ab":
    for attempt in range(6):
        try:
            start(key)
            break
        except Exception as error:
            time.sleep(0.1 * 2 ** attempt)
    else:
        sys.exit("down")
"""
HASTY = f"""{START}
for key in "ab":
    while True:
        try:
            start(key)
            break
        except Exception:
            pass
"""


def test_client_that_goes_on_after_an_outage_passes(drill: Drill) -> None:
    found = drill("outage", *python(PATIENT))
    assert found.exit_code == 0, found.output
    assert "attempts: 1 to 6 attempts" in found.output


def test_hammering_is_told_with_its_requests(drill: Drill) -> None:
    found = drill("outage", *python(HASTY))
    assert found.exit_code == 1
    [told] = [line for line in found.output.splitlines() if " failed " in line]
    assert "attempts, expected at most 8; see start_service" in told
    assert "(requests " in told


def test_client_that_does_not_outlast_an_outage_fails(drill: Drill) -> None:
    found = drill("outage", *python(ONCE))
    assert found.exit_code == 1
    assert "failed    outcome: 0 of 1 answered" in found.output


def test_client_that_goes_on_after_a_redirect_passes(drill: Drill) -> None:
    code = f"""{START}
import urllib.error
try:
    start()
except urllib.error.HTTPError as error:
    start()
start("b")
"""
    found = drill("redirect", *python(code))
    assert found.exit_code == 0, found.output


def test_client_that_does_not_passes(drill: Drill) -> None:
    found = drill("lost-answer", "reset", *python(ONCE))
    assert (found.exit_code, found.output.splitlines()[-1]) == (0, "2 drills, 2 virtues: 2 passed")


def test_report_is_junit(drill: Drill, tmp_path: Path) -> None:
    report = tmp_path / "junit.xml"
    found = drill("lost-answer", "big-id", "--report", str(report), *python(TWICE))
    assert found.exit_code == 1, (found.output, found.exception)
    root = Xml.parse(report).getroot()
    suites = {suite.get("name"): suite for suite in root}
    assert list(suites) == ["drill-lost-answer", "drill-big-id"]
    assert suites["drill-lost-answer"].get("failures") == "1"
    [case] = suites["drill-lost-answer"]
    assert (case.get("classname"), case.get("name")) == ("drill-lost-answer", "created")
    failure = case.find("failure")
    assert failure is not None
    assert failure.get("message") == "one intent created 2 services, expected at most 1"
    assert suites["drill-big-id"].get("errors") == "1"


def test_command_that_asks_nothing_is_told(drill: Drill) -> None:
    found = drill("retry-after", *python("print('done')"))
    assert found.exit_code == 1
    assert (
        "undecided honours_retry_after: no request to any was found; did the client send one?"
        in (found.output)
    )
    assert "  done" in found.output


def test_command_that_never_ends_is_ended_with_all_it_started(drill: Drill, tmp_path: Path) -> None:
    pids = tmp_path / "pids"
    child = (
        f"import os, time; open({str(pids)!r}, 'a').write(f'{{os.getpid()}}\\n'); time.sleep(600)"
    )
    code = (
        "import subprocess, sys, time\n"
        f"child = [sys.executable, '-c', {child!r}]\n"
        "subprocess.Popen(child)\n"
        "subprocess.Popen(child, start_new_session=True)\n"
        f"while open({str(pids)!r}, 'a+').seek(0) or len(open({str(pids)!r}).readlines()) < 2:\n"
        "    time.sleep(0.01)\n"
        "time.sleep(600)\n"
    )
    begun = time.monotonic()
    found = drill("bad-request", "--timeout", "2", *python(code))
    assert time.monotonic() - begun < 20
    assert "the command was ended after 2 s" in found.output
    for pid in pids.read_text().split():
        assert is_gone(int(pid))


def is_gone(pid: int) -> bool:
    """Tell whether a process has ended; one that nobody waited for has, too."""
    for _ in range(200):
        try:
            status = Path(f"/proc/{pid}/stat").read_text()
        except OSError:
            return True
        if status.rpartition(")")[2].split()[0] == "Z":
            return True
        time.sleep(0.01)
    return False


def test_command_that_prints_a_megabyte_is_shown_by_its_end(drill: Drill) -> None:
    code = "import sys; sys.stdout.write('x' * 2**20 + '\\nthe end\\n'); sys.exit(3)"
    found = drill("bad-request", *python(code))
    assert "the command exited with 3" in found.output
    assert "  the end" in found.output
    assert len(found.output) < 40_000


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["bad-request"], "expected a command after --, such as -- pytest tests/client"),
        (["bad-request", "--"], "expected a command after --, such as -- pytest tests/client"),
        (
            ["bad-request", "--", "no-such-command"],
            "the command no-such-command is not found; give a path, such as ./client.sh",
        ),
        (["bad-request", "--", "./no/such"], "the command ./no/such is not found; check its path"),
        (["bad-requst", "--", "true"], "bad-requst"),
        (["demo", "--", "true"], "demo expects nothing, so there is nothing to judge by"),
        (["--timeout", "0", "--", "true"], "--timeout"),
        (["--report", "no/such/folder/r.xml", "--", "true"], "does not exist"),
    ],
)
def test_wrong_call_is_told_with_its_fix(drill: Drill, arguments: list[str], told: str) -> None:
    found = drill(*arguments)
    assert found.exit_code in (2, 6), found.output
    assert told in found.output
    assert len(found.output.splitlines()) <= 3


def test_worlds_of_drills_are_dropped(drill: Drill, server: Server) -> None:
    drill("bad-request", "demo", "--", "true")
    drill("bad-request", "--", "true")
    assert [name for name in server.worlds() if name.startswith(f"drill-{os.getpid()}")] == []


def test_server_of_its_own_and_a_drill_of_ones_own(tmp_path: Path) -> None:
    own = tmp_path / "mine.yaml"
    own.write_text("expect: [{on: start_service, attempts: 1, outcome: answered}]\n")
    words = [sys.executable, "-m", "cs_simulator", "drill", str(own), *python(ONCE)]
    found = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    assert found.returncode == 0, found.stderr
    assert found.stdout.splitlines()[-1] == "1 drill, 2 virtues: 2 passed"
