"""A client that knows nothing of the API but its OpenAPI document."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode, urlsplit

from jsonschema import Draft202012Validator

Send = Callable[[str, str, bytes | None, Mapping[str, str]], "SentResponse"]
"""Send a method, a target, a body and headers."""


class SentResponse(NamedTuple):
    """What came back."""

    status: int
    headers: Mapping[str, str]
    raw: bytes


class Described(NamedTuple):
    """One operation of a document."""

    path: str
    method: str
    members: Mapping[str, Any]


def described(document: Mapping[str, Any]) -> dict[str, Described]:
    """Return the operations of a document by their ids."""
    return {
        operation["operationId"]: Described(path, method, operation)
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
    }


class Caller:
    """Call operations by their ids, and hold every answer against the document."""

    def __init__(self, document: Mapping[str, Any], send: Send) -> None:
        self.document = document
        self.operations = described(document)
        self.called: set[str] = set()
        self._send = send
        self._prefix = urlsplit(document["servers"][0]["url"]).path.rstrip("/")

    def call(
        self, operation_id: str, body: Any = None, *, expect: int | None = None, **given: Any
    ) -> Any:
        """Return what an operation answers; its status must be the first documented."""
        path, method, operation = self.operations[operation_id]
        query: list[tuple[str, str]] = []
        headers: dict[str, str] = {}
        for each in operation["parameters"]:
            parameter = self.resolved(each)
            name = parameter["name"]
            if name not in given:
                assert not parameter.get("required"), name
                continue
            value = given.pop(name)
            if parameter["in"] == "path":
                path = path.replace(f"{{{name}}}", quote(str(value), safe=""))
            elif parameter["in"] == "header":
                headers[name] = value
            else:
                query.extend(value.items() if isinstance(value, dict) else [(name, value)])
        assert not given, "parameters that are not documented"
        raw = self._written(operation, body, headers)
        target = f"{self._prefix}{path}{'?' if query else ''}{urlencode(query)}"
        response = self._send(method.upper(), target, raw, headers)
        if expect is None:
            expect = int(next(iter(operation["responses"])))
        assert response.status == expect, (operation_id, response)
        self.called.add(operation_id)
        return self._read(operation, response)

    def resolved(self, value: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return what a reference leads to, or the value itself."""
        if "$ref" not in value:
            return value
        found: Any = self.document
        for part in value["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        return found  # type: ignore[no-any-return] # a component is an object

    def validator(self, schema: Mapping[str, Any]) -> Draft202012Validator:
        """Return what checks values against a schema of the document."""
        return Draft202012Validator({**schema, "components": self.document["components"]})

    def _written(
        self, operation: Mapping[str, Any], body: Any, headers: dict[str, str]
    ) -> bytes | None:
        if "requestBody" not in operation:
            assert body is None
            return None
        ((media_type, content),) = operation["requestBody"]["content"].items()
        if body is None:
            body = content.get("example")
        if body is None:
            assert not operation["requestBody"]["required"]
            return None
        self.validator(content["schema"]).validate(body)
        if media_type == "application/json":
            headers["Content-Type"] = media_type
            return json.dumps(body).encode()
        headers["Content-Type"] = f"{media_type}; boundary=b"
        return b"".join(_parts(body))

    def _read(self, operation: Mapping[str, Any], response: SentResponse) -> Any:
        answer = operation["responses"][str(response.status)]
        for name, header in answer["headers"].items():
            assert name in response.headers or not self.resolved(header).get("required"), name
        content = answer.get("content")
        if content is None:
            assert response.raw == b""
            return None
        ((media_type, shown),) = content.items()
        if media_type != "application/json":
            return response.raw
        value = json.loads(response.raw)
        self.validator(shown["schema"]).validate(value)
        return value


def _parts(body: Mapping[str, str]) -> Iterator[bytes]:
    for name, value in body.items():
        kind = "Content-Type: text/csv\r\n" if name == "profiles" else ""
        head = f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n{kind}\r\n'
        yield f"{head}{value}\r\n".encode()
    yield b"--b--\r\n"
