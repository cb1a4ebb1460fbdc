"""The OpenAPI document: every operation of both editions at its paths, assembled with apispec."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin

from cs_simulator import __version__
from cs_simulator.api.calls import handler_of
from cs_simulator.api.editions import Edition
from cs_simulator.domain.access import REALM
from cs_simulator.openapi.bodies import body_of, extension_example
from cs_simulator.openapi.meanings import example_of, explain
from cs_simulator.openapi.parameters import (
    HEADERS,
    headers_of,
    path_parameters,
    query_parameters,
    tenant_header,
)
from cs_simulator.openapi.scalars import Asked, Described, Schema, Taken, edition_named, plain
from cs_simulator.openapi.shapes import body_shown, components, error_schemas, refusals
from cs_simulator.operations import OPERATIONS
from cs_simulator.operations.row import CONTENT, ApiOperation, EditionName

if TYPE_CHECKING:
    from cs_simulator.world import ServedWorld

_DESCRIPTION = """\
Both editions of the API, as the simulator speaks them: 8.5 at `{base_85}/`, 8.1 at `{base_81}/`.
`x-operation` is the operation's name in faults, journal and verification, `x-basis` what it rests
on, `x-assumes` what of it is assumed where the documents are silent.

HEAD is answered wherever GET is, with the same headers and no body. Dates have three digits of
milliseconds or none. Unknown parameters of the query are ignored, with a hint in the header
X-Simulator-Hint.

{audience}
"""
_FOR_CLIENTS = """\
This is the view of a correct client: every member has its documented type. The server takes more,
as a lenient reader does; `openapi.json?for=fuzzing` says what. Two headers of the simulator may be
sent with any request: X-Simulator-World, the world that it is meant for, and X-Simulator-Fault, a
fault that it asks for: the name of a rule, or a rule itself as JSON. They are left out of the
operations, since tools send whatever is declared."""
_FOR_FUZZING = """\
This is all that the server takes: an integer also as 60.0 or as text of digits, a text also as an
integer, a boolean also as its word in any case, and null for a member that is left out. The schemas
say so where JSON Schema can; an integer in digits near the ends of its range is taken though its
schema leaves it out."""
_TAGS: Mapping[str, str] = MappingProxyType(
    {
        "services": "Services, states and tasks, and what belongs to them",
        "profiles": "Customer profiles, metadata, interactions and the server",
    }
)
_BASES: Mapping[str, str] = MappingProxyType(
    {
        "documented": "The vendor's documents describe it.",
        "relied_on": "Public clients of the product rely on it.",
        "assumed": "It is assumed: no source decides.",
    }
)
_RESPONSE_HEADERS = {
    "Location": (
        "The address of what was created.",
        "/genesys/1/cs/services/4294967297",
        "uri-reference",
    ),
    "X-Simulator-Request": (
        "The world, and the number of the request in its journal.",
        "default/17",
        None,
    ),
    "X-Simulator-Hint": (
        "What the real server would not say.",
        "servce_type is attached data; did you mean service_type?",
        None,
    ),
    "WWW-Authenticate": ("Basic, and its realm.", f'Basic realm="{REALM}"', None),
    "Allow": ("The methods that the path has.", "GET, HEAD, OPTIONS", None),
}.items()
_ALWAYS = frozenset({"Location", "X-Simulator-Request", "WWW-Authenticate", "Allow"})


class PathOperation(NamedTuple):
    """One operation of the document, with what links need."""

    operation: ApiOperation
    operation_id: str
    edition: EditionName
    path: str

    @property
    def parameters(self) -> list[str]:
        """The names of the parameters in the path."""
        return [segment[1:-1] for segment in self.path.split("/") if segment.startswith("{")]


def terms_of(
    world: ServedWorld, url: str, base_85: str, base_81: str, *, lenient: bool = False
) -> Described:
    """Return what a world's document depends on."""
    with world.lock:
        tx = world.begin()
        return Described(
            url,
            base_85,
            base_81,
            tx.setup.fidelity,
            tx.metadata,
            has_users=bool(tx.setup.access.users),
            needs_tenant=len(tx.setup.tenants) > 1,
            lenient=lenient,
        )


