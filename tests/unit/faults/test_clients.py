"""What the users of three common clients see of each fault."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import requests
import urllib3
from urllib3.util import Retry

from tests.support.server import ServerProcess

PATIENCE = 10.0
"""How long the clients wait for the next byte, in seconds, where it comes at once."""
TIMEOUTS = {"stall": 0.4, "delay": 0.4, "dribble": 0.8}
"""How long they wait where it is late. A dribble takes longer than that, its pauses far less."""

SCENARIO = """
clock: {time: 2026-01-05T09:00:00.000Z, mode: frozen}
services: [{service_id: 5, contact_key: a}]
faults:
  - {name: reset, on: any, times: 0, connection: reset}
  - {name: close, on: any, times: 0, connection: close}
  - {name: truncate, on: any, times: 0, connection: truncate, effect: applied}
  - {name: garbage, on: any, times: 0, connection: garbage}
  - {name: stall, on: any, times: 0, connection: stall}
  - {name: delay, on: any, times: 0, delay: 10s}
  - {name: dribble, on: any, times: 0, dribble: {chunks: 12, duration: 1200ms}}
  - {name: broken, on: any, times: 0, response: {status: 200, body: '{"service_id": '}}
  - {name: busy, on: any, times: 0, response: {status: 503, headers: {Retry-After: "1"}}}
  - name: once-busy
    on: [query_customer_services, start_service]
    times: 1
    response: {status: 503, headers: {Retry-After: "1"}}
  - name: once-reset
    on: query_tasks
    times: 1
    connection: reset
