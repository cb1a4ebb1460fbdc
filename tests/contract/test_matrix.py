"""Every operation in every edition that has it, asked well and asked badly."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any, NamedTuple

import pytest

from cs_simulator.domain.fidelity import Fidelity
from cs_simulator.operations import OPERATIONS
from cs_simulator.operations.row import ApiOperation
from tests.conftest import Simulate
from tests.contract.customers import Api
from tests.support import ApiResponse, assumed, documented

COUPON = {
    "name": "Coupon",
    "type": "single-valued",
    "attributes": [{"name": "code", "type": "string", "mandatory": True}],
}
PHONE = {
    "name": "Phone",
    "type": "multi-valued",
    "attributes": [{"name": "number", "type": "string"}, {"name": "note", "type": "string"}],
    "unique": ["number"],
}
CHAT = {"customer_id": "C", "interaction_id": "I", "media_type": "chat", "text": "hello"}
DOCUMENT: Mapping[str, Any] = {
    "customers": [{"customer_id": "C", "LastName": "Doe"}, {"customer_id": "D"}],
    "interactions": [CHAT],
    "business_attributes": {"Kind": {"dbid": 1, "values": [{"name": "a", "dbid": 5}]}},
}
BOUNDARY = "multipart/form-data; boundary=b"


def form(**fields: str) -> bytes:
    """Return a form; a field whose value begins like a CSV is sent as a file."""
    parts = []
    for name, value in fields.items():
        file = '; filename="p.csv"\r\nContent-Type: text/csv' if "\n" in value else ""
        parts.append(f'--b\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n{value}')
    return ("\r\n".join(parts) + "\r\n--b--\r\n").encode()


class Wanted(NamedTuple):
    """How an operation is asked for, and what it answers."""

    path: str
    status: int = 200
    body: object = None
    status_81: int | None = None
    missing: object = None
    """A body that lacks something, where there is such a body."""
    unknown: str = ""
    """A path to something that is not there, where there is such a path."""
    unknown_status: int = 404
    """What it answers in edition 8.1, and of profiles in both."""


NO_SERVICE = "services/{none}"
NO_PROFILE = "profiles/nobody"
KEY = {"name": "idTitle", "attributes": ["Title"]}


def of_schemas(kind: str) -> dict[str, Wanted]:
    one = kind[:-1]
    path = f"metadata/{kind}/extensions"
    return {
        f"create_{one}_extension_schema": Wanted(
            path, 201, {**COUPON, "name": "More"}, missing={"type": "single-valued"}
        ),
        f"query_{one}_extension_schema": Wanted(f"{path}/coupon", unknown=f"{path}/none"),
        f"delete_{one}_extension_schema": Wanted(f"{path}/Coupon", 204, unknown=f"{path}/none"),
    }


ASKED: dict[str, Wanted] = {
    "start_service": Wanted(
        "services/start",
        201,
        {"contact_key": "K", "service_type": 1},
        missing={"service_type": 1},
    ),
    "end_service": Wanted("services/{s}/end", 204, {}, unknown=f"{NO_SERVICE}/end"),
    "associate_service": Wanted(
        "customers/C/services/{s}", 204, {}, unknown=f"customers/C/{NO_SERVICE}"
    ),
    "get_service": Wanted("services/{s}", unknown=NO_SERVICE),
    "query_customer_services": Wanted("customers/C/services/active"),
    "query_anonymous_services": Wanted("services/anonymous/K"),
    "delete_service": Wanted("services/{s}", unknown=NO_SERVICE),
    "update_service_expiration": Wanted("services/{s}", 200, {"ttl": 60}, unknown=NO_SERVICE),
    "update_service_extension": Wanted(
        "services/{s}/extensions/Coupon",
        200,
        {"code": "X"},
        204,
        unknown=f"{NO_SERVICE}/extensions/Coupon",
    ),
    "merge_service_extension": Wanted(
        "services/{s}/extensions/new/merge",
        200,
        {"a": 1},
        unknown=f"{NO_SERVICE}/extensions/a/merge",
    ),
    "start_state": Wanted(
        "services/{s}/states/start", 201, {"state_type": 1}, unknown=f"{NO_SERVICE}/states/start"
    ),
    "end_state": Wanted(
        "services/{s}/states/{t}/end", 204, {}, unknown="services/{s}/states/9/end"
    ),
    "transition_state": Wanted(
        "services/{s}/states/transition",
        201,
        {"from": {"state_id": 1001}, "to": {"state_type": 2}},
        missing={"to": {"state_type": 2}},
        unknown=f"{NO_SERVICE}/states/transition",
    ),
    "query_states": Wanted("services/{s}/states", unknown=f"{NO_SERVICE}/states"),
    "get_state": Wanted("services/{s}/states/{t}", unknown="services/{s}/states/9"),
    "update_state_extension": Wanted(
        "services/{s}/states/{t}/extensions/Coupon",
        200,
        {"code": "X"},
        unknown="services/{s}/states/9/extensions/Coupon",
    ),
    "merge_state_extension": Wanted(
        "services/{s}/states/{t}/extensions/new/merge",
        200,
        {},
        unknown="services/{s}/states/9/extensions/a/merge",
    ),
    "start_task": Wanted(
        "services/{s}/tasks/start", 201, {"task_type": 1}, unknown=f"{NO_SERVICE}/tasks/start"
    ),
    "end_task": Wanted("services/{s}/tasks/{k}/end", 204, {}, unknown="services/{s}/tasks/9/end"),
    "query_tasks": Wanted("services/{s}/tasks", unknown=f"{NO_SERVICE}/tasks"),
    "get_task": Wanted("services/{s}/tasks/{k}", unknown="services/{s}/tasks/9"),
    "update_task_extension": Wanted(
        "services/{s}/tasks/{k}/extensions/Coupon",
        200,
        {"code": "X"},
        unknown="services/{s}/tasks/9/extensions/Coupon",
    ),
    "merge_task_extension": Wanted(
        "services/{s}/tasks/{k}/extensions/new/merge",
        200,
        {},
        unknown="services/{s}/tasks/9/extensions/a/merge",
    ),
    "composite_start": Wanted(
        "services_composite/start",
        200,
        {"services": [{"service": {"contact_key": "K"}, "state": {}}]},
        missing={},
    ),
    "purge_services": Wanted(
        "maintenance/purge",
        200,
        {"limit": "2020-01-01T00:00:00.000Z", "operation": "purge.service.all"},
        missing={"operation": "purge.service.all"},
    ),
    "export_services_stream": Wanted(
        "maintenance/services/stream?time_from=2020-01-01T00:00:00.000Z"
    ),
    "export_services_files": Wanted(
        "maintenance/services/files?time_from=2020-01-01T00:00:00.000Z"
    ),
    "query_business_attributes": Wanted(
        "metadata/business-attributes/Kind", unknown="metadata/business-attributes/None"
    ),
    "create_profile": Wanted("profiles", 201, {"LastName": "Roe"}),
    "identify_customer": Wanted("profiles?LastName=Doe"),
    "get_profile": Wanted("profiles/C", unknown=NO_PROFILE),
    "update_profile": Wanted("profiles/C", 200, {"LastName": "Roe"}, unknown=NO_PROFILE),
    "delete_profile": Wanted("profiles/C", unknown=NO_PROFILE),
    "merge_profiles": Wanted("profiles/C/merge/D", 204, {}, unknown="profiles/C/merge/nobody"),
    "import_profiles": Wanted("profiles/import", 200),
    "insert_profile_extensions": Wanted(
        "profiles/C/extensions",
        200,
        {"Phone": [{"number": "2"}]},
        unknown=f"{NO_PROFILE}/extensions",
    ),
    "update_profile_extension_record": Wanted(
        "profiles/C/extensions/Phone/by/unique",
        204,
        {"number": "1", "note": "n"},
        missing={"note": "n"},
        unknown=f"{NO_PROFILE}/extensions/Phone/by/unique",
    ),
    "delete_profile_extension_record": Wanted(
        "profiles/C/extensions/Phone/delete/by/unique",
        204,
        {"number": "1"},
        missing={"note": "n"},
        unknown=f"{NO_PROFILE}/extensions/Phone/delete/by/unique",
    ),
    "query_profile_schema": Wanted("metadata/profiles"),
    **{
        name: each
        for kind in ("profiles", "services", "states", "tasks")
        for name, each in of_schemas(kind).items()
    },
    "create_identification_key": Wanted(
        "metadata/identification-keys", 201, KEY, missing={"name": "x"}
    ),
    "query_identification_key": Wanted(
        "metadata/identification-keys/idname", unknown="metadata/identification-keys/none"
    ),
    "delete_identification_key": Wanted(
        "metadata/identification-keys/idName", 204, unknown="metadata/identification-keys/none"
    ),
    "query_roles": Wanted("metadata/roles"),
    "query_interactions": Wanted("services/{s}/interactions", unknown=f"{NO_SERVICE}/interactions"),
    "get_interaction": Wanted("interactions/I", unknown="interactions/none"),
    "get_interaction_content": Wanted(
        "interactions/I/plain_text", unknown="interactions/I/binary_content"
    ),
    "get_server_status": Wanted("server/status"),
    "set_server_mode": Wanted("server/mode", 200, {"mode": "production"}, missing={}),
}


def wanted_of(operation: ApiOperation) -> Wanted:
    """Return how an operation is asked for: as its row has it, unless it stands here."""
    if operation.id in ASKED:
        return ASKED[operation.id]
    names = {"service_id": "{s}", "state_id": "{t}", "task_id": "{k}", "customer_id": "C"}
    path = operation.paths[0].removeprefix("/")
    try:
        path = path.format_map(names)
    except KeyError as error:
        pytest.fail(f"{operation.id}: say under ASKED how its {error} is called here")
    assert operation.body == "none" or operation.example is not None, (
        f"{operation.id}: give its row an example of a body, or say under ASKED how to ask for it"
    )
    return Wanted(path, operation.status, operation.example, operation.status_81)


def lacking(operation: ApiOperation, edition: str) -> dict[str, Any] | None:
    """Return how to ask for an operation without what it needs; None where it needs nothing."""
    wanted = wanted_of(operation)
    if wanted.missing is not None:
        return {"body": wanted.missing}
    if any(parameter.needed for parameter in operation.parameters) or operation.free_query:
        return {"path": wanted.path.partition("?")[0]}
    if operation.body == "multipart":
        return {"raw": form(format="CSV"), "headers": {"Content-Type": BOUNDARY}}
    if edition == "8.1" and operation.id in ("start_state", "start_task"):
        return {"body": {}}
    return None


matrix = pytest.mark.parametrize(
    ("operation", "edition"),
    [
        pytest.param(operation, edition, id=f"{operation.id}-{edition}")
        for operation in OPERATIONS
        for edition in operation.editions
    ],
)
"""Every operation in every edition that has it."""


class Place:
    """A world in which everything that is asked for is there once."""

    def __init__(self, simulate: Simulate, operation: ApiOperation, edition: str, **settings: Any):
        self.api = Api(simulate(DOCUMENT, may_fail=True), edition)
        self.operation = operation
        self.wanted = wanted_of(operation)
        cs = self.api.cs
        old = Api(cs, "8.1")
        for kind in ("profiles", "services", "states", "tasks"):
            for schema in (COUPON, PHONE) if kind == "profiles" else (COUPON,):
                assert old.request("POST", f"metadata/{kind}/extensions", schema).status == 201
        self.api.done("POST", "profiles/C/extensions", {"Phone": [{"number": "1"}]})
        service = cs.service(customer_id="C", service_type=1)
        state, task = cs.state(service, state_type=1), cs.task(service, task_type=1)
        none = "77" if isinstance(service, int) else f"1-{'0' * 8}-0000-0000-0000-{'0' * 12}"
        self.names = {"s": service, "t": state, "k": task, "none": none}
        if operation.mode_in(self.api.edition) == "maintenance":  # type: ignore[arg-type] # one of the two
            cs.world.server.mode = "maintenance"

    def ask(self, path: str = "", body: object = None, **more: Any) -> ApiResponse:
        """Ask for the operation, as it is wanted unless told otherwise."""
        if self.operation.body == "multipart" and "raw" not in more:
            more["raw"] = form(profiles="LastName\nRoe\n")
            more["headers"] = {"Content-Type": BOUNDARY, **more.get("headers", {})}
        elif body is None and "raw" not in more:
            body = self.wanted.body
        path = (path or self.wanted.path).format(**self.names)
        return self.api.request(self.operation.method, path, body, **more)

    def refused(self, answer: ApiResponse, status: int) -> None:
        """Check that an answer refuses, in the form of its edition and family."""
        assert answer.status == status, answer.raw
        is_message = self.api.edition == "8.5" and self.operation.refuses_as == "services"
        members = (
            ["message", "exception"]
            if is_message
            else ["http_method", "title", "description", "code", "uri"]
        )
        assert list(answer.json) == members


@documented("each operation's page: what it answers where all is well")
@matrix
def test_matrix_happy(
    simulate: Simulate, operation: ApiOperation, edition: str, caplog: pytest.LogCaptureFixture
) -> None:
    place = Place(simulate, operation, edition)
    answer = place.ask()
    bugs = [record.exc_info[1] for record in caplog.records if record.exc_info]
    assert bugs == [], f"{operation.id} failed, see {operation.handler} in cs_simulator/api"
    status = place.wanted.status
    if edition == "8.1" and place.wanted.status_81 is not None:
        status = place.wanted.status_81
    assert answer.status == status, answer.raw
    assert status == operation.status_in(edition, Fidelity())  # type: ignore[arg-type] # one of the two
    assert ("Location" in answer.headers) == operation.located, (
        f"{operation.id}: the row says {'a' if operation.located else 'no'} Location"
    )
    assert bool(answer.raw) == (operation.shows is not None), (
        f"{operation.id}: the row says that it shows {operation.shows}"
    )


@documented("a mandatory member that is missing")
@documented("HTTP Response Codes: 404 for what is absent; 400 of services in 8.5")
@documented("Server Mode: 503, and the body says why")
@assumed("what cannot be read is refused before anything happens")
@assumed("rules, the journal and verification speak of every operation")
@matrix
def test_matrix_refused(simulate: Simulate, operation: ApiOperation, edition: str) -> None:
    place = Place(simulate, operation, edition)
    before = place.api.cs.dump()
    for refused in (ask_without, ask_what_is_malformed, ask_for_nothing, ask_faulted):
        refused(place, operation, edition)
        assert place.api.cs.dump() == before, refused.__name__
    server = place.api.cs.world.server
    needed = operation.mode_in(edition)  # type: ignore[arg-type] # one of the two
    server.mode = "production" if server.mode == "maintenance" else "maintenance"
    before = place.api.cs.dump()
    answer = place.ask()
    if needed is None:
        assert answer.status < 300, answer.raw
    else:
        place.refused(answer, 503)
        assert place.api.cs.dump() == before


def ask_without(place: Place, operation: ApiOperation, edition: str) -> None:
    """Leave out what is mandatory."""
    without = lacking(operation, edition)
    if without is not None:
        place.refused(place.ask(**without), 400)


def ask_what_is_malformed(place: Place, operation: ApiOperation, _edition: str) -> None:
    """Send what cannot be read."""
    if operation.body == "multipart":
        place.refused(place.ask(raw=b"--b\r\n", headers={"Content-Type": BOUNDARY}), 400)
    elif operation.body != "none":
        place.refused(place.ask(raw=b'{"a": 1,}'), 400)
        place.refused(place.ask(raw=b"\xff"), 400)
        place.refused(place.ask(raw=b"{}", headers={"Content-Type": "text/xml"}), 415)
    else:
        path = place.wanted.path
        place.refused(place.ask(path=f"{path}{'&' if '?' in path else '?'}a=%FF"), 400)


def ask_for_nothing(place: Place, _operation: ApiOperation, edition: str) -> None:
    """Ask for what is not there."""
    if place.wanted.unknown:
        of_service = "services/{" in place.wanted.unknown
        answer = place.ask(path=place.wanted.unknown)
        assert answer.status == (400 if edition == "8.5" and of_service else 404), answer.raw


def ask_faulted(place: Place, operation: ApiOperation, _edition: str) -> None:
    """Have a rule answer; it is found in the journal, and taken back."""
    control = place.api.cs
    rule = {"name": "broken", "on": operation.id, "response": {"status": 418}}
    assert control.post("_control/faults", rule, base="/").status == 201
    place.refused(place.ask(), 418)
    wanted = {"on": operation.id, "response": {"status": 418, "fault": "broken"}, "count": 1}
    assert control.post("_control/verify", wanted, base="/").shows()["verified"]
    kept = control.get(f"_control/requests?operation={operation.id}&fault=broken", base="/")
    assert [each["operation"] for each in kept.shows()["requests"]] == [operation.id]
    assert control.delete("_control/faults/broken", base="/").shows() == {"deleted": ["broken"]}


@documented("Basic access authentication: 401; Role-Based Access Control: 403")
@matrix
def test_matrix_unauthorised(simulate: Simulate, operation: ApiOperation, edition: str) -> None:
    users = [{"name": "carla", "password": "x"}]
    cs = simulate({"settings": {"users": users, "use_role": True}}, may_fail=True)
    api = Api(cs, edition)
    path = wanted_of(operation).path.format(s=1, t=1, k=1, none=1)
    before = cs.dump()
    assert api.request(operation.method, path).status == 401
    carla = {"Authorization": f"Basic {base64.b64encode(b'carla:x').decode()}"}
    assert api.request(operation.method, path, headers=carla).status == 403
    assert cs.dump() == before
