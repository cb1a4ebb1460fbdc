"""The journal as HAR 1.2: the members of such a file, for the document of the control API.

Additions of ours have names that begin with an underscore, as HAR specifies.
"""

from __future__ import annotations

from types import MappingProxyType

from cs_simulator.control import shows

HAR_TYPE = "application/har+json"

_SIZE = shows.ShownMember(
    "The number of bytes, -1 if unknown.", {"type": "integer", "minimum": -1}, 31
)
_VERSION = shows.text("The HTTP version, empty if there was no response.", "HTTP/1.1")
_PAIR = shows.Shows(
    "HarPair",
    "A name and its value.",
    {
        "name": shows.text("The name.", "Content-Type"),
        "value": shows.text("The value.", "application/json"),
    },
)
_COOKIE = shows.Shows(
    "HarCookie",
    "A cookie.",
    {
        "name": shows.text("Its name.", "session"),
        "value": shows.text("Its value.", "***"),
        "path": shows.text("The path it applies to.", "/", always=False),
        "domain": shows.text("The host it applies to.", "example.com", always=False),
        "expires": shows.text("When it expires.", "2026-01-05T09:00:00+00:00", always=False),
        "httpOnly": shows.flag("Whether it is hidden from scripts.", always=False),
        "secure": shows.flag("Whether it requires TLS.", always=False),
    },
)
_MESSAGE = MappingProxyType(
    {
        "httpVersion": _VERSION,
        "cookies": shows.several("Its cookies.", _COOKIE),
        "headers": shows.several("Its headers, one item for each line.", _PAIR),
        "headersSize": _SIZE,
        "bodySize": _SIZE,
    }
)
_POSTED = shows.Shows(
    "HarPostData",
    "The body of a request.",
    {
        "mimeType": shows.text("Its type.", "application/json"),
        "text": shows.text("Its text.", '{"contact_key": "42"}'),
        "_base64": shows.text("Its bytes, if they are not text.", "TfxsbGVy", always=False),
    },
)
_REQUEST = shows.Shows(
    "HarRequest",
    "The request.",
    {
        "method": shows.text("The method.", "POST"),
        "url": shows.text("The address.", "http://localhost:8080/genesys/1/cs/services/start"),
        "queryString": shows.several("Its parameters.", _PAIR),
        **_MESSAGE,
        "postData": shows.one(_POSTED, always=False),
    },
)
_CONTENT = shows.Shows(
    "HarContent",
    "The body of a response.",
    {
        "size": _SIZE,
        "mimeType": shows.text("Its type.", "application/json"),
        "text": shows.text("Its text, or base64 of other bytes.", '{"service_id": 1}'),
        "encoding": shows.word("If it is not text.", "base64", always=False),
    },
)
_STATUS = shows.ShownMember(
    "The status, 0 if the client got none.", {"type": "integer", "minimum": 0}, 201
)
_RESPONSE = shows.Shows(
    "HarResponse",
    "The response.",
    {
        "status": _STATUS,
        "statusText": shows.text("The reason phrase; always empty.", ""),
        "content": shows.one(_CONTENT),
        "redirectURL": shows.text("Its header Location.", "/genesys/1/cs/services/4294967297"),
        **_MESSAGE,
        "_error": shows.text(
            "Why it is missing or incomplete.", "reset, by fault lost", always=False
        ),
        "_failureText": shows.text("The same, for browsers.", "reset", always=False),
    },
)
_TIMINGS = shows.Shows(
    "HarTimings",
    "The durations of the phases, in milliseconds.",
    {
        "send": shows.real("To send the request.", 0),
        "wait": shows.real("Until the response.", 1.75),
        "receive": shows.real("To receive it.", 0),
    },
)
_ENTRY = shows.Shows(
    "HarEntry",
    "A request and its response.",
    {
        "startedDateTime": shows.moment("When it arrived, by the clock of the world."),
        "time": shows.real("Milliseconds until the response was sent.", 1.75),
        "request": shows.one(_REQUEST),
        "response": shows.one(_RESPONSE),
        "cache": shows.document("Nothing.", {}),
        "timings": shows.one(_TIMINGS),
        "comment": shows.text("What was not kept.", "of the request's body ...", always=False),
        "_request": shows.number("Its id in the journal of its world."),
        "_world": shows.text("Its world.", "default"),
        "_operation": shows.text("The operation.", "start_service"),
        "_faults": shows.texts("The rules that acted, by name.", "lost", always=False),
        "_hints": shows.texts(
            "Hints that the real server would not give.", "ignored", always=False
        ),
        "_held": shows.real(
            "The milliseconds for which a fault held it back.", 250.0, always=False
        ),
        "_masked": shows.texts("What was masked.", "request.headers.Authorization", always=False),
    },
)
_CREATOR = shows.Shows(
    "HarCreator",
    "What wrote the file.",
    {
        "name": shows.text("Its name.", "cs-simulator"),
        "version": shows.text("Its version.", "1.0.0"),
    },
)
_LOG = shows.Shows(
    "HarLog",
    "The recording.",
    {
        "version": shows.word("The version of HAR.", "1.2"),
        "creator": shows.one(_CREATOR),
        "entries": shows.several("Each request, oldest first.", _ENTRY),
    },
)
HAR = shows.Shows("Har", "The journal as HAR 1.2.", {"log": shows.one(_LOG)})
