"""A conversation through the client that openapi-python-client makes."""

import json
import sys

from generated import Client
from generated.api.profiles_8_5 import identify_customer
from generated.api.services_8_5 import (
    end_service,
    end_task,
    get_service,
    query_anonymous_services_active,
    start_service,
    start_state,
    start_task,
)
from generated.models import (
    EndServiceBody,
    EndTaskBody,
    IdentifyCustomerAttributes,
    StartServiceBody,
    StartStateBody,
    StartTaskBody,
)

client = Client(base_url=sys.argv[1])
who = identify_customer.sync(
    client=client, attributes=IdentifyCustomerAttributes(last_name="Haddad")
)
body = StartServiceBody(contact_key="a/b+c d", service_type=100)
body["order"] = {"number": 4711, "total": "1.10"}
service = start_service.sync(client=client, body=body).service_id
state = start_state.sync(service, client=client, body=StartStateBody(state_type=8)).state_id
task = start_task.sync(
    service, client=client, body=StartTaskBody(task_type="refund", state_id=state)
).task_id
[found] = query_anonymous_services_active.sync(
    "a/b+c d", client=client, active_tasks=True, extensions=["order"]
)
end_task.sync_detailed(service, task, client=client, body=EndTaskBody(disposition=1))
ended = get_service.sync(service, client=client, completed_tasks=True)
end_service.sync_detailed(service, client=client, body=EndServiceBody(disposition_desc="solved"))
print(
    json.dumps(
        {
            "customers": [each.customer_id for each in who],
            "service": str(found.service_id),
            "type": found.service_type,
            "order": found["order"],
            "active": [each.task_type for each in found.active_tasks],
            "completed": [each.task_id for each in ended.completed_tasks] == [task],
        }
    )
)
