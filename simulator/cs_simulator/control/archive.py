"""The journal as HAR 1.2: the members of such a file, for the document of the control API.

Additions of ours have names that begin with an underscore, as HAR specifies.
"""

from __future__ import annotations

from types import MappingProxyType

from cs_simulator.control.shows import (
    Shows,
    Told,
    document,
    moment,
    number,
    one,
    real,
    several,
    text,
    texts,
    word,
)

HAR_TYPE = "application/har+json"

_SIZE = Told("Bytes, -1 where they are not known.", {"type": "integer", "minimum": -1}, 31)
_VERSION = text("The version of HTTP, empty where there was no response.", "HTTP/1.1")
_PAIR = Shows(
    "HarPair",
    "A name and its value.",
    {
        "name": text("The name.", "Content-Type"),
        "value": text("The value.", "application/json"),
    },
)
_COOKIE = Shows(
    "HarCookie",
    "A cookie.",
    {
        "name": text("Its name.", "session"),
        "value": text("Its value.", "***"),
        "path": text("The path that it is for.", "/", always=False),
        "domain": text("The host that it is for.", "example.com", always=False),
        "expires": text("When it ends.", "2026-01-05T09:00:00+00:00", always=False),
        "httpOnly": Told("Whether scripts see it not.", {"type": "boolean"}, True, always=False),
        "secure": Told("Whether it takes TLS.", {"type": "boolean"}, True, always=False),
    },
)
_MESSAGE = MappingProxyType(
    {
        "httpVersion": _VERSION,
        "cookies": several("Its cookies.", _COOKIE),
        "headers": several("Its headers, a line each.", _PAIR),
        "headersSize": _SIZE,
        "bodySize": _SIZE,
    }
)
_POSTED = Shows(
    "HarPostData",
    "The body of a request.",
    {
        "mimeType": text("Its type.", "application/json"),
        "text": text("Its text.", '{"contact_key": "42"}'),
        "_base64": text("Its bytes, where they are no text.", "TfxsbGVy", always=False),
    },
)
_REQUEST = Shows(
    "HarRequest",
    "What was asked.",
    {
        "method": text("The method.", "POST"),
        "url": text("The address.", "http://localhost:8080/genesys/1/cs/services/start"),
        "queryString": several("Its parameters.", _PAIR),
        **_MESSAGE,
        "postData": one(_POSTED, always=False),
    },
)
_CONTENT = Shows(
    "HarContent",
    "The body of a response.",
    {
        "size": _SIZE,
        "mimeType": text("Its type.", "application/json"),
        "text": text("Its text, or the base64 of bytes that are none.", '{"service_id": 1}'),
        "encoding": word("If it is not text.", "base64", always=False),
    },
)
_STATUS = Told("The status, 0 where none was seen.", {"type": "integer", "minimum": 0}, 201)
_RESPONSE = Shows(
    "HarResponse",
    "What was answered.",
    {
        "status": _STATUS,
        "statusText": text("The words beside the status, which are empty.", ""),
        "content": one(_CONTENT),
        "redirectURL": text("Its header Location.", "/genesys/1/cs/services/4294967297"),
        **_MESSAGE,
        "_error": text("Why it is not there, or not whole.", "reset, by fault lost", always=False),
        "_failureText": text("The same, where browsers look.", "reset", always=False),
    },
)
_TIMINGS = Shows(
    "HarTimings",
    "How long what took, in milliseconds.",
    {
        "send": real("To send the request.", 0),
        "wait": real("Until the response.", 1.75),
        "receive": real("To receive it.", 0),
    },
)
_ENTRY = Shows(
    "HarEntry",
    "A request and its response.",
    {
        "startedDateTime": moment("When it arrived, by the clock of the world."),
        "time": real("Milliseconds until the response left.", 1.75),
        "request": one(_REQUEST),
        "response": one(_RESPONSE),
        "cache": document("Nothing.", {}),
        "timings": one(_TIMINGS),
        "comment": text("What was not kept.", "of the request's body ...", always=False),
        "_request": number("Its number in the journal of its world."),
        "_world": text("Its world.", "default"),
        "_operation": text("The operation.", "start_service"),
        "_faults": texts("The rules that acted, by name.", "lost", always=False),
        "_hints": texts("What the real server would not say.", "ignored", always=False),
        "_held": real("Milliseconds for which a fault held it back.", 250.0, always=False),
        "_masked": texts("What was masked.", "request.headers.Authorization", always=False),
    },
)
_CREATOR = Shows(
    "HarCreator",
    "What wrote the file.",
    {
        "name": text("Its name.", "cs-simulator"),
        "version": text("Its version.", "1.0.0"),
    },
)
_LOG = Shows(
    "HarLog",
    "What was recorded.",
    {
        "version": word("The version of HAR.", "1.2"),
        "creator": one(_CREATOR),
        "entries": several("Each request, oldest first.", _ENTRY),
    },
)
HAR = Shows("Har", "The journal as HAR 1.2.", {"log": one(_LOG)})
