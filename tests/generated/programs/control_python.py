"""A test that is set up, driven and verified by the client that openapi-generator makes."""

import json
import sys

import openapi_client as api

client = api.ApiClient(api.Configuration(host=sys.argv[1]))
clock = api.ClockApi(client)
clock.put_clock(api.ClockSet(mode="frozen", time="2026-01-05T09:00:00.000Z"))
moved = clock.advance_clock(api.ClockAdvance(by="2h"))
rule = api.FaultsApi(client).add_fault(
    api.Rule(on=["start_service"], times=1, response=api.RuleResponse(status=503, body={"a": 1}))
)
sys.stdin.read(1)
verified = api.VerifyApi(client).verify_requests(api.Question(on=["start_service"], count=1))
requests = api.JournalApi(client).list_requests(status=["5xx"])
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
