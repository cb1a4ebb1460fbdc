"""The operations of Universal Contact Server on itself and on interactions: contract section 8."""

from __future__ import annotations

from cs_simulator.api.operation import Operation, late

_INTERACTIONS = "cs_simulator.api.interactions"
_SERVER = "cs_simulator.api.server"

SERVER_OPERATIONS: tuple[Operation, ...] = (
    Operation(
        "query_roles",
        "GET",
        ("/metadata/roles",),
        late("cs_simulator.api.roles", "query_roles"),
        "documented",
        "the predefined roles, where a scenario names none",
        family="profiles",
        privileges=("UCS.SchemaMgt.readRole",),
    ),
    Operation(
        "query_interactions",
        "GET",
        ("/customers/{customer_id}/interactions", "/services/{service_id}/interactions"),
        late(_INTERACTIONS, "query_interactions"),
        "documented",
        "a service's interactions are those that its events name",
        family="profiles",
        production=True,
        privileges=("UCS.Customer.readInteraction",),
    ),
    Operation(
        "get_interaction",
        "GET",
        ("/interactions/{interaction_id}",),
        late(_INTERACTIONS, "get_interaction"),
        "documented",
        "one object, as the sample shows it",
        family="profiles",
        production=True,
        privileges=("UCS.Customer.readInteraction",),
    ),
    Operation(
        "get_interaction_content",
        "GET",
        ("/interactions/{interaction_id}/{content}",),
        late(_INTERACTIONS, "get_interaction_content"),
        "documented",
        "the media types; content is plain_text, structured_text or binary_content",
        family="profiles",
        production=True,
        privileges=("UCS.Customer.readInteraction",),
    ),
    Operation(
        "get_server_status",
        "GET",
        ("/server/status",),
        late(_SERVER, "get_server_status"),
        "documented",
        "the figures of memory are those of the documents' sample",
        family="profiles",
        privileges=("UCS.SystemMgt.readServerInfo",),
    ),
    Operation(
        "set_server_mode",
        "POST",
        ("/server/mode",),
        late(_SERVER, "set_server_mode"),
        "documented",
        "the switch is instant",
        body="object",
        family="profiles",
        privileges=("UCS.SystemMgt.changeServerMode",),
    ),
)
