"""The control token over the wire: every endpoint with it, without it, and with another."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cs_simulator.console import names
from cs_simulator.control.endpoint import Endpoint
from tests.support.control import ROWS
from tests.support.responses import Response
from tests.support.server import Client, ServerProcess
from tests.unit.control.test_endpoints import BODIES, DOCUMENT, QUERIES, path_of
from tests.wire.streams import EventReader

TOKEN = "s3cret-t0ken"
RIGHT = {"Authorization": f"Bearer {TOKEN}"}
WRONG = [
    {},
    {"Authorization": "Bearer wrong"},
    {"Authorization": f"Bearer {TOKEN}x"},
    {"Authorization": f"Bearer {TOKEN[:-1]}"},
    {"Authorization": "Bearer "},
    {"Authorization": TOKEN},
    {"Authorization": f"Token {TOKEN}"},
    {"Authorization": "Basic czNjcmV0LXQwa2VuOnMzY3JldC10MGtlbg=="},
    {"Cookie": f"token={TOKEN}", "X-Control-Token": TOKEN},
]
"""The last but one is the token as user and as password."""

FORMS = ("requests?format=har", "report", "report?format=json", "snapshot?format=yaml")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    folder: Path = tmp_path_factory.mktemp("token")
    (folder / "s.yaml").write_text(DOCUMENT, encoding="utf-8")
    process = ServerProcess(
        folder / "ready.json", "--scenario", str(folder / "s.yaml"), "--control-token", TOKEN
    )
    yield process.wait_until_ready()
    process.stop()


@pytest.fixture
def client(server: ServerProcess) -> Iterator[Client]:
    with server.client() as opened:
        yield opened


def is_refused(answer: Response, head: bool = False) -> bool:
    assert answer.status == 401, answer.body
    assert answer.headers["WWW-Authenticate"] == "Bearer"
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Cache-Control"] == "no-store"
    return head or answer.json()["title"] == "Unauthorized"


GUARDED = [pytest.param(each, id=each.name) for each in ROWS if not each.is_public]


@pytest.mark.parametrize("row", GUARDED)
def test_endpoint_answers_nobody_without_the_token(client: Client, row: Endpoint) -> None:
    path = f"/_control{path_of(row)}{QUERIES.get(row.name, '')}"
    body = BODIES.get(row.name)
    for prefix in ("", "/_world/w", "/_world/nowhere"):
        for headers in WRONG:
            assert is_refused(client.ask(row.method, f"{prefix}{path}", body, headers))
    sign = "&" if "?" in path else "?"
    for name in ("token", "access_token", "control_token"):
        assert is_refused(client.ask(row.method, f"{path}{sign}{name}={TOKEN}", body))
    if row.method == "GET":
        assert is_refused(client.ask("HEAD", path), head=True)


def test_nothing_was_done_for_who_was_refused(client: Client) -> None:
    worlds = client.ask("GET", "/_control/worlds", headers=RIGHT).json()["worlds"]
    assert "nowhere" not in worlds


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
@pytest.mark.parametrize(
    "path", [*FORMS, "requests", "metrics", "control.json", "openapi.json", "health", "worlds"]
)
def test_token_opens_what_is_guarded_and_stands_in_nothing(
    client: Client, path: str, scheme: str
) -> None:
    client.ask("POST", f"services/start?token={TOKEN}", {"contact_key": TOKEN}, RIGHT)
    headers = {"Authorization": f"{scheme} {TOKEN}"}
    answer = client.ask("GET", f"/_control/{path}", headers=headers)
    assert answer.status == 200
    # A snapshot is to be loaded again, and holds what is stored as it is.
    assert path.startswith("snapshot") or TOKEN.encode() not in answer.body
    assert client.ask("GET", f"/_control/{path}").status == 401


@pytest.mark.parametrize("headers", WRONG, ids=range(len(WRONG)))
def test_stream_begins_for_nobody_without_the_token(
    server: ServerProcess, headers: dict[str, str]
) -> None:
    sent = {name.replace("-", "_"): value for name, value in headers.items()}
    for path in (
        "/_control/events",
        f"/_control/events?token={TOKEN}",
        "/_world/w/_control/events",
    ):
        with EventReader(server, path, **sent) as reader:
            assert reader.status == 401
            assert b"event:" not in reader.response.read()
    with EventReader(server, **RIGHT) as reader:
        assert (reader.status, reader.next().kind) == (200, "ready")


def test_page_and_its_files_hold_no_data_and_need_no_token(client: Client) -> None:
    for path in ("console", *(f"console/{name}" for name in names())):
        for headers in WRONG:
            answer = client.ask("GET", f"/_control/{path}", headers=headers)
            assert answer.status == 200
            assert TOKEN.encode() not in answer.body
    assert client.ask("GET", "/_control/console/nothing").status == 404


def test_document_says_what_needs_the_token(client: Client) -> None:
    document = client.ask("GET", "/_control/control.json", headers=RIGHT).json()
    for path, operations in document["paths"].items():
        for operation in operations.values():
            wanted: list[object] = [] if "/console" in path else [{"token": []}]
            assert operation["security"] == wanted


def test_api_itself_needs_no_token(client: Client) -> None:
    assert client.post("services/start", {"contact_key": "a"}).status == 201
