"""The operations of Context Services, by the ids that rules, journal and verification use.

What each of them is on the wire stands in :mod:`simulator.api.operations`.
"""

OPERATION_IDS: tuple[str, ...] = tuple(
    """start_service end_service associate_service get_service query_customer_services
    query_anonymous_services delete_service update_service_expiration update_service_extension
    merge_service_extension start_state end_state transition_state query_states get_state
    update_state_extension merge_state_extension start_task end_task query_tasks get_task
    update_task_extension merge_task_extension composite_start purge_services
    export_services_stream export_services_files query_business_attributes create_profile
    identify_customer get_profile""".split()
)
