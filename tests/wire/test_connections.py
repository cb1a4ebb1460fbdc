"""Connections: kept open, whatever is answered, and large bodies that never touch the disk."""

from __future__ import annotations

import socket

from tests.support.server import Client
from tests.wire.conftest import StartServer

MIB = 2**20

NO_TEMPORARY_FILES = """
import tempfile
def refuse(*args, **kwargs):
    raise PermissionError("no temporary files here")
for name in ("TemporaryFile", "NamedTemporaryFile", "SpooledTemporaryFile", "mkstemp", "mkdtemp"):
    setattr(tempfile, name, refuse)
from cs_simulator.cli import main
main()
"""


def test_a_hundred_calls_share_one_connection(start_server: StartServer) -> None:
    with start_server().client() as client:
        for number in range(20):
            service_id = client.post("services/start", {"contact_key": f"{number}"}).json()[
                "service_id"
            ]
            here = f"services/{service_id}"
            for status, method, path, body in (
                (200, "GET", here, None),
                (204, "POST", f"{here}/end", None),
                (200, "HEAD", here, None),
                (204, "OPTIONS", here, None),
                (200, "DELETE", here, None),
                (400, "GET", here, None),
                (405, "PUT", "services/start", b"{}"),
                (404, "GET", "nothing/here", None),
                (413, "POST", "services/start", b"x" * (MIB + 1)),
            ):
                assert client.ask(method, path, body).status == status
            assert client.ask("POST", "services/start", b"a=1", FORM).status == 415
        assert client.connects == 1


FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def test_small_reply_comes_in_one_piece(start_server: StartServer) -> None:
    server = start_server()
    with socket.create_connection((server.ready["host"], server.ready["port"]), 10) as raw:
        for _ in range(20):
            raw.sendall(b"GET /genesys/1/cs/services/anonymous/x HTTP/1.1\r\nHost: x\r\n\r\n")
            assert raw.recv(65_536).endswith(b"\r\n\r\n[]")


def test_requests_in_one_go_are_answered_in_their_order(start_server: StartServer) -> None:
    server = start_server()
    keys = [f"caller-{number}" for number in range(50)]
    with socket.create_connection((server.ready["host"], server.ready["port"]), 10) as raw:
        for key in keys:
            body = b'{"contact_key": "%s"}' % key.encode("ascii")
            head = (
                "POST /genesys/1/cs/services/start HTTP/1.1\r\nHost: x\r\n"
                f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
            )
            raw.sendall(head.encode("ascii") + body)
        received = b""
        while received.count(b'{"service_id":') < len(keys):
            piece = raw.recv(65_536)
            assert piece
            received += piece
    assert received.count(b"HTTP/1.1 201 ") == len(keys)
    with server.client() as client:
        services = client.get("maintenance/services/stream?time_from=2020-01-01T00:00:00Z").json()
        found = [client.get(f"services/{each}").json()["contact_key"] for each in services]
    assert found == keys


def test_server_header_names_the_simulator(start_server: StartServer) -> None:
    with start_server().client() as client:
        for answer in (client.get("services/1"), client.post("/_control/reset")):
            assert answer.headers["Server"].startswith("ContextServicesSimulator/")
            assert "Via" not in answer.headers


def test_large_bodies_and_replies_need_no_temporary_file(start_server: StartServer) -> None:
    server = start_server(
        "--max-body", "6MiB", program=("-c", NO_TEMPORARY_FILES), env={"TMPDIR": "/nonexistent"}
    )
    large = "x" * (5 * MIB)
    with server.client() as client:
        started = client.post("services/start", {"contact_key": "1", "note": large})
        assert started.status == 201
        shown = client.get(f"services/{started.json()['service_id']}?extensions=note")
        assert shown.json()["note"] == large


def test_body_over_the_limit_is_413(start_server: StartServer) -> None:
    with start_server("--max-body", "1KiB").client() as client:
        assert client.post("services/start", b"{" + b" " * 1022 + b"}").status == 400
        answer = client.post("services/start", b"{" + b" " * 1023 + b"}")
        assert answer.status == 413
        assert answer.headers["X-Simulator-Hint"] == "raise the limit with --max-body"


def test_body_far_over_every_limit_is_413(start_server: StartServer) -> None:
    server = start_server()
    with socket.create_connection((server.ready["host"], server.ready["port"])) as raw:
        raw.sendall(b"POST /genesys/1/cs/services/start HTTP/1.1\r\nHost: x\r\n")
        raw.sendall(b"Content-Length: 99999999999\r\n\r\n")
        answer = raw.makefile("rb").read()
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b'"message":"The body is too large' in answer


def test_request_that_is_no_http_is_answered_in_json(start_server: StartServer) -> None:
    server = start_server()
    with socket.create_connection((server.ready["host"], server.ready["port"])) as raw:
        raw.sendall(b"nonsense\r\n\r\n")
        answer = raw.makefile("rb").read()
    assert answer.startswith(b"HTTP/1.0 400 ")
    assert b"Content-Type: application/json" in answer
    assert b"Malformed request: " in answer


def test_chunked_body_is_read(start_server: StartServer) -> None:
    server = start_server()
    with socket.create_connection((server.ready["host"], server.ready["port"])) as raw:
        raw.sendall(
            b"POST /genesys/1/cs/services/start HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
            b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
            b'10\r\n{"contact_key":"\r\n4\r\n42"}\r\n0\r\n\r\n'
        )
        answer = raw.makefile("rb").read()
    assert answer.startswith(b"HTTP/1.1 201 ")


def test_path_with_an_absolute_target_is_found(start_server: StartServer) -> None:
    server = start_server()
    with Client(server.ready["host"], server.ready["port"]) as client:
        answer = client.ask("GET", "/genesys/1/cs/services/anonymous/a%2Fb")
        assert answer.json() == []
    with socket.create_connection((server.ready["host"], server.ready["port"])) as raw:
        raw.sendall(
            b"GET http://other/genesys/1/cs/services/anonymous/x HTTP/1.1\r\n"
            b"Host: other\r\nConnection: close\r\n\r\n"
        )
        answer_bytes = raw.makefile("rb").read()
    assert answer_bytes.startswith(b"HTTP/1.1 200 ")
