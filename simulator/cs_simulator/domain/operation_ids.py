"""The operations of Context Services, by the ids that rules, journal and verification use.

What each of them is on the wire stands in :mod:`cs_simulator.api.operations`.
"""

OPERATION_IDS: tuple[str, ...] = tuple(
    """start_service end_service associate_service get_service query_customer_services
    query_anonymous_services delete_service update_service_expiration
    update_service_extension merge_service_extension start_state end_state transition_state
    query_states get_state update_state_extension merge_state_extension start_task end_task
    query_tasks get_task update_task_extension merge_task_extension composite_start
    purge_services export_services_stream export_services_files query_business_attributes
    create_profile identify_customer get_profile update_profile delete_profile
    merge_profiles import_profiles insert_profile_extensions update_profile_extension_record
    delete_profile_extension_record query_profile_schema create_profile_extension_schema
    query_profile_extension_schema delete_profile_extension_schema
    create_service_extension_schema query_service_extension_schema
    delete_service_extension_schema create_state_extension_schema
    query_state_extension_schema delete_state_extension_schema create_task_extension_schema
    query_task_extension_schema delete_task_extension_schema create_identification_key
    query_identification_key delete_identification_key query_roles query_interactions
    get_interaction get_interaction_content get_server_status set_server_mode""".split()
)
