"""Services, states and tasks on the wire, against a model that was written without them."""

from __future__ import annotations

from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from tests.model.model import Kind
from tests.model.services_machine import ServicesMachine
from tests.model.strategies import SWITCHES
from tests.support import NOW

OPERATIONS = frozenset(
    "start_service end_service associate_service get_service query_customer_services "
    "query_anonymous_services delete_service update_service_expiration update_service_extension "
    "merge_service_extension start_state end_state transition_state query_states get_state "
    "update_state_extension merge_state_extension start_task end_task query_tasks get_task "
    "update_task_extension merge_task_extension composite_start purge_services".split()
)


def test_any_run_of_operations_answers_as_the_model_does(walk: settings) -> None:
    run_state_machine_as_test(ServicesMachine, settings=walk)


def test_the_machine_reaches_every_operation() -> None:
    """The steps that are taken at random do happen, and are no row of refusals."""
    switches = {name: values[0] for name, values in SWITCHES.items()}
    machine = ServicesMachine()
    machine.begin(switches, completing=True, services=[{"contact_key": "K"}])
    kinds: tuple[Kind, ...] = ("service", "state", "task")
    for kind in kinds:
        machine.put_extension("8.5", kind, 0, "note", {"a": 1})
        machine.merge_extension(kind, 0, "note", {"a": 2, "b": 3})
        machine.get_one("8.1", kind, 0, {"extensions": ["note"]})
    machine.transition("8.1", 0, {"from": {}, "to": {"state_type": 2}})
    for kind in kinds[1:]:
        machine.list_inner("8.5", kind, 0, "", {}, None, 0)
    element = {"service": {"contact_key": "K"}, "state": {}, "task": {"task_type": 1}}
    machine.composite({"services": [element]})
    for kind in kinds:
        machine.end("8.5", kind, 0, {"disposition": 1})
    machine.list_services("8.5", None, "K", "completed", {}, {}, repeated=False)
    machine.associate("8.1", 0, "C-1", {})
    machine.list_services("8.5", "C-1", "K", "", {}, {}, repeated=True)
    machine.update_expiration(0, {"ttl": 60})
    machine.purge({"limit": NOW, "operation": "purge.service.all"})
    machine.delete(0)
    entries = machine.simulation.world.journal.entries()
    assert {each.operation for each in entries if (each.status or 500) < 300} >= OPERATIONS
    machine.teardown()
