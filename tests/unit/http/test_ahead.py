"""What a server imports in its first pauses: only then, a module at a time, and no library.

In processes of their own, since this one has imported everything.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from cs_simulator.http.ahead import AT_ONCE, FIRST, SPARE, Ahead
from cs_simulator.operations import OPERATIONS

TURNS = """
import json, sys
from cs_simulator.app import create_app
from cs_simulator.cli.loading import loader_of
from cs_simulator.config import Settings
from cs_simulator.http.server import HttpServer
from cs_simulator.log import Log, Output
from cs_simulator.worlds import Worlds

settings = Settings(port=0)
app = create_app(Worlds(loader_of(None).load("empty")), settings)
server = HttpServer(app, settings, Log(Output(2)))
known = set(sys.modules)


def turn(is_busy):
    if is_busy:
        server._loop.soon(lambda: None)
    server._turn()
    new = sorted(set(sys.modules) - known)
    known.update(new)
    return new


busy = [turn(True) for _ in range(3)]
paused = []
while server._ahead:
    paused.append(turn(False))
    busy.append(turn(True))
print(json.dumps({"busy": busy, "paused": paused}))
"""


def run(code: str) -> Any:
    """Return what some code prints, as JSON."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def turns() -> dict[str, list[list[str]]]:
    """What the turns of a server's loop import, busy ones and pauses."""
    found: dict[str, list[list[str]]] = run(TURNS)
    return found


def test_pause_imports_one_module(turns: dict[str, list[list[str]]]) -> None:
    assert turns["paused"] == [[f"cs_simulator.{module}"] for module in FIRST]


def test_turn_that_does_something_imports_nothing(turns: dict[str, list[list[str]]]) -> None:
    assert not any(turns["busy"])


def test_modules_of_operations_are_imported_but_those_that_need_a_library() -> None:
    modules = {f"api.{operation.handler.partition(':')[0]}" for operation in OPERATIONS}
    assert modules - set(FIRST) == {"api.maintenance", "api.imports"}


REQUEST = """
import io, json, sys
from cs_simulator.api.arrival import address, received
from cs_simulator.app import create_app
from cs_simulator.cli.loading import loader_of
from cs_simulator.http.ahead import Ahead
from cs_simulator.worlds import Worlds

app = create_app(Worlds(loader_of(None).load("empty")))
ahead = Ahead()
while ahead:
    ahead.step()
known = set(sys.modules)
body = b'{"contact_key": "42", "service_type": 100, "coupon": {"code": 15}}'
uri = "/genesys/1/cs/services/start"
environ = {
    "REQUEST_METHOD": "POST",
    "REQUEST_URI": uri,
    "HTTP_HOST": "localhost",
    "CONTENT_TYPE": "application/json",
    "CONTENT_LENGTH": str(len(body)),
    "wsgi.input": io.BytesIO(body),
    "wsgi.url_scheme": "http",
}
outcome = app.handle(received(environ, 1000), address(uri, None))
print(json.dumps([outcome.status, sorted(set(sys.modules) - known)]))
"""


def test_first_request_then_imports_nothing() -> None:
    assert run(REQUEST) == [201, []]


def test_all_but_what_starts_a_service_wait_for_a_pause() -> None:
    ahead = Ahead([f"no_such_module_{number}" for number in range(AT_ONCE + 1)])
    waits = []
    while ahead:
        waits.append(ahead.patience)
        ahead.step()
    assert waits == [*[0.0] * AT_ONCE, SPARE]
    assert ahead.patience > SPARE


def test_what_a_request_imported_is_passed_over() -> None:
    ahead = Ahead(["clock", "ids"])  # what this process has imported
    ahead.step()
    assert not ahead


def test_module_that_cannot_be_imported_is_left_to_the_request_that_needs_it() -> None:
    ahead = Ahead(["no_such_module", "ids"])
    ahead.step()
    assert ahead
    ahead.step()
    assert not ahead
