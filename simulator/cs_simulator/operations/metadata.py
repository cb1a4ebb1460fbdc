"""Operations on schemas, identification keys, business attributes and roles.

Contract sections 7 and 8. Privileges that the pages on roles do not name are named by analogy.
"""

from __future__ import annotations

from cs_simulator.operations.row import (
    BOTH,
    ONLY_81,
    ApiOperation,
    EditionName,
    Kind,
    Parameter,
    every,
    one,
    one_or_every,
)

_KEYS = "/metadata/identification-keys"


def _schema_rows(kind: Kind, example: str) -> tuple[ApiOperation, ...]:
    """Return the three operations on the extension schemas of a kind."""
    one_kind = kind.removesuffix("s")
    what = f"{one_kind}_extension_schema"
    privilege = f"{one_kind.capitalize()}ExtensionSchema"
    path = f"/metadata/{kind}/extensions"
    editions: tuple[EditionName, ...] = BOTH if kind == "profiles" else ONLY_81
    location = "Location names the path that exists; " if kind == "profiles" else ""
    return (
        ApiOperation(
            f"create_{what}",
            "POST",
            (path,),
            handler="metadata:create_extension_schema",
            assumes=f"{location}an existing name is 409",
            family="profiles",
            editions=editions,
            kind=kind,
            body="object",
            form="ExtensionSchema",
            example={
                "name": example,
                "type": "multi-valued",
                "attributes": [
                    {"name": "label", "type": "string", "length": 20, "mandatory": True},
                    {"name": "city", "type": "string"},
                ],
                "unique": ["label"],
            },
            status=201,
            shows=one("Named"),
            makes={"name": "/name"},
            conflicts=True,
            privileges=(f"UCS.SchemaMgt.create{privilege}",),
        ),
        ApiOperation(
            f"query_{what}",
            "GET",
            (path, f"{path}/{{name}}"),
            handler="metadata:query_extension_schema",
            assumes="an unknown name is 404",
            family="profiles",
            editions=editions,
            kind=kind,
            shows=one_or_every("ExtensionSchema"),
            privileges=(f"UCS.SchemaMgt.read{privilege}",),
        ),
        ApiOperation(
            f"delete_{what}",
            "DELETE",
            (f"{path}/{{name}}",),
            handler="metadata:delete_extension_schema",
            assumes="one that a key is based on is 409"
            if kind == "profiles"
            else "the data go with it",
            family="profiles",
            editions=editions,
            kind=kind,
            status=204,
            conflicts=kind == "profiles",
            privileges=(f"UCS.SchemaMgt.delete{privilege}",),
        ),
    )


METADATA: tuple[ApiOperation, ...] = (
    ApiOperation(
        "query_profile_schema",
        "GET",
        ("/metadata/profiles",),
        handler="metadata:query_profile_schema",
        assumes="path and response, by analogy with the other schemas; "
        "internal attributes are not shown",
        family="profiles",
        shows=every("AttributeSchema"),
        privileges=("UCS.SchemaMgt.readProfileSchema",),
    ),
    *_schema_rows("profiles", "Address"),
    *_schema_rows("services", "voucher"),
    *_schema_rows("states", "note"),
    *_schema_rows("tasks", "order"),
    ApiOperation(
        "create_identification_key",
        "POST",
        (_KEYS,),
        handler="metadata:create_identification_key",
        assumes="status 201, Location and name; an existing name is 409",
        family="profiles",
        body="object",
        form="IdentificationKey",
        example={"name": "idTitle", "attributes": ["LastName", "Title"]},
        status=201,
        shows=one("Named"),
        makes={"name": "/name"},
        conflicts=True,
        maintenance_81=True,
        privileges=("UCS.SchemaMgt.createIdentificationKey",),
    ),
    ApiOperation(
        "query_identification_key",
        "GET",
        (_KEYS, f"{_KEYS}/{{name}}"),
        handler="metadata:query_identification_key",
        assumes="an unknown name is 404",
        family="profiles",
        shows=one_or_every("IdentificationKey"),
        privileges=("UCS.SchemaMgt.readIdentificationKey",),
    ),
    ApiOperation(
        "delete_identification_key",
        "DELETE",
        (f"{_KEYS}/{{name}}",),
        handler="metadata:delete_identification_key",
        family="profiles",
        status=204,
        privileges=("UCS.SchemaMgt.deleteIdentificationKey",),
    ),
    ApiOperation(
        "query_business_attributes",
        "GET",
        ("/metadata/business-attributes", "/metadata/business-attributes/{name}"),
        handler="metadata:query_business_attributes",
        assumes="cv-attribute returns a list",
        family="profiles",
        tenanted=True,
        parameters=(Parameter("cv-attribute", "field"),),
        shows=one_or_every("BusinessAttribute"),
        privileges=("UCS.SchemaMgt.readBusinessAttribute",),
    ),
    ApiOperation(
        "query_roles",
        "GET",
        ("/metadata/roles",),
        handler="metadata:query_roles",
        assumes="the predefined roles, if a scenario defines none",
        family="profiles",
        shows=every("Role"),
        privileges=("UCS.SchemaMgt.readRole",),
    ),
)
