"""The state of a world with metadata, customers, tenants, users and interactions goes elsewhere."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.app import BASE, FROZEN, App

DOCUMENT = (
    FROZEN
    + """
settings:
  tenants: [{dbid: 1, name: Main}, {dbid: 101, name: Branch}]
  users: [{name: anna, password: secret, roles: [Administrator]}]
  server_mode: maintenance
business_attributes: {MediaType: {dbid: 1, values: [{name: sms, dbid: 1}]}}
profile_attributes: [{name: Level, type: integer, default: 1}, {name: Title, remove: true}]
extension_schemas:
  profiles: [{name: Old, type: classifier}]
identification_keys: [{name: idEmail, remove: true}]
customers: [{customer_id: C, LastName: Byron, extensions: {Old: {}}}, {customer_id: D}]
interactions:
  - {customer_id: C, interaction_id: i, media_type: chat, start_date: -1h, text: Hello}
  - {customer_id: D, interaction_id: j, media_type: email, binary_content: {base64: AAE=}}
"""
)
ANNA = ("Basic YW5uYTpzZWNyZXQ=", "Branch")
PHONE = (
    '{"name": "Phone", "type": "multi-valued", "unique": ["number"], "attributes": ['
    '{"name": "number", "type": "string", "mandatory": "true", "length": "20"}, '
    '{"name": "kind", "type": "integer", "default": 0}]}'
)
KEY = '{"name": "idNumber", "source": "Phone", "attributes": ["number"], "unique": "true"}'
CALLS = (
    ("POST", "metadata/profiles/extensions", PHONE, 201),
    ("POST", "metadata/identification-keys", KEY, 201),
    ("DELETE", "metadata/identification-keys/idName", None, 204),
    ("POST", "metadata/identification-keys", '{"name": "idName", "attributes": ["LastName"]}', 201),
    ("DELETE", "metadata/profiles/extensions/old", None, 204),
    ("POST", "server/mode", '{"mode": "production"}', 200),
    ("POST", "profiles", '{"LastName": "King", "Phone": [{"number": 7}]}', 201),
    ("POST", "profiles", '{"LCA_EmplID_sms": "A1"}', 201),
    ("POST", "profiles/C/extensions", '{"Phone": [{"number": 5, "kind": "2"}]}', 200),
    ("DELETE", "profiles/D", None, 200),
)
QUESTIONS: tuple[tuple[str, str, str | None], ...] = (
    ("GET", "metadata/profiles", None),
    ("GET", "metadata/profiles/extensions", None),
    ("GET", "metadata/identification-keys", None),
    ("GET", "profiles/C?extensions=Phone", None),
    ("GET", "profiles?Phone.number=7&include_profile=yes", None),
    ("GET", "profiles?LastName=Byron", None),
    ("GET", "customers/C/interactions", None),
    ("GET", "interactions/i/plain_text", None),
    ("GET", "interactions/j/binary_content", None),
    ("POST", "profiles", '{"LastName": "x", "Phone": [{"number": 7}]}'),
    ("POST", "profiles", '{"LastName": "x", "Pref_EmplID_sms": "A1"}'),
    ("POST", "profiles", '{"LCA_EmplID_voice": "A1"}'),
    ("GET", "services/anonymous/K", None),
)


@pytest.mark.parametrize("base", [BASE, ""], ids=["8.5", "8.1"])
def test_restored_world_answers_as_the_one_it_was_taken_of(base: str) -> None:
    app = App(DOCUMENT)

    def ask(method: str, path: str, body: str | None, world: str = "") -> tuple[int, bytes]:
        prefix = f"/_world/{world}" if world else ""
        sent = None if body is None else body.encode()
        answer = app.ask(
            method, f"{prefix}{base}/{path}", sent, Authorization=ANNA[0], ContactCenterId=ANNA[1]
        )
        return answer.status, answer.body.replace(b"/_world/b", b"")

    def state(world: str = "") -> Any:
        return app.get(f"/_world/{world or 'default'}/_control/snapshot").json()

    for method, path, body, status in CALLS:
        found = ask(method, path, body)
        assert found[0] == status, (path, found)
    app.post(
        f"{BASE}/services/start",
        {"contact_key": "K"},
        Authorization=ANNA[0],
        ContactCenterId=ANNA[1],
    )
    document = state()
    assert [service["tenant"] for service in document["services"]] == ["Branch"]
    restored = app.put("/_world/b/_control/scenario", document)
    assert restored.status == 200, restored.body
    assert state("b") == document
    for question in QUESTIONS:
        assert ask(*question, world="b") == ask(*question), question
    assert state("b") == state()
