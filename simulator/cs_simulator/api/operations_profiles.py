"""The operations of Universal Contact Server on customers and on metadata: contract section 8.

What the pages on roles do not name is named by analogy.
"""

from __future__ import annotations

from cs_simulator.api.editions import EditionName
from cs_simulator.api.operation import BOTH, Operation, late
from cs_simulator.api.queries import texts
from cs_simulator.domain.schemas import KINDS, Kind

_PROFILES = "cs_simulator.api.profiles"
_SCHEMAS = "cs_simulator.api.schemas"
_PROFILE = "/profiles/{customer_id}"
_RECORD = f"{_PROFILE}/extensions/{{name}}"
_KEYS = "/metadata/identification-keys"


def _schema_operations(kind: Kind) -> tuple[Operation, ...]:
    """Return the three operations on the extension schemas of a kind."""
    one = kind.removesuffix("s")
    what = f"{one}_extension_schema"
    privilege = f"{one.capitalize()}ExtensionSchema"
    path = f"/metadata/{kind}/extensions"
    editions: tuple[EditionName, ...] = BOTH if kind == "profiles" else ("8.1",)
    location = "Location names the path that exists; " if kind == "profiles" else ""
    return (
        Operation(
            f"create_{what}",
            "POST",
            (path,),
            late(_SCHEMAS, f"create_{what}"),
            "documented",
            f"{location}a name that is there already is 409",
            body="object",
            family="profiles",
            editions=editions,
            privileges=(f"UCS.SchemaMgt.create{privilege}",),
        ),
        Operation(
            f"query_{what}",
            "GET",
            (path, f"{path}/{{name}}"),
            late(_SCHEMAS, f"query_{what}"),
            "documented",
            "an unknown name is 404",
            family="profiles",
            editions=editions,
            privileges=(f"UCS.SchemaMgt.read{privilege}",),
        ),
        Operation(
            f"delete_{what}",
            "DELETE",
            (f"{path}/{{name}}",),
            late(_SCHEMAS, f"delete_{what}"),
            "documented",
            "one that a key is based on is 409" if kind == "profiles" else "the data go with it",
            family="profiles",
            editions=editions,
            privileges=(f"UCS.SchemaMgt.delete{privilege}",),
        ),
    )


PROFILE_OPERATIONS: tuple[Operation, ...] = (
    Operation(
        "create_profile",
        "POST",
        ("/profiles",),
        late(_PROFILES, "create_profile"),
        "documented",
        "a customer_id that is sent is ignored",
        body="object",
        family="profiles",
        production=True,
        privileges=("UCS.Customer.createProfile",),
        extension_privilege="UCS.Customer.createProfileExtension",
    ),
    Operation(
        "identify_customer",
        "GET",
        ("/profiles",),
        late(_PROFILES, "identify_customer"),
        "documented",
        "no match answers 200 and an empty list; an unknown attribute is refused",
        free_query=True,
        family="profiles",
        production=True,
        privileges=("UCS.Customer.readProfile",),
        extension_privilege="UCS.Customer.readProfileExtension",
    ),
    Operation(
        "get_profile",
        "GET",
        (_PROFILE,),
        late(_PROFILES, "get_profile"),
        "documented",
        "an unknown customer answers 404",
        parameters=(texts("extensions"),),
        family="profiles",
        production=True,
        privileges=("UCS.Customer.readProfile",),
        extension_privilege="UCS.Customer.readProfileExtension",
    ),
    Operation(
        "update_profile",
        "PUT",
        (_PROFILE,),
        late(_PROFILES, "update_profile"),
        "documented",
        "customer_id may be left out of the body",
        body="object",
        family="profiles",
        production=True,
        privileges=("UCS.Customer.updateProfile",),
        extension_privilege="UCS.Customer.updateProfileExtension",
    ),
    Operation(
        "delete_profile",
        "DELETE",
        (_PROFILE,),
        late(_PROFILES, "delete_profile"),
        "documented",
        family="profiles",
        production=True,
        privileges=("UCS.Customer.deleteProfile",),
    ),
    Operation(
        "merge_profiles",
        "PUT",
        (f"{_PROFILE}/merge/{{src_id}}",),
        late(_PROFILES, "merge_profiles"),
        "documented",
        "a unique key that would be violated is 409; both customers the same is 400",
        body="optional",
        family="profiles",
        production=True,
        privileges=("UCS.Customer.mergeProfile",),
    ),
    Operation(
        "import_profiles",
        "POST",
        ("/profiles/import",),
        late("cs_simulator.api.imports", "import_profiles"),
        "documented",
        "the names of the columns; the members of the answer; the file may come as a part",
        body="multipart",
        family="profiles",
        maintenance_81=True,
        privileges=("UCS.Customer.executeBulkImport", "UCS.Customer.createProfile"),
        extension_privilege="UCS.Customer.createProfileExtension",
    ),
    Operation(
        "insert_profile_extensions",
        "POST",
        (f"{_PROFILE}/extensions",),
        late(_PROFILES, "insert_profile_extensions"),
        "documented",
        "a record takes the place of the one that shares all its unique attributes",
        body="object",
        family="profiles",
        production=True,
        privileges=("UCS.Customer.createProfileExtension",),
    ),
    Operation(
        "update_profile_extension_record",
        "PUT",
        (f"{_RECORD}/by/unique",),
        late(_PROFILES, "update_profile_extension_record"),
        "documented",
        "no such record is 404",
        body="object",
        family="profiles",
        production=True,
        privileges=("UCS.Customer.updateProfileExtension",),
    ),
    Operation(
        "delete_profile_extension_record",
        "PUT",
        (f"{_RECORD}/delete/by/unique",),
        late(_PROFILES, "delete_profile_extension_record"),
        "documented",
        "no such record is 404",
        body="object",
        family="profiles",
        production=True,
        privileges=("UCS.Customer.deleteProfileExtension",),
    ),
    Operation(
        "query_profile_schema",
        "GET",
        ("/metadata/profiles",),
        late(_SCHEMAS, "query_profile_schema"),
        "documented",
        "path and answer, by analogy with the other schemas; internal attributes are not shown",
        family="profiles",
        privileges=("UCS.SchemaMgt.readProfileSchema",),
    ),
    *(operation for kind in KINDS for operation in _schema_operations(kind)),
    Operation(
        "create_identification_key",
        "POST",
        (_KEYS,),
        late(_SCHEMAS, "create_identification_key"),
        "documented",
        "status 201, Location and name; a name that is there already is 409",
        body="object",
        family="profiles",
        maintenance_81=True,
        privileges=("UCS.SchemaMgt.createIdentificationKey",),
    ),
    Operation(
        "query_identification_key",
        "GET",
        (_KEYS, f"{_KEYS}/{{name}}"),
        late(_SCHEMAS, "query_identification_key"),
        "documented",
        "an unknown name is 404",
        family="profiles",
        privileges=("UCS.SchemaMgt.readIdentificationKey",),
    ),
    Operation(
        "delete_identification_key",
        "DELETE",
        (f"{_KEYS}/{{name}}",),
        late(_SCHEMAS, "delete_identification_key"),
        "documented",
        family="profiles",
        privileges=("UCS.SchemaMgt.deleteIdentificationKey",),
    ),
)
