"""How large a body may be, of the API and of the control API, and how a larger one is refused."""

from __future__ import annotations

import socket

import pytest

from cs_simulator.config import MIB, Settings
from cs_simulator.http.parser import LONGEST_HEAD
from tests.support.control import ROWS, check, document
from tests.support.responses import Response
from tests.support.server import ServerProcess
from tests.wire.conftest import StartServer


def put(server: ServerProcess, size: int) -> Response:
    """Put a scenario of so many bytes."""
    body = b'{"description": "' + b"x" * (size - 19) + b'"}'
    assert len(body) == size
    with server.client() as client:
        return client.ask("PUT", "/_control/scenario", body)


def announced(server: ServerProcess, path: str, size: int) -> bytes:
    """Announce a body that is never sent; return the whole answer."""
    head = f"PUT {path} HTTP/1.1\r\nHost: a\r\nContent-Length: {size}\r\n\r\n"
    with socket.create_connection(("127.0.0.1", server.ready["port"]), timeout=20) as client:
        client.sendall(head.encode())
        answer = b""
        while chunk := client.recv(65_536):
            answer += chunk
    return answer


def test_control_documents_have_a_limit_of_their_own(start_server: StartServer) -> None:
    server = start_server("--max-control-body", "2KiB", "--max-body", "100")
    assert put(server, 2048).status == 200
    refused = put(server, 2049)
    assert refused.status == 413
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert refused.json() == {
        "title": "Document too large",
        "status": 413,
        "detail": "The body has 2049 bytes; --max-control-body allows 2048",
    }
    with server.client() as client:
        assert client.post("services/start", {"contact_key": "x" * 100}).status == 413


@pytest.mark.long
def test_documents_may_be_larger_than_64_mib(start_server: StartServer) -> None:
    server = start_server("--max-control-body", "70MiB")
    assert put(server, 66 * MIB).status == 200


@pytest.mark.parametrize("prefix", ["", "/_world/mine"])
def test_what_is_not_even_read_is_refused_in_the_form_that_fits(
    start_server: StartServer, prefix: str
) -> None:
    server = start_server("--max-control-body", "1KiB", "--max-body", "1KiB")
    control = announced(server, f"{prefix}/_control/scenario", 10 * MIB)
    assert control.startswith(b"HTTP/1.1 413 ")
    assert b"Content-Type: application/problem+json\r\n" in control
    assert b'"title":"Document too large"' in control
    assert b"raise the limit with --max-control-body" in control
    api = announced(server, f"{prefix}/genesys/1/cs/services/1", 10 * MIB)
    assert api.startswith(b"HTTP/1.1 413 ")
    assert b"Content-Type: application/json\r\n" in api
    assert b"raise the limit with --max-body" in api


def test_what_is_read_is_above_both_limits() -> None:
    assert Settings(max_body=5 * MIB, max_control_body=MIB).max_request > 5 * MIB
    assert Settings(max_body=MIB, max_control_body=5 * MIB).max_request > 5 * MIB


def unread(server: ServerProcess, request: str) -> tuple[int, dict[str, str], bytes]:
    """Return the status, the headers and the body of the answer to what cannot be read."""
    with socket.create_connection(("127.0.0.1", server.ready["port"]), timeout=20) as client:
        client.sendall(request.encode())
        answer = b""
        while chunk := client.recv(65_536):
            answer += chunk
    head, _, body = answer.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    return int(first.split()[1]), dict(line.split(": ", 1) for line in lines), body


def test_what_cannot_be_read_is_refused_as_every_endpoint_is_described(
    start_server: StartServer,
) -> None:
    server = start_server()
    long, odd = f"X: {'x' * LONGEST_HEAD}", "Transfer-Encoding: gzip, chunked"
    described = {
        each["operationId"]: each["responses"]
        for path in document()["paths"].values()
        for each in path.values()
    }
    for row in ROWS:
        path = f"/_control{row.path}".replace("<path:", "<").replace("<", "").replace(">", "")
        for status, line in ((431, long), (501, odd), (400, "Host: b"), (400, "X : y")):
            if str(status) not in described[row.name]:
                continue  # a body that it does not take
            request = f"{row.method} {path} HTTP/1.1\r\nHost: a\r\n{line}\r\n\r\n"
            found, headers, body = unread(server, request)
            assert (found, headers["Cache-Control"]) == (status, "no-store")
            assert check(row.method, path, found, headers, body) == row.name
    assert (
        unread(server, f"GET /genesys/1/cs/version HTTP/1.1\r\n{long}\r\n\r\n")[1]["Content-Type"]
        == "application/json"
    )


@pytest.mark.parametrize("target", ["/_control", "/_control/", "/_world/a/_control/clock", "//["])
@pytest.mark.parametrize("line", ["Host: b", "X : y", "\x00", " folded"])
def test_form_of_a_refusal_is_that_of_what_was_asked(
    start_server: StartServer, target: str, line: str
) -> None:
    request = f"GET {target} HTTP/1.1\r\nHost: a\r\n{line}\r\n\r\n"
    status, headers, _ = unread(start_server(), request)
    form = "application/problem+json" if "_control" in target else "application/json"
    assert (status, headers["Content-Type"]) == (400, form)
