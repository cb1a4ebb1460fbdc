"""Many tests at once against one server, each in a world of its own."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from tests.support.server import Client
from tests.wire.conftest import StartServer

WORKERS = 32


def test_conversations_side_by_side_never_show_each_others_mark(start_server: StartServer) -> None:
    ready = start_server("--scenario", "empty").ready

    def converse(number: int) -> str:
        mark = f"mark-{number}-of-this-world"
        base = f"/_world/w{number}"
        with Client(ready["host"], ready["port"], f"{base}/genesys/1/cs") as client:
            troubled = number % 2 == 1
            if troubled:
                fault = {"name": mark, "on": "end_state", "times": 1, "response": {"status": 503}}
                assert client.post(f"{base}/_control/faults", fault).status == 201
            for turn in range(2):
                started = client.post("services/start", {"contact_key": mark, "note": mark})
                assert started.json() == {"service_id": 4294967297}
                assert started.headers["Location"].startswith(f"{base}/genesys/1/cs/services/")
                state = client.post("services/4294967297/states/start", {"state_type": mark})
                path = f"services/4294967297/states/{state.json()['state_id']}"
                ended = client.post(f"{path}/end").status
                assert ended == (503 if troubled and turn == 0 else 204)
                [shown] = client.get(f"services/anonymous/{mark}?extensions=*").json()
                assert shown["note"] == mark
                journal = client.get(f"{base}/_control/requests").body.decode()
                assert journal.count("mark-") == journal.count(mark)
                verified = client.post(
                    f"{base}/_control/verify",
                    {"on": "start_service", "where": {"contact_key": mark}, "count": 1},
                )
                assert verified.json()["verified"] is True
                if turn == 0:
                    assert client.post(f"{base}/_control/reset").status == 200
            return client.get(f"{base}/_control/snapshot").body.decode()

    with ThreadPoolExecutor(WORKERS) as pool:
        states = list(pool.map(converse, range(WORKERS)))
    for number, state in enumerate(states):
        assert state.count("mark-") == state.count(f"mark-{number}-of-this-world") > 0
