"""A whole customer conversation, run twice with a reset between: equal to the byte."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support.responses import Response
from tests.support.server import Client
from tests.wire.conftest import StartServer

FROZEN = """
name: conversation
seed: 7
clock: {time: 2026-01-05T09:00:00.000Z, mode: frozen}
"""

CALLER = "+44 20 7946/0000"
ANONYMOUS = "services/anonymous/%2B44%2020%207946%2F0000"
EVERYTHING = (
    "active_states=true&completed_states=true&active_tasks=true&completed_tasks=true&extensions=*"
)


class Recorder:
    """Ask and keep every byte that was answered."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self.transcript: list[tuple[str, Response]] = []

    def __call__(self, method: str, path: str, status: int, body: Any = None) -> Any:
        """Ask; the status is as expected, or the test fails with what was said."""
        answer = self._client.ask(method, path, body)
        self.transcript.append((f"{method} {path}", answer))
        assert answer.status == status, answer
        return answer.json() if answer.body else None


def converse(ask: Recorder) -> None:
    """An anonymous caller is dropped, calls again, becomes a customer and is served."""
    event = {"interaction_id": "00001a57JGQ00BW8", "media_type": "voice", "resource_type": "IVR"}
    start = {"contact_key": CALLER, "service_type": "loan", "est_duration": 600, **event}
    service = ask("POST", "services/start", 201, {**start, "plan": {"amount": 25000}})["service_id"]
    here = f"services/{service}"
    greeting = ask("POST", f"{here}/states/start", 201, {"state_type": 1, **event})["state_id"]
    task = ask("POST", f"{here}/tasks/start", 201, {"task_type": "ask PIN", "state_id": greeting})
    ask("POST", f"{here}/tasks/{task['task_id']}/end", 204, {"disposition": "OK", "PIN": [1, 2]})
    ask("POST", f"{here}/states/{greeting}/end", 204, {"disposition": 10})
    menu = ask("POST", f"{here}/states/start", 201, {"state_type": 2, "choices": ["a", "b"]})
    ask("POST", f"{here}/tasks/start", 201, {"task_type": "menu", "state_id": menu["state_id"]})

    # The call drops. The same number calls again.
    [resumed] = ask("GET", f"{ANONYMOUS}/active?service_types=loan&extensions=*", 200)
    assert resumed["service_id"] == service
    assert resumed["plan"] == {"amount": 25000}
    [state] = ask("GET", f"{here}/states/active?active_tasks=true", 200)
    assert [each["task_type"] for each in state["active_tasks"]] == ["menu"]

    # Now the caller is known.
    customer = ask("POST", "profiles", 201, {"FirstName": "Ada", "LastName": "Lovelace"})
    customer_id = customer["customer_id"]
    ask("POST", f"customers/{customer_id}/{here}", 204, {"application_id": 40})
    assert ask("GET", ANONYMOUS, 200) == []
    assert len(ask("GET", f"customers/{customer_id}/services/active", 200)) == 1

    moved = ask(
        "POST",
        f"{here}/states/transition",
        201,
        {
            "from": {"state_id": menu["state_id"], "disposition": "chosen"},
            "to": {"state_type": 8, "est_duration": 300},
            **event,
        },
    )
    composite = {
        "service": {"customer_id": customer_id, "contact_key": CALLER, "service_type": "loan"},
        "state": {"state_type": 8},
        "task": {"task_type": "sign"},
        "associate_state_task": "true",
    }
    [made] = ask("POST", "services_composite/start", 200, {"services": [composite]})["services"]
    assert made["service"] == {"service_id": service, "created": "false"}
    assert made["state"] == {"state_id": moved["state_id"], "created": "false"}
    assert made["task"]["created"] == "true"
    ask("PUT", f"{here}/extensions/plan", 200, {"amount": 20000})
    ask("PUT", f"{here}/extensions/plan/merge", 200, {"months": 48, "amount": 1})
    ask("PUT", f"{here}/states/{moved['state_id']}/extensions/note", 200, "gave in")
    ask("PUT", f"{here}/tasks/{made['task']['task_id']}/extensions/form/merge", 200, {"page": 1})
    ask("PUT", here, 200, {"ttl": 86400})
    ask("POST", f"{here}/tasks/{made['task']['task_id']}/end", 204, {"disposition": "signed"})
    ask("POST", f"{here}/states/{moved['state_id']}/end", 204)
    ask("POST", f"{here}/end", 204, {"disposition": 1, "disposition_desc": "SUCCESS"})

    whole = ask("GET", f"{here}?{EVERYTHING}", 200)
    assert whole["plan"] == {"amount": 20000, "months": 48}
    assert whole["disposition_desc"] == "SUCCESS"
    assert [each["task_type"] for each in whole["active_tasks"]] == ["menu"]
    assert [each["task_type"] for each in whole["completed_tasks"]] == ["ask PIN", "sign"]
    assert [each["state_type"] for each in whole["completed_states"]] == [1, 2, 8]
    assert whole["active_states"] == []
    ask("GET", f"{here}/tasks?task_types=sign,menu&state_id={moved['state_id']}", 200)
    ask("GET", "maintenance/services/stream?time_from=2026-01-01T00:00:00.000Z", 200)
    ask("DELETE", here, 200)
    assert ask("GET", here, 400)["message"] == f"There are no service found for : {service}"


@pytest.mark.parametrize("form", ["integer", "conversation"])
def test_conversation_is_the_same_to_the_byte_after_a_reset(
    start_server: StartServer, tmp_path: Path, form: str
) -> None:
    scenario = tmp_path / "conversation.yaml"
    scenario.write_text(FROZEN)
    server = start_server("--scenario", str(scenario), "--fidelity", f"service_ids={form}")
    with server.client() as client:
        first, second = Recorder(client), Recorder(client)
        converse(first)
        cleared = client.post("/_control/reset").json()["cleared"]
        converse(second)
        assert client.connects == 1
    assert len(first.transcript) >= 25
    assert cleared == {
        "services": 0,
        "customers": 1,
        "requests": len(first.transcript),
        "exports": 0,
    }
    assert second.transcript == first.transcript
