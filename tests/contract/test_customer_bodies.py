"""Bodies that no operation on customers and metadata takes, in each edition that has it."""

from __future__ import annotations

import pytest

from cs_simulator.operations import OPERATIONS
from cs_simulator.operations.row import ApiOperation
from tests.contract.customers import PHONE, Api
from tests.contract.customers import one_form_of_service_ids as one_form_of_service_ids
from tests.support import Simulation, documented

TAKING = [
    (edition, operation)
    for operation in OPERATIONS
    for edition in operation.editions
    if operation.family == "profiles" and operation.body in ("object", "optional")
]
NAMES = [f"{operation.id} {edition}" for edition, operation in TAKING]


@pytest.fixture(params=TAKING, ids=NAMES)
def ready(request: pytest.FixtureRequest, cs: Simulation) -> tuple[Api, str, str]:
    """An operation that takes a body, in the mode that it needs: a client, method and path."""
    edition, operation = request.param
    api = Api(cs, edition)
    api.schema(PHONE)
    customer, source = api.created(LastName="Doe"), api.created(LastName="Doe")
    if edition == "8.1" and operation.maintenance_81:
        api.maintain()
    args = {"customer_id": customer, "src_id": source, "name": "Phone"}
    return api, operation.method, operation.paths[0].removeprefix("/").format(**args)


@documented("HTTP Response Codes and Errors: invalid object syntax")
@pytest.mark.parametrize(
    "raw", [b"{", b'{"a": 1,}', b'{"a": 1, "a": 2}', b"[]", b"5", b"null", b'{"a": NaN}', b"\xff"]
)
def test_malformed_bodies(ready: tuple[Api, str, str], raw: bytes) -> None:
    api, method, path = ready
    headers = {"Content-Type": "application/json"}
    api.refused(method, path, code=4030, raw=raw, headers=headers)


@documented("bodies are JSON")
def test_bodies_of_another_type(ready: tuple[Api, str, str]) -> None:
    api, method, path = ready
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    api.refused(method, path, status=415, code=4150, raw=b"a=1", headers=headers)


def empty(operation: ApiOperation) -> int:
    """Return the code that a body without any member gets, 0 where it is taken."""
    return {
        "create_profile": 0,
        "update_profile": 0,
        "merge_profiles": 0,
        "insert_profile_extensions": 0,
    }.get(operation.id, 4010)


@documented("HTTP Response Codes and Errors: missing required parameter")
@pytest.mark.parametrize(("edition", "operation"), TAKING, ids=NAMES)
def test_missing_members(cs: Simulation, edition: str, operation: ApiOperation) -> None:
    api = Api(cs, edition)
    api.schema(PHONE)
    args = {"customer_id": api.created(), "src_id": api.created(), "name": "Phone"}
    if edition == "8.1" and operation.maintenance_81:
        api.maintain()
    path = operation.paths[0].removeprefix("/").format(**args)
    code = empty(operation)
    if code:
        api.refused(operation.method, path, {}, code=code)
    else:
        assert api.request(operation.method, path, {}).status in (200, 201, 204)
