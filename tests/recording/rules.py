"""The rules of HAR 1.2 as validators hold them, for what we write."""

from __future__ import annotations

import ipaddress
import re
from typing import Any

_DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
_URI = re.compile(r"[a-z][a-z0-9+.-]*://[!#$%&'()*+,\-./0-9:;=?@A-Z\[\]_a-z~]+", re.IGNORECASE)


def check_har(document: Any) -> list[Any]:
    """Check a whole document against the rules; return its entries."""
    assert list(document) == ["log"]
    log = document["log"]
    assert log["version"] == "1.2"
    assert set(log["creator"]) >= {"name", "version"}
    for entry in log["entries"]:
        _check_entry(entry)
    entries: list[Any] = log["entries"]
    return entries


def _check_entry(entry: Any) -> None:
    assert _DATE.fullmatch(entry["startedDateTime"])
    assert entry["time"] >= 0
    assert entry["cache"] == {}
    for name in ("send", "wait", "receive"):
        assert type(entry["timings"][name]) in (int, float)
    if "serverIPAddress" in entry:
        ipaddress.ip_address(entry["serverIPAddress"])
    request, response = entry["request"], entry["response"]
    assert _URI.fullmatch(request["url"]), request["url"]
    for message in (request, response):
        assert type(message["headersSize"]) is int
        assert type(message["bodySize"]) is int
        assert isinstance(message["httpVersion"], str)
        _check_pairs(message["headers"])
        _check_pairs(message["cookies"])
    _check_pairs(request["queryString"])
    assert isinstance(request["method"], str)
    if "postData" in request:
        assert isinstance(request["postData"]["mimeType"], str)
        assert isinstance(request["postData"]["text"], str)
    assert type(response["status"]) is int
    for name in ("statusText", "redirectURL"):
        assert isinstance(response[name], str)
    content = response["content"]
    assert type(content["size"]) is int
    assert isinstance(content["mimeType"], str)
    assert isinstance(content["text"], str)
    _check_no_null(entry)


def _check_pairs(pairs: Any) -> None:
    for pair in pairs:
        assert isinstance(pair["name"], str)
        assert isinstance(pair["value"], str)


def _check_no_null(value: Any) -> None:
    assert value is not None
    if isinstance(value, dict):
        for inner in value.values():
            _check_no_null(inner)
    elif isinstance(value, list):
        for inner in value:
            _check_no_null(inner)
