"""Operations on the states of a service: contract section 5."""

from __future__ import annotations

from cs_simulator.operations.row import (
    ApiOperation,
    every,
    extension_rows,
    flag,
    lists,
    one,
    texts,
)

_STATES = "/services/{service_id}/states"
_STATE = f"{_STATES}/{{state_id}}"
_GET_PARAMETERS = (flag("active_tasks"), flag("completed_tasks"), texts("extensions"))
_LIST_PARAMETERS = (texts("state_types"), *_GET_PARAMETERS)


STATES: tuple[ApiOperation, ...] = (
    ApiOperation(
        "start_state",
        "POST",
        (f"{_STATES}/start",),
        handler="states:start_state",
        basis="relied_on",
        assumes="status 201, Location and body, as start_task has them",
        body="object",
        form="StartState",
        example={"state_type": 8},
        status=201,
        shows=one("StateStarted"),
        makes={"state_id": "/state_id"},
        privileges=("UCS.State.startState",),
        extension_privilege="UCS.State.createStateExtension",
    ),
    ApiOperation(
        "end_state",
        "POST",
        (f"{_STATE}/end",),
        handler="states:end_state",
        basis="relied_on",
        assumes="status 204, as end_task has it",
        body="optional",
        form="EndState",
        example={"disposition": 10},
        status=204,
        privileges=("UCS.State.stopState",),
        extension_privilege="UCS.State.createStateExtension",
    ),
    ApiOperation(
        "transition_state",
        "POST",
        (f"{_STATES}/transition",),
        handler="states:transition_state",
        assumes="status 201, Location and body; one timestamp for both sides",
        body="object",
        form="Transition",
        example={"from": {"state_id": 1001, "disposition": 10}, "to": {"state_type": 9}},
        status=201,
        shows=one("StateStarted"),
        makes={"state_id": "/state_id"},
        privileges=("UCS.State.startState", "UCS.State.stopState"),
        extension_privilege="UCS.State.createStateExtension",
    ),
    ApiOperation(
        "query_states",
        "GET",
        lists(_STATES),
        handler="states:query_states",
        parameters=_LIST_PARAMETERS,
        shows=every("State"),
        privileges=("UCS.State.readState",),
        extension_privilege="UCS.State.readStateExtension",
    ),
    ApiOperation(
        "get_state",
        "GET",
        (_STATE,),
        handler="states:get_state",
        parameters=_GET_PARAMETERS,
        shows=one("State"),
        privileges=("UCS.State.readState",),
        extension_privilege="UCS.State.readStateExtension",
    ),
    *extension_rows("states", _STATE, "on hold", {"asked": 2}),
)
