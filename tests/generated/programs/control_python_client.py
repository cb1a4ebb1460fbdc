"""A test that is set up, driven and verified by the client that openapi-python-client makes."""

import json
import sys

from generated import Client
from generated.api.clock import advance_clock, put_clock
from generated.api.faults import add_fault
from generated.api.journal import list_requests
from generated.api.verify import verify_requests
from generated.models import ClockAdvance, ClockSet, ClockSetMode, Question, Rule, RuleResponse

client = Client(base_url=sys.argv[1])
put_clock.sync(
    client=client, body=ClockSet(mode=ClockSetMode.FROZEN, time="2026-01-05T09:00:00.000Z")
)
moved = advance_clock.sync(client=client, body=ClockAdvance(by="2h"))
rule = add_fault.sync(
    client=client,
    body=Rule(on=["start_service"], times=1, response=RuleResponse(status=503, body={"a": 1})),
)
sys.stdin.read(1)
verified = verify_requests.sync(client=client, body=Question(on=["start_service"], count=1))
requests = list_requests.sync(client=client, status=["5xx"])
print(
    json.dumps(
        {
            "time": moved.time,
            "rule": rule.name,
            "verified": verified.verified,
            "statuses": [each.response.status for each in requests.requests],
        }
    )
)
