"""The worst that can be asked: four of each kind of heavy request at once, beside a fast call.

Each of the four is for a world of its own, so that they are carried out at the same time, and the
fast calls are for another one. What a kind of work costs is bounded, or cut into small steps: so
nobody else waits for it.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from threading import Thread
from types import MappingProxyType
from typing import Any

from tests.benchmarks import processes
from tests.benchmarks.cases import START_SERVICE
from tests.benchmarks.figures import Figure
from tests.benchmarks.load import Connection, Result, request_bytes, run
from tests.benchmarks.scale import Scale
from tests.support import BASE

AT_ONCE = 4
IN_A_ROW = 20
"""Fast calls between two looks at whether the heavy ones are done."""

ALL = "time_from=2020-01-01T00:00:00.000Z&export_content=true"


@dataclass(frozen=True)
class Heavy:
    """A heavy request of one world, and what comes before it: paths are those in the world."""

    method: str
    path: str
    body: bytes = b""
    before: Sequence[tuple[str, str, bytes]] = ()
    started: int = 0
    """Services that are started before, a request each."""
    status: bytes = b"2"
    """What the status of its response begins with."""
    headers: Mapping[str, str] = field(default_factory=dict)

    def request(self, world: str) -> bytes:
        """Return the request to a world."""
        path = self.path.replace("{world}", world)
        path = f"/_world/{world}{path}" if path.startswith("/") else f"/{path}"
        made = request_bytes(self.method, path, self.body.replace(b"{world}", world.encode()))
        lines = "".join(f"{name}: {value}\r\n" for name, value in self.headers.items())
        head, blank, body = made.partition(b"\r\n\r\n")
        if "Content-Type" in self.headers:
            head = head.replace(b"Content-Type: application/json\r\n", b"")
        return head + b"\r\n" + lines.encode("ascii") + blank[2:] + body

    def prepare(self, port: int, world: str) -> None:
        """Make a world what the request needs."""
        connection = Connection(port)
        for method, path, body in self.before:
            target = f"/_world/{world}{path}"
            reply = connection.ask(request_bytes(method, target, body))
            if reply[9:10] != b"2":
                raise RuntimeError(reply[:500].decode("latin-1"))
        connection.close()
        if self.started:
            path = f"/_world/{world}{BASE}/services/start"
            run(port, request_bytes("POST", path, _START), self.started, 8, b"245")


_START = json.dumps({"contact_key": "K", "service_type": 100, "note": {"a": "b" * 100}}).encode()


def _text(document: Any) -> bytes:
    return json.dumps(document).encode("ascii")


def _rule(**members: Any) -> tuple[str, str, bytes]:
    return "POST", "/_control/faults", _text({"on": "start_service", "delay": "1ms", **members})


def _start(body: bytes, *rules: tuple[str, str, bytes]) -> Heavy:
    return Heavy("POST", f"{BASE}/services/start", body, rules)


def _expression(_: Scale) -> Heavy:
    """Return a start whose text an expression needs ages for, as each of twenty rules asks."""
    rules = [_rule(where={"body": {"a": {"matches": "(a|a)*(b|b)*" * 8 + "c"}}}) for _ in range(20)]
    return _start(_text({"contact_key": "1", "a": "a" * 100_000}), *rules)


def _walk(_: Scale) -> Heavy:
    """Return a start whose body multiplies under a path, as each of twenty rules asks."""
    rules = [_rule(where={"body": {"$..*[?@..*]..*": "x"}}) for _ in range(20)]
    body: Any = 1
    for _level in range(60):
        body = {"a": body, "b": list(range(50))}
    return _start(_text({"contact_key": "1", "a": body}), *rules)


def _merge_keys(_: Scale) -> Heavy:
    lines = ["x-a0: &a0 {k0: 1, l0: 1}"]
    lines += [
        f"x-a{n}: &a{n} {{<<: [*a{n - 1}, *a{n - 1}, *a{n - 1}], k{n}: 1}}" for n in range(1, 2_000)
    ]
    return Heavy("PUT", "/_control/scenario", "\n".join(lines).encode(), status=b"24")


def _aliases(_: Scale) -> Heavy:
    lines = ["x-a0: &a0 [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]"]
    lines += [f"x-a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 60)]
    return Heavy("PUT", "/_control/scenario", "\n".join(lines).encode(), status=b"4")


def _yaml(scale: Scale) -> Heavy:
    """Return as much YAML as is taken."""
    lines = "".join(
        f"- {{contact_key: K{n}, service_type: 1, started: -1h}}\n" for n in range(scale.stored)
    )
    return Heavy(
        "PUT", "/_control/scenario", f"services:\n{lines}".encode()[:1_000_000], status=b"24"
    )


def _errors(_: Scale) -> Heavy:
    services = [{"srvice_type": "x", "started": "never"} for _ in range(100_000)]
    return Heavy("PUT", "/_control/scenario", _text({"services": services}), status=b"4")


def _unknown_keys(_: Scale) -> Heavy:
    document = {f"servics{number}": 1 for number in range(100_000)}
    return Heavy("PUT", "/_control/scenario", _text(document), status=b"4")


def _scenario(scale: Scale) -> Heavy:
    return Heavy("PUT", "/_control/scenario", _text({"services": _services(scale.stored)}))


def _services(many: int) -> list[dict[str, Any]]:
    return [
        {
            "contact_key": f"K{n}",
            "service_type": 1,
            "started": "-1h",
            "extensions": {"note": {"a": [n]}},
        }
        for n in range(many)
    ]


def _customers(scale: Scale) -> Heavy:
    customers = [
        {"customer_id": f"C{n}", "FirstName": "Ada", "LastName": f"L{n}", "PhoneNumber": f"+44{n}"}
        for n in range(scale.stored)
    ]
    return Heavy("PUT", "/_control/scenario", _text({"customers": customers}))


def _rules(_: Scale) -> Heavy:
    rules = [{"on": "start_service", "name": f"r{n}", "delay": "1ms"} for n in range(20_000)]
    return Heavy("PUT", "/_control/scenario", _text({"faults": rules}))


def _rules_asked(scale: Scale) -> Heavy:
    made = _rules(scale)
    return Heavy("GET", "/_control/faults", before=[(made.method, made.path, made.body)])


def _rules_applied(_: Scale) -> Heavy:
    rules = [
        {"on": "start_service", "name": f"r{n}", "delay": "1ms", "where": {"body": {"a": f"{n}"}}}
        for n in range(20_000)
    ]
    before = ("PUT", "/_control/scenario", _text({"faults": rules}))
    return _start(_text({"contact_key": "1", "a": "b"}), before)


def _states(_: Scale) -> Heavy:
    states = [{"state_type": 1, "started": "-2h", "completed": "-1h"} for _ in range(64_000)]
    service = {"contact_key": "K", "service_id": 5, "started": "-3h", "states": states}
    return Heavy("PUT", "/_control/scenario", _text({"services": [service]}))


def _states_asked(scale: Scale) -> Heavy:
    made = _states(scale)
    path = f"{BASE}/services/5?active_states=true&completed_states=true&extensions=*"
    return Heavy("GET", path, before=[(made.method, made.path, made.body)])


def _states_queried(scale: Scale) -> Heavy:
    made = _states(scale)
    return Heavy("GET", f"{BASE}/services/5/states", before=[(made.method, made.path, made.body)])


def _many_of_one_key(scale: Scale) -> Heavy:
    services = [{"contact_key": "K", "service_type": 1, "started": "-1h"}] * scale.stored
    before = ("PUT", "/_control/scenario", _text({"services": services}))
    return Heavy("GET", f"{BASE}/services/anonymous/K", before=[before])


def _purge(scale: Scale) -> Heavy:
    made = _scenario(scale)
    body = b'{"limit": "2030-01-01T00:00:00.000Z", "operation": "purge.service.all"}'
    before = [(made.method, made.path, made.body)]
    return Heavy("POST", f"{BASE}/maintenance/purge", body, before)


def _export(scale: Scale) -> Heavy:
    made = _scenario(scale)
    path = f"{BASE}/maintenance/services/stream?{ALL}"
    return Heavy("GET", path, before=[(made.method, made.path, made.body)])


def _snapshot(scale: Scale) -> Heavy:
    made = _scenario(scale)
    return Heavy("GET", "/_control/snapshot", before=[(made.method, made.path, made.body)])


def _snapshot_yaml(scale: Scale) -> Heavy:
    made = _scenario(scale)
    path = "/_control/snapshot?format=yaml"
    return Heavy("GET", path, before=[(made.method, made.path, made.body)])


def _expiry(scale: Scale) -> Heavy:
    """Return a query before which all services expire."""
    services = [{"contact_key": f"K{n}", "ttl": 60} for n in range(scale.stored)]
    clock = {"mode": "frozen", "time": "2026-01-05T09:00:00.000Z"}
    before = [
        ("PUT", "/_control/scenario", _text({"clock": clock, "services": services})),
        ("PUT", "/_control/clock", b'{"mode": "frozen", "time": "2026-01-05T09:00:59.000Z"}'),
        ("POST", f"{BASE}/services/start", b'{"contact_key": "1"}'),
    ]
    fault = {"X-Simulator-Fault": '{"advance": "1h"}'}
    return Heavy("GET", f"{BASE}/services/anonymous/K1", before=before, headers=fault)


def _reset(scale: Scale) -> Heavy:
    made = _scenario(scale)
    before = [(made.method, made.path, made.body)]
    return Heavy("POST", "/_control/reset", b"{}", before)


def _drop(scale: Scale) -> Heavy:
    made = _scenario(scale)
    before = [(made.method, made.path, made.body)]
    return Heavy("DELETE", "_control/worlds/{world}", before=before)


def _import(scale: Scale) -> Heavy:
    rows = "".join(f"F{number},L{number},{number}\r\n" for number in range(scale.stored // 2))
    body = (
        '--part\r\nContent-Disposition: form-data; name="profiles"; filename="p.csv"\r\n'
        "Content-Type: text/csv\r\n\r\n"
        f"FirstName,LastName,PhoneNumber\r\n{rows}\r\n--part--\r\n"
    )
    headers = {"Content-Type": "multipart/form-data; boundary=part"}
    return Heavy("POST", f"{BASE}/profiles/import", body.encode("ascii"), headers=headers)


def _import_one_field(_: Scale) -> Heavy:
    """Return an import of a row with as many columns as fit."""
    names = ",".join(f"c{n}" for n in range(100_000))
    body = (
        '--part\r\nContent-Disposition: form-data; name="profiles"; filename="p.csv"\r\n\r\n'
        f"{names}\r\n{','.join('x' * 100_000)}\r\n--part--\r\n"
    )
    headers = {"Content-Type": "multipart/form-data; boundary=part"}
    return Heavy(
        "POST", f"{BASE}/profiles/import", body.encode("ascii"), headers=headers, status=b"24"
    )


def _verify(_: Scale) -> Heavy:
    body = _text({"where": {"body": {"$..a": "c", "note": {"matches": "(b|b)*c"}}}})
    return Heavy("POST", "/_control/verify", body, started=1_000)


def _verify_in_order(_: Scale) -> Heavy:
    patterns = [{"on": "start_service", "where": {"body": {"$..a": "c"}}} for _ in range(1_000)]
    return Heavy("POST", "/_control/verify", _text({"in_order": patterns}), started=1_000)


def _explain(scale: Scale) -> Heavy:
    made = _rules_applied(scale)
    body = _text({"method": "POST", "path": f"{BASE}/services/start", "body": {"a": 1}})
    return Heavy("POST", "/_control/explain", body, before=made.before)


def _judge(_: Scale) -> Heavy:
    body = _text([{"on": "start_service", "attempts": 1}] * 100)
    return Heavy("POST", "/_control/judge", body, started=1_000, status=b"24")


def _judge_expression(_: Scale) -> Heavy:
    where = {"body": {"$..a": {"matches": "(b|b)*c"}}}
    body = _text({"on": ["start_service"], "attempts": 1, "where": where})
    return Heavy("POST", "/_control/judge", body, started=1_000, status=b"24")


def _report(scale: Scale) -> Heavy:
    made = _scenario(scale)
    before = [(made.method, made.path, made.body)]
    return Heavy("GET", "/_control/report", before=before, started=1_000)


def _journal(_: Scale) -> Heavy:
    return Heavy("GET", "/_control/requests?limit=1000", started=1_000)


def _har(_: Scale) -> Heavy:
    return Heavy("GET", "/_control/requests?format=har", started=1_000)


def _journal_large(_: Scale) -> Heavy:
    large = _text({"contact_key": "1", "a": list(range(100_000))})
    before = [("POST", f"{BASE}/services/start", large)] * 20
    return Heavy("GET", "/_control/requests?limit=1000", before=before)


def _rewind(scale: Scale) -> Heavy:
    made = _scenario(scale)
    before = [(made.method, made.path, made.body)]
    return Heavy("POST", "/_control/rewind", b'{"before": 2}', before, started=900)


def _difference(scale: Scale) -> Heavy:
    made = _scenario(scale)
    before = [(made.method, made.path, made.body)]
    return Heavy("GET", "/_control/difference?from=2", before=before, started=900)


def _copy(scale: Scale) -> Heavy:
    made = _scenario(scale)
    before = [(made.method, made.path, made.body)]
    body = b'{"from": "{world}", "before": 2}'
    return Heavy("PUT", "_control/worlds/copy-{world}", body, before, started=900)


def _generated(_: Scale) -> Heavy:
    document = {"generate": {"customers": {"count": 5_000}, "services": {"per_customer": 3}}}
    return Heavy("PUT", "/_control/scenario", _text(document), status=b"24")


def _deep(_: Scale) -> Heavy:
    body = b'{"contact_key": "1", "a": ' + b"[" * 500_000 + b"]" * 500_000 + b"}"
    return replace(_start(body), status=b"4")


def _brackets(_: Scale) -> Heavy:
    """Return JSON that is as deep as is taken, again and again."""
    one = b"[" * 90 + b"]" * 90
    return _start(b'{"contact_key": "1", "a": [' + b",".join([one] * 5_500) + b"]}")


def _numbers(_: Scale) -> Heavy:
    return Heavy(
        "PUT", "/_control/scenario", b'{"x-a": [' + b"1," * 30_000_000 + b"1]}", status=b"4"
    )


def _texts(_: Scale) -> Heavy:
    return Heavy(
        "PUT", "/_control/scenario", b'{"x-a": [' + b'"a",' * 15_000_000 + b'"a"]}', status=b"4"
    )


def _one_text(_: Scale) -> Heavy:
    return Heavy("PUT", "/_control/scenario", b'{"x-a": "' + rb"\n" * 30_000_000 + b'"}')


def _lists(_: Scale) -> Heavy:
    return Heavy(
        "PUT", "/_control/scenario", b'{"x-a": [' + b"[]," * 20_000_000 + b"[]]}", status=b"4"
    )


def _broken(_: Scale) -> Heavy:
    """Return JSON whose mistake is a duplicate key at its end."""
    body = b'{"x-a": [' + b"1," * 20_000_000 + b'1], "x-b": 1, "x-b": 2}'
    return Heavy("PUT", "/_control/scenario", body, status=b"4")


def _no_json(_: Scale) -> Heavy:
    return Heavy("PUT", "/_control/scenario", b"a" * 60_000_000, status=b"4")


def _openapi(_: Scale) -> Heavy:
    attributes = [{"name": f"a{n}", "type": "string"} for n in range(5_000)]
    schemas = {"profiles": [{"name": "Book", "type": "single-valued", "attributes": attributes}]}
    before = ("PUT", "/_control/scenario", _text({"extension_schemas": schemas}))
    return Heavy("GET", "/_control/openapi.json", before=[before])


def _parameters(_: Scale) -> Heavy:
    query = "&".join(f"{chr(97 + n % 26)}{n}" for n in range(9_000))
    return Heavy("GET", f"{BASE}/services/1?{query}", status=b"4")


def _long_path(_: Scale) -> Heavy:
    return Heavy("GET", f"{BASE}/" + "services/" * 6_000, status=b"4")


def _headers(_: Scale) -> Heavy:
    headers = {f"X-{n}": "a" for n in range(5_000)}
    return Heavy("GET", f"{BASE}/services/1", status=b"4", headers=headers)


def _cookies(_: Scale) -> Heavy:
    headers = {"Cookie": "; ".join(f"a{n}={n}" for n in range(5_000))}
    return Heavy("GET", f"{BASE}/services/1", status=b"4", headers=headers)


def _filter(_: Scale) -> Heavy:
    query = "&".join(f"operation=o{n}" for n in range(4_000))
    return Heavy("GET", f"/_control/requests?{query}", started=1_000, status=b"24")


def _fault_header(_: Scale) -> Heavy:
    value = '{"sequence": [' + ", ".join(['{"delay": 0}'] * 4_000) + "]}"
    headers = {"X-Simulator-Fault": value}
    return Heavy("GET", f"{BASE}/services/1", status=b"4", headers=headers)


KINDS: Mapping[str, Callable[[Scale], Heavy]] = MappingProxyType(
    {
        "expressions that take ages": _expression,
        "paths that multiply": _walk,
        "merge keys": _merge_keys,
        "aliases": _aliases,
        "a large YAML document": _yaml,
        "100,000 errors": _errors,
        "100,000 unknown keys": _unknown_keys,
        "a scenario of many services": _scenario,
        "a scenario of many customers": _customers,
        "a scenario of 20,000 rules": _rules,
        "20,000 rules listed": _rules_asked,
        "20,000 rules applied": _rules_applied,
        "64,000 states of a service": _states,
        "64,000 states fetched": _states_asked,
        "64,000 states queried": _states_queried,
        "many services of a key": _many_of_one_key,
        "a purge": _purge,
        "an export": _export,
        "a snapshot": _snapshot,
        "a snapshot in YAML": _snapshot_yaml,
        "services that expire": _expiry,
        "a reset": _reset,
        "the drop of a world": _drop,
        "an import": _import,
        "an import of 100,000 columns": _import_one_field,
        "a verification": _verify,
        "a verification in order": _verify_in_order,
        "an explanation of 20,000 rules": _explain,
        "a hundred expectations": _judge,
        "a judgement by expressions": _judge_expression,
        "a report": _report,
        "a journal": _journal,
        "a journal as HAR": _har,
        "a journal of large bodies": _journal_large,
        "a rewind": _rewind,
        "a difference": _difference,
        "a copy of a world": _copy,
        "generated data": _generated,
        "brackets beyond the limit": _deep,
        "brackets within the limit": _brackets,
        "60 MB of numbers": _numbers,
        "60 MB of texts": _texts,
        "60 MB of one text": _one_text,
        "60 MB of lists": _lists,
        "60 MB of JSON that repeats a key": _broken,
        "60 MB that are no JSON": _no_json,
        "an OpenAPI document": _openapi,
        "9,000 parameters": _parameters,
        "a path of 6,000 segments": _long_path,
        "5,000 headers": _headers,
        "5,000 cookies": _cookies,
        "a filter of 4,000 words": _filter,
        "a fault header of 4,000 steps": _fault_header,
    }
)


def worst(scale: Scale) -> Iterator[Figure]:
    """Yield what fast calls in one world take while four others are asked for the worst."""
    for what, made in KINDS.items():
        heavy = made(scale)
        with processes.simulator() as (port, _):
            worlds = [f"w{number}" for number in range(AT_ONCE)]
            run(port, START_SERVICE, scale.requests // 8, 8)
            for world in worlds:
                heavy.prepare(port, world)
            found = beside(port, [heavy.request(world) for world in worlds], heavy.status)
        subject = f"Start Service beside {AT_ONCE} x {what}"
        yield Figure.of(subject, "p99", "ms", [found.percentile(99)], at=1, budget=100.0)
        yield Figure.of(subject, "the longest", "ms", [found.longest], at=1)


def beside(port: int, requests: Sequence[bytes], status: bytes) -> Result:
    """Measure calls in the default world for as long as heavy requests take, sent at once."""
    replies: list[bytes] = []

    def ask(request: bytes) -> None:
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.sendall(request)
            replies.append(_whole(connection)[:500])

    threads = [Thread(target=ask, args=(request,)) for request in requests]
    latencies: list[float] = []
    seconds = 0.0
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads) or len(latencies) < IN_A_ROW:
        found = run(port, START_SERVICE, IN_A_ROW, 1)
        latencies += found.latencies
        seconds += found.seconds
    for reply in replies:
        if reply[9:10] not in status:
            raise RuntimeError(reply.decode("latin-1"))
    return Result(len(latencies), seconds, latencies)


def _whole(connection: socket.socket) -> bytes:
    """Return a response, however large, without keeping the calls beside it from their turns."""
    parts = [b""]
    while b"\r\n\r\n" not in parts[0]:
        received = connection.recv(65_536)
        if not received:
            raise ConnectionError("the server closed the connection")
        parts[0] += received
    head, _, rest = parts[0].partition(b"\r\n\r\n")
    at = head.lower().find(b"content-length:")
    missing = int(head[at + 15 :].split(b"\r\n", 1)[0]) - len(rest)
    while missing > 0:
        parts.append(connection.recv(2**20))
        missing -= len(parts[-1])
        if not parts[-1]:
            raise ConnectionError("the server closed the connection")
    return b"".join(parts)