def openapi(terms: Described) -> dict[str, Any]:
    """Return the OpenAPI 3.1 document of both editions, as data for JSON."""
    plugin = MarshmallowPlugin()
    bases = {"8.5": f"{terms.url}{terms.base_85}", "8.1": f"{terms.url}{terms.base_81}/"}
    spec = APISpec(
        "Genesys Context Services, simulated",
        __version__,
        "3.1.0",
        [plugin],
        info={
            "description": _DESCRIPTION.format(
                base_85=terms.base_85,
                base_81=terms.base_81,
                audience=_FOR_FUZZING if terms.lenient else _FOR_CLIENTS,
            ),
            "license": {"name": "MIT", "identifier": "MIT"},
            "x-base-urls": bases,
        },
        servers=[{"url": terms.url or "/", "description": "The world; paths hold the base path."}],
        tags=[
            {"name": _tag(edition, family), "description": f"{said}, in edition {edition}."}
            for edition in bases
            for family, said in _TAGS.items()
        ],
    )
    _add_components(spec, terms)
    taken = Taken(spec, plugin, terms.scalars)
    places = _places()
    for place in places:
        edition = edition_named(place.edition)
        described = _described(place, edition, terms, Asked(terms, edition, taken))
        links = links_of(place, places)
        if links:
            next(iter(described["responses"].values()))["links"] = links
        spec.path(
            f"{terms.base_of(edition.name)}{place.path}",
            operations={place.operation.method.lower(): plain(described)},
        )
    made = spec.to_dict()
    document: dict[str, Any] = plain(made)
    explain(document)
    # apispec's objects refer to each other in circles, so what they hold would not be freed before
    # all objects are collected.
    for part in (made["paths"], *made["components"].values()):
        part.clear()
    return document


def _places() -> list[PathOperation]:
    return [
        PathOperation(operation, operation_id_of(operation, path, edition), edition, path)
        for operation in OPERATIONS
        for edition in operation.editions
        for path in operation.paths
    ]


def operation_id_of(operation: ApiOperation, path: str, edition: EditionName) -> str:
    """Return the unique id of an operation at one of its paths.

    It is ``query_states`` at the first path and ``query_states_active`` at another; if a parameter
    makes the difference, ``query_business_attributes_by_name``; in edition 8.1 ``_81`` is added.
    """
    first = operation.paths[0].split("/")
    ending = ""
    if path != operation.paths[0]:
        word = next(segment for segment in reversed(path.split("/")) if segment not in first)
        ending = f"_by_{word[1:-1]}" if word.startswith("{") else f"_{word}"
    return f"{operation.id}{ending}{'_81' if edition == '8.1' else ''}"


_FREE = frozenset({"name", "src_id"})
"""Parameters that a link may omit."""


def links_of(maker: PathOperation, places: list[PathOperation]) -> dict[str, Schema]:
    """Return the links of an operation to those that use what it creates."""
    if not maker.operation.makes:
        return {}
    made = {name: f"$request.path.{name}" for name in maker.parameters}
    made |= {name: f"$response.body#{at}" for name, at in maker.operation.makes.items()}
    return {
        place.operation_id: {
            "operationId": place.operation_id,
            "parameters": {name: made[name] for name in place.parameters if name in made},
        }
        for place in places
        if place.edition == maker.edition and _takes(maker, place, made)
    }


def _takes(maker: PathOperation, place: PathOperation, made: Mapping[str, str]) -> bool:
    # A new service has no parts yet, so there are no links to them. A new state is itself the
    # target.
    own = list(made)[-1]
    if own == "name":
        return place.path.startswith(f"{maker.path}/")
    return own in place.parameters and set(place.parameters) - _FREE <= set(made)


