"""What tests of customers share: a client of one edition over one world, and its beginnings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from cs_simulator.domain.metadata import Metadata
from cs_simulator.domain.profiles import Profiles
from tests.support import BASE, ApiResponse, Simulation

BRUCE = {"FirstName": "Bruce", "LastName": "Banner", "EmailAddress": ["a@x.org", "b@x.org"]}

ADDRESS = {
    "name": "Address",
    "type": "single-valued",
    "attributes": [
        {"name": "AddressType", "type": "integer", "default": 0},
        {"name": "Address", "type": "string", "length": 20},
        {"name": "City", "type": "string", "mandatory": "true"},
    ],
}
PHONE = {
    "name": "Phone",
    "type": "multi-valued",
    "attributes": [
        {"name": "prefix", "type": "string", "length": "3"},
        {"name": "number", "type": "long", "mandatory": True},
        {"name": "since", "type": "date"},
        {"name": "description", "type": "string"},
    ],
    "unique": [["prefix", "number"]],
}
VIP = {"name": "Vip", "type": "classifier"}


@pytest.fixture(name="service_ids")
def one_form_of_service_ids() -> str:
    """One form of service ids stands for both where no service is: import it into the module."""
    return "integer"


class Api:
    """One edition of the API over one world."""

    def __init__(self, cs: Simulation, edition: str) -> None:
        self.cs = cs
        self.edition = edition
        self.base = BASE if edition == "8.5" else ""

    def request(self, method: str, path: str, body: object = None, **more: Any) -> ApiResponse:
        """Send a request; ``path`` is below the edition's base."""
        return self.cs.request(method, path, body, base=f"{self.base}/", **more)

    def get(self, path: str) -> Any:
        """Send a GET that must go well; return what it shows."""
        return self.request("GET", path).shows()

    def done(self, method: str, path: str, body: object = None, status: int = 200) -> ApiResponse:
        """Send a request that must go well and answer nothing; return the answer."""
        return self.request(method, path, body).ok(status)

    def refused(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        status: int = 400,
        code: int = 4020,
        **more: Any,
    ) -> str:
        """Send a request that must be refused and change nothing; return the description."""
        before = self.dump()
        answer = self.request(method, path, body, **more)
        assert (answer.status, list(answer.json)) == (
            status,
            ["http_method", "title", "description", "code", "uri"],
        ), answer.raw
        assert (answer.json["code"], answer.json["http_method"]) == (code, method)
        assert answer.json["uri"] == f"http://localhost{self.base}/{path.rstrip('?')}"
        assert self.dump() == before
        description: str = answer.json["description"]
        return description

    def dump(self) -> object:
        """Return all that is stored, metadata and indexes included."""
        profiles = self.cs.world._profiles
        indexes = {name: list(index) for name, index in profiles._indexes.items()}
        return [self.cs.dump(), profiles.metadata, indexes]

    def created(self, **members: Any) -> str:
        """Create a profile; return its id."""
        answer = self.request("POST", "profiles", members)
        assert answer.status == 201, answer.raw
        customer_id: str = answer.json["customer_id"]
        return customer_id

    def found(self, query: str) -> list[str]:
        """Return the ids of the customers that a query identifies."""
        return [profile["customer_id"] for profile in self.get(f"profiles?{query}")]

    def schema(self, *definitions: Mapping[str, Any], kind: str = "profiles") -> None:
        """Make extension schemas."""
        for definition in definitions:
            answer = self.request("POST", f"metadata/{kind}/extensions", definition)
            assert answer.status == 201, answer.raw

    def maintain(self, mode: str = "maintenance") -> None:
        """Switch the server to a mode."""
        assert self.request("POST", "server/mode", {"mode": mode}).status == 200

    def key(self, name: str, *attributes: str, **more: Any) -> None:
        """Make an identification key, in maintenance mode for the time of it."""
        self.maintain()
        body = {"name": name, "attributes": attributes, **more}
        answer = self.request("POST", "metadata/identification-keys", body)
        assert answer.status == 201, answer.raw
        self.maintain("production")

    def describe(self, metadata: Metadata) -> None:
        """Begin with other metadata, and no customer."""
        self.cs.world._profiles = Profiles(metadata)


def bad_members(description: str) -> list[str]:
    """Return the members that a refusal names, in its order."""
    return [part.split("'")[1] for part in description.split("; ") if " parameter '" in part]