"""

SERVICE = {
    "service_id": 5,
    "contact_key": "a",
    "started": {"timestamp": "2026-01-05T09:00:00.000Z"},
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """One server for all: its rules wait for a request that names them, or speak of other calls."""
    folder = tmp_path_factory.mktemp("clients")
    scenario = folder / "clients.yaml"
    scenario.write_text(SCENARIO)
    process = ServerProcess(folder / "ready.json", "--scenario", str(scenario))
    try:
        yield process.wait_until_ready()
    finally:
        process.stop()


@pytest.fixture
def base(server: ServerProcess) -> str:
    """The base path of a world that begins anew."""
    with server.client() as client:
        assert client.post("/_control/reset").status == 200
    return f"{server.ready['url']}/genesys/1/cs"


def asking(fault: str) -> Mapping[str, str]:
    """Return the header that asks for a fault."""
    return {"X-Simulator-Fault": fault}


def timeout(fault: str) -> float:
    """Return how long a client waits."""
    return TIMEOUTS.get(fault, PATIENCE)


def with_requests(base: str, fault: str) -> Any:
    answer = requests.get(f"{base}/services/5", headers=asking(fault), timeout=timeout(fault))
    answer.raise_for_status()
    return answer.json()


def with_urllib3(base: str, fault: str, retries: Retry | bool = False) -> Any:
    with urllib3.PoolManager() as pool:
        answer = pool.request(
            "GET",
            f"{base}/services/5",
            headers=asking(fault),
            timeout=timeout(fault),
            retries=retries,
        )
        assert answer.status == 200
        return answer.json()


def with_urllib3_and_retries(base: str, fault: str) -> Any:
    return with_urllib3(base, fault, Retry(1))


def with_httpx(base: str, fault: str) -> Any:
    answer = httpx.get(f"{base}/services/5", headers=asking(fault), timeout=timeout(fault))
    answer.raise_for_status()
    return answer.json()


CLIENTS: dict[str, Callable[[str, str], Any]] = {
    "requests": with_requests,
    "urllib3": with_urllib3,
    "urllib3 with Retry": with_urllib3_and_retries,
    "httpx": with_httpx,
}


@dataclass(frozen=True)
class Expected:
    """The exception that a client raises, and what its text names."""

    error: type[Exception]
    text: str


BROKEN_OFF = r"IncompleteRead\(\d+ bytes read, \d+ more expected\)"
TIMED_OUT = "Read timed out"
TOO_OFTEN = urllib3.exceptions.MaxRetryError
RAISED: dict[str, dict[str, Expected]] = {
    "reset": {
        "requests": Expected(requests.ConnectionError, "Connection reset by peer"),
        "urllib3": Expected(urllib3.exceptions.ProtocolError, "Connection reset by peer"),
        "urllib3 with Retry": Expected(TOO_OFTEN, "Connection reset by peer"),
        "httpx": Expected(httpx.ReadError, "Connection reset by peer"),
    },
    "close": {
        "requests": Expected(requests.ConnectionError, "RemoteDisconnected"),
        "urllib3": Expected(urllib3.exceptions.ProtocolError, "RemoteDisconnected"),
        "urllib3 with Retry": Expected(TOO_OFTEN, "RemoteDisconnected"),
        "httpx": Expected(httpx.RemoteProtocolError, "without sending a response"),
    },
    "truncate": {
        "requests": Expected(requests.exceptions.ChunkedEncodingError, BROKEN_OFF),
        "urllib3": Expected(urllib3.exceptions.ProtocolError, BROKEN_OFF),
        "urllib3 with Retry": Expected(TOO_OFTEN, BROKEN_OFF),
        "httpx": Expected(httpx.RemoteProtocolError, "without sending complete message body"),
    },
    "garbage": {
        "requests": Expected(requests.ConnectionError, "BadStatusLine"),
        "urllib3": Expected(urllib3.exceptions.ProtocolError, "BadStatusLine"),
        "urllib3 with Retry": Expected(TOO_OFTEN, "BadStatusLine"),
        "httpx": Expected(httpx.RemoteProtocolError, "illegal status line"),
    },
    "stall": {
        "requests": Expected(requests.ReadTimeout, TIMED_OUT),
        "urllib3": Expected(urllib3.exceptions.ReadTimeoutError, TIMED_OUT),
        "urllib3 with Retry": Expected(TOO_OFTEN, TIMED_OUT),
        "httpx": Expected(httpx.ReadTimeout, "timed out"),
    },
    "delay": {
        "requests": Expected(requests.ReadTimeout, TIMED_OUT),
        "urllib3": Expected(urllib3.exceptions.ReadTimeoutError, TIMED_OUT),
        "urllib3 with Retry": Expected(TOO_OFTEN, TIMED_OUT),
        "httpx": Expected(httpx.ReadTimeout, "timed out"),
    },
    "broken": {
        "requests": Expected(requests.JSONDecodeError, "Expecting value"),
        "urllib3": Expected(json.JSONDecodeError, "Expecting value"),
        "urllib3 with Retry": Expected(json.JSONDecodeError, "Expecting value"),
        "httpx": Expected(json.JSONDecodeError, "Expecting value"),
    },
}


CURL = {
    "reset": 56,
    "close": 52,
    "truncate": 18,
    "garbage": 1,
    "stall": 28,
    "delay": 28,
    "broken": 0,
}
"""What curl exits with."""


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
@pytest.mark.parametrize("fault", CURL)
def test_curl_says_by_its_exit_code_what_went_wrong(base: str, fault: str) -> None:
    header = f"X-Simulator-Fault: {fault}"
    command = ["curl", "-qsm", str(timeout(fault)), "-H", header, f"{base}/services/5"]
    assert subprocess.run(command, capture_output=True, check=False).returncode == CURL[fault]


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("fault", RAISED)
def test_a_fault_raises(base: str, fault: str, client: str) -> None:
    expected = RAISED[fault][client]
    with pytest.raises(expected.error, match=expected.text) as caught:
        CLIENTS[client](base, fault)
    assert type(caught.value) is expected.error


@pytest.mark.parametrize("client", ["requests", "urllib3", "httpx"])
def test_a_dribble_is_slower_than_the_timeout_and_yet_arrives(base: str, client: str) -> None:
    begun = time.monotonic()
    assert CLIENTS[client](base, "dribble") == SERVICE
    assert time.monotonic() - begun > 1.2 > TIMEOUTS["dribble"]


def test_a_503_raises_only_where_it_is_asked_for(base: str) -> None:
    with pytest.raises(requests.HTTPError, match="503 Server Error"):
        with_requests(base, "busy")
    with pytest.raises(httpx.HTTPStatusError, match="503 Service Unavailable"):
        with_httpx(base, "busy")


def test_retries_wait_as_long_as_retry_after_says(base: str) -> None:
    with urllib3.PoolManager() as pool:
        begun = time.monotonic()
        answer = pool.request("GET", f"{base}/customers/1/services", retries=Retry(1))
        assert (answer.status, answer.json()) == (200, [])
        assert time.monotonic() - begun >= 1


def test_requests_wait_as_long_as_their_adapter_is_told(base: str) -> None:
    with requests.Session() as session:
        session.mount("http://", requests.adapters.HTTPAdapter(max_retries=Retry(1)))
        begun = time.monotonic()
        answer = session.get(f"{base}/customers/1/services", timeout=PATIENCE)
        assert (answer.status_code, answer.json()) == (200, [])
        assert time.monotonic() - begun >= 1


def test_retries_leave_a_post_alone(base: str) -> None:
    body = {"contact_key": "b"}
    with urllib3.PoolManager() as pool:
        answer = pool.request("POST", f"{base}/services/start", json=body, retries=Retry(1))
        assert (answer.status, answer.headers["Retry-After"]) == (503, "1")
        with pytest.raises(urllib3.exceptions.ProtocolError):
            pool.request(
                "POST",
                f"{base}/services/start",
                json=body,
                headers=asking("reset"),
                retries=Retry(1),
            )


def test_retries_mend_a_reset(base: str) -> None:
    with urllib3.PoolManager() as pool:
        answer = pool.request("GET", f"{base}/services/5/tasks", retries=Retry(1))
        assert (answer.status, answer.json()) == (200, [])


def test_a_head_that_is_cut_off_passes_for_a_whole_one(base: str) -> None:
    path = f"{base}/services/5/end"
    assert requests.post(path, headers=asking("truncate"), timeout=PATIENCE).status_code == 204
    with urllib3.PoolManager() as pool:
        assert pool.request("POST", path, headers=asking("truncate")).status == 204
    with pytest.raises(httpx.RemoteProtocolError, match="without sending a response"):
        httpx.post(path, headers=asking("truncate"), timeout=PATIENCE)