def _add_components(spec: APISpec, terms: Described) -> None:
    for name, schema in {**components(terms), **error_schemas(terms)}.items():
        spec.components.schema(name, plain(schema))
    for name, header in HEADERS.items() if terms.lenient else ():
        spec.components.parameter(name, "header", plain(header))
    tenant = "NeededContactCenterId" if terms.needs_tenant else "ContactCenterId"
    spec.components.parameter(tenant, "header", tenant_header(tenant))
    for name, (description, example, form) in _RESPONSE_HEADERS:
        if name == "WWW-Authenticate" and not terms.has_users:
            continue
        schema = {"type": "string", **({"format": form} if form else {})}
        spec.components.header(
            name,
            {
                "description": description,
                "required": name in _ALWAYS,
                "schema": schema,
                "example": example,
            },
        )
    spec.components.security_scheme("basic", {"type": "http", "scheme": "basic"})


def _described(place: PathOperation, edition: Edition, terms: Described, asked: Asked) -> Schema:
    operation = place.operation
    summary = (handler_of(operation.handler).__doc__ or operation.id).partition("\n")[0].rstrip(".")
    described: Schema = {
        "operationId": place.operation_id,
        "summary": summary,
        "description": _said(operation),
        "tags": [_tag(edition.name, operation.family)],
        "x-operation": operation.id,
        "x-edition": edition.name,
        "x-basis": operation.basis,
    }
    if operation.assumes:
        described["x-assumes"] = operation.assumes
    described["parameters"] = [
        *path_parameters(operation, place.parameters, edition, terms),
        *query_parameters(operation, terms),
        *headers_of(operation, edition, terms),
    ]
    if operation.body != "none":
        described["requestBody"] = _request_body(operation, edition, asked)
    status = operation.status_in(edition.name, terms.fidelity)
    responses = {status: _success(place, asked)}
    responses |= refusals(operation, edition, terms)
    described["responses"] = {str(code): response for code, response in responses.items()}
    described["security"] = [{"basic": []}] if terms.has_users else [{}, {"basic": []}]
    return described


def _tag(edition: str, family: str) -> str:
    """Return the tag of a family's operations; it begins with a letter, because module names do."""
    return f"{family} {edition}"


def _said(operation: ApiOperation) -> str:
    """Return the description of an operation, in addition to its summary."""
    said = [_BASES[operation.basis]]
    if operation.assumes:
        said.append(f"Assumed: {operation.assumes}.")
    if operation.form == "StartService":
        said.append("One of customer_id and contact_key is required.")
    if operation.attached is not None:
        said.append("Members of other names are attached data.")
    return " ".join(said)


def _request_body(operation: ApiOperation, edition: Edition, asked: Asked) -> Schema:
    media_type = "multipart/form-data" if operation.body == "multipart" else "application/json"
    content: Schema = {"schema": body_of(operation, asked)}
    example = _example(operation, edition)
    if example is None and operation.kind is not None:
        example = extension_example(operation, asked)
    if example is not None:
        content["example"] = example
    return {"required": operation.body != "optional", "content": {media_type: content}}


def _example(operation: ApiOperation, edition: Edition) -> Any:
    """Return an example of a body, or None if it depends on the world."""
    if edition.extensions_have_schemas or operation.attached is None:
        return operation.example
    if operation.example is None:
        return operation.attached
    return {**operation.example, **operation.attached}


def _success(place: PathOperation, asked: Asked) -> Schema:
    names = ["X-Simulator-Request", "X-Simulator-Hint"]
    if place.operation.located:
        names.insert(0, "Location")
    headers = {name: {"$ref": f"#/components/headers/{name}"} for name in names}
    response: Schema = {"description": "It is done.", "headers": headers}
    shape = place.operation.shows
    if shape is CONTENT:
        response["content"] = {"*/*": {"schema": {}}}
    elif shape is not None:
        schema = body_shown(shape, place.path)
        example = example_of(schema, asked.taken.spec.components.schemas)
        response["content"] = {"application/json": {"schema": schema, "example": example}}
    return response
