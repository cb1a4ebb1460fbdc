"""A conversation through the client that openapi-generator makes for Python."""

import json
import sys

import openapi_client as api

client = api.ApiClient(api.Configuration(host=sys.argv[1]))
profiles, services = api.Profiles85Api(client), api.Services85Api(client)

who = profiles.identify_customer(
    attributes=api.IdentifyCustomerAttributesParameter(LastName="Haddad")
)
body = api.StartServiceBody(contact_key="a/b+c d", service_type=api.LongOrText(100))
body.additional_properties = {"order": {"number": 4711, "total": "1.10"}}
service = services.start_service(body).service_id
state = services.start_state(service, api.StartStateBody(state_type=api.LongOrText(8))).state_id
task = services.start_task(
    service, api.StartTaskBody(task_type=api.LongOrText("refund"), state_id=state)
).task_id
[found] = services.query_anonymous_services_active(
    "a/b+c d", active_tasks=True, extensions=["order"]
)
services.end_task(service, task, end_task_body=api.EndTaskBody(disposition=api.LongOrText(1)))
ended = services.get_service(service, completed_tasks=True)
services.end_service(service, end_service_body=api.EndServiceBody(disposition_desc="solved"))
print(
    json.dumps(
        {
            "customers": [each.customer_id for each in who],
            "service": str(found.service_id),
            "type": found.service_type.actual_instance,
            "order": found.additional_properties["order"],
            "active": [each.task_type.actual_instance for each in found.active_tasks],
            "completed": [str(each.task_id) for each in ended.completed_tasks] == [str(task)],
        }
    )
)
