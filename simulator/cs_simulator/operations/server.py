"""Operations on interactions, and on the server itself: contract section 8."""

from __future__ import annotations

from cs_simulator.operations.row import CONTENT, ApiOperation, every, one

SERVER: tuple[ApiOperation, ...] = (
    ApiOperation(
        "query_interactions",
        "GET",
        ("/customers/{customer_id}/interactions", "/services/{service_id}/interactions"),
        handler="profiles:query_interactions",
        assumes="a service's interactions are those that its events name",
        family="profiles",
        shows=every("Interaction"),
        production=True,
        privileges=("UCS.Customer.readInteraction",),
    ),
    ApiOperation(
        "get_interaction",
        "GET",
        ("/interactions/{interaction_id}",),
        handler="profiles:get_interaction",
        assumes="one object, as the sample shows it",
        family="profiles",
        shows=one("Interaction"),
        production=True,
        privileges=("UCS.Customer.readInteraction",),
    ),
    ApiOperation(
        "get_interaction_content",
        "GET",
        ("/interactions/{interaction_id}/{content}",),
        handler="profiles:get_interaction_content",
        assumes="the media types; content is plain_text, structured_text or binary_content",
        family="profiles",
        shows=CONTENT,
        production=True,
        privileges=("UCS.Customer.readInteraction",),
    ),
    ApiOperation(
        "get_server_status",
        "GET",
        ("/server/status",),
        handler="maintenance:get_server_status",
        assumes="the figures of memory are those of the documents' sample",
        family="profiles",
        shows=one("ServerStatus"),
        privileges=("UCS.SystemMgt.readServerInfo",),
    ),
    ApiOperation(
        "set_server_mode",
        "POST",
        ("/server/mode",),
        handler="maintenance:set_server_mode",
        assumes="the switch is instant",
        family="profiles",
        body="object",
        form="Mode",
        example={"mode": "production"},
        shows=one("ServerChanged"),
        locates=True,
        privileges=("UCS.SystemMgt.changeServerMode",),
    ),
)
