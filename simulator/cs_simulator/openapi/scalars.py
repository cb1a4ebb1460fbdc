"""What a document describes, and its scalars: of what the API accepts, and of what it shows.

There are two audiences (:class:`Scalars`). Clients are generated from what is documented: one plain
type for each member. Testing the server against its document needs everything that it accepts: an
integer may come as text of digits, a text as an integer, a boolean as its word. Where JSON Schema
cannot express everything, the schema is the narrower one: an integer in digits stays away from the
limits of its range.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from marshmallow import Schema as MarshmallowSchema
from marshmallow.fields import Field

from cs_simulator.api.editions import EDITION_81, EDITION_85, Edition
from cs_simulator.api.fields import ConvertedField
from cs_simulator.api.queries import Choice, FullName
from cs_simulator.documents.json_text import MAX_DIGITS
from cs_simulator.documents.shape import MOMENT_PATTERN as PLAIN_MOMENT_PATTERN
from cs_simulator.documents.shape import converter_schema
from cs_simulator.documents.values import Boolean, Integer, LongOrText, Moment, Text, with_scalars
from cs_simulator.domain.attributes import FULL_NAMES
from cs_simulator.domain.fidelity import Fidelity
from cs_simulator.domain.imports import Delimiter, Encoding
from cs_simulator.domain.metadata import PREDEFINED, AttributeSchema, ExtensionSchema, Metadata
from cs_simulator.domain.typed import TYPES, Currency, Datetime, Day, Double
from cs_simulator.operations.row import EditionName

Schema = dict[str, Any]

_LEAP = "([0-9]{2}(0[48]|[2468][048]|[13579][26])|([02468][48]|[2468]0|[13579][26])00)"
_DAY = (
    "((0[1-9]|[1-9][0-9])[0-9]{2}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)"
    f"|02-(0[1-9]|1[0-9]|2[0-8]))|{_LEAP}-02-29)"
)
_TIME = "([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"
_ZONE = "(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])"
MOMENT_PATTERN = f"^{_DAY}T{_TIME}([.][0-9]{{3}})?{_ZONE}$"
"""Existing dates, in the form of the API."""
DAY_PATTERN = f"^{_DAY}(T{_TIME}([.][0-9]{{3}})?{_ZONE})?$"
_ANY_NUMBER = "^-?[0-9]{1,12}([.][0-9]{1,12})?$"
_ANY_AMOUNT = "^-?[0-9]{1,11}([.][0-9]{1,4})?$"

MOMENT: Mapping[str, Any] = MappingProxyType(
    {"type": "string", "pattern": f"^{_DAY}T{_TIME}[.][0-9]{{3}}Z$"}
)
"""A date in a response."""
LONG_OR_TEXT: Mapping[str, Any] = MappingProxyType(
    {"anyOf": ({"type": "integer", "format": "int64"}, {"type": "string"})}
)
"""The schema of the component ``LongOrText``, in a form that generators handle.

From ``oneOf``, the Java client of openapi-generator gets a class that cannot read a number: it
would also match as text, and two alternatives match.
"""


def plain(value: Any) -> Any:
    """Return a value as plain JSON types, in new dictionaries and lists."""
    return with_scalars(value, lambda scalar: scalar)


def taken(convert: object) -> Schema:
    """Return the schema of what a converter accepts."""
    if convert is str:
        return {"type": "string"}
    if isinstance(convert, Choice):
        return {"type": "string", "enum": list(convert.words)}
    if isinstance(convert, FullName):
        return {"type": "string", "enum": list(FULL_NAMES)}
    if isinstance(convert, Integer):
        number = {"type": "integer", "minimum": convert.low, "maximum": convert.high}
        digits = len(str(convert.high)) - 1
        sign, first = ("-?", "") if convert.low < 0 else ("", "[1-9]" if convert.low else "")
        rest = f"[0-9]{{0,{digits - 1}}}" if first else f"[0-9]{{1,{digits}}}"
        return {"anyOf": [number, {"type": "string", "pattern": f"^{sign}{first}{rest}$"}]}
    if isinstance(convert, Text):
        most = 10**MAX_DIGITS - 1
        text = {"type": "string", "minLength": 0 if convert.empty else 1}
        return {"anyOf": [text, {"type": "integer", "minimum": -most, "maximum": most}]}
    if isinstance(convert, Moment):
        return {"type": "string", "pattern": MOMENT_PATTERN}
    if isinstance(convert, Day):
        return {"type": "string", "pattern": DAY_PATTERN}
    if isinstance(convert, Datetime):
        return {"type": "string", "pattern": MOMENT_PATTERN}
    if isinstance(convert, Double):
        return {"anyOf": [{"type": "number"}, {"type": "string", "pattern": _ANY_NUMBER}]}
    if isinstance(convert, Currency):
        number = {"type": "integer", "exclusiveMinimum": -(10**11), "exclusiveMaximum": 10**11}
        return {"anyOf": [number, {"type": "string", "pattern": _ANY_AMOUNT}]}
    if isinstance(convert, Delimiter):
        return {"type": "string", "pattern": '^([^"\\r\\n\\x00]|\\\\t)$'}
    if isinstance(convert, Encoding):
        return {"type": "string", "examples": ["utf-8", "iso-8859-1", "windows-1252"]}
    return converter_schema(convert)


def or_null(schema: Schema) -> Schema:
    """Return a schema that also accepts null, which counts as absent."""
    if "anyOf" in schema:
        return {"anyOf": [*schema["anyOf"], {"type": "null"}]}
    return {**schema, "type": [schema["type"], "null"]}


def limited(schema: Schema, longest: int) -> Schema:
    """Return a schema with a maximum length of texts; an integer counts as its digits."""
    if "anyOf" in schema:
        return {"anyOf": [limited(choice, longest) for choice in schema["anyOf"]]}
    if schema["type"] == "string":
        return {**schema, "maxLength": longest}
    if longest >= MAX_DIGITS:
        return schema
    return {"type": "integer", "minimum": 1 - 10 ** (longest - 1), "maximum": 10**longest - 1}


def attribute_shown(attribute: AttributeSchema) -> Schema:
    """Return the schema of one value of an attribute in a response."""
    kinds = {"boolean": "boolean", "integer": "integer", "long": "integer"}
    kind = "number" if attribute.type in ("double", "currency") else kinds.get(attribute.type)
    return {"type": kind or "string"}


def sent(convert: object) -> Schema:
    """Return the schema of what clients send to a converter: the one documented type."""
    if isinstance(convert, Integer):
        low, high = convert.low, convert.high
        schema: Schema = {"type": "integer", "format": "int64" if high >= 2**31 else "int32"}
        # The limits of the type follow from its format; only narrower ones are stated.
        return {**schema, "minimum": low} if low >= 0 else schema
    if isinstance(convert, LongOrText):
        return {"$ref": "#/components/schemas/LongOrText"}
    if isinstance(convert, Text):
        return {"type": "string"} if convert.empty else {"type": "string", "minLength": 1}
    if isinstance(convert, Boolean):
        return {"type": "boolean"}
    if isinstance(convert, (Moment, Datetime)):
        return {"type": "string", "pattern": PLAIN_MOMENT_PATTERN}
    if isinstance(convert, Day):
        return {"type": "string"}
    if isinstance(convert, Double):
        return {"type": "number"}
    if isinstance(convert, Currency):
        return {"type": "string"}
    return taken(convert)


class Scalars(NamedTuple):
    """The schemas of request values, for one audience."""

    lenient: bool
    """Whether they include everything that the server accepts, not only what is documented."""

    def of(self, convert: object) -> Schema:
        """Return the schema of values for a converter."""
        return taken(convert) if self.lenient else sent(convert)

    def optional(self, schema: Schema) -> Schema:
        """Return the schema of an optional member: null counts as absent."""
        return or_null(schema) if self.lenient else schema

    def flag(self) -> Schema:
        """Return the schema of an optional boolean."""
        return self.optional(self.of(Boolean()))

    def attribute(self, attribute: AttributeSchema) -> Schema:
        """Return the schema of an attribute of a profile or an extension."""
        schema = self.of(TYPES[attribute.type])
        if attribute.length and attribute.type == "string":
            schema = limited(schema, attribute.length)
        return schema

    def extension(self, schema: ExtensionSchema) -> Schema:
        """Return the schema of an extension: one record, a list of them, or nothing."""
        if schema.type == "classifier":
            return self.optional({"type": "object", "maxProperties": 0})
        record = self.record(schema)
        return {"type": "array", "items": record} if schema.type == "multi-valued" else record

    def record(self, schema: ExtensionSchema, *, whole: bool = True) -> Schema:
        """Return the schema of one record; only a ``whole`` one needs its mandatory attributes."""
        needed = [
            attribute.name
            for attribute in schema.attributes
            if attribute.mandatory and attribute.default is None and whole
        ]
        properties = {}
        for attribute in schema.attributes:
            value = self.attribute(attribute)
            properties[attribute.name] = value if attribute.name in needed else self.optional(value)
        record: Schema = {"type": "object", "properties": properties, "additionalProperties": False}
        if needed:
            record["required"] = needed
        return record


class Taken:
    """Convert the marshmallow schemas of the API to JSON Schemas, using apispec."""

    def __init__(self, spec: APISpec, plugin: MarshmallowPlugin, scalars: Scalars) -> None:
        self.spec = spec

        def member(_converter: object, field: Field[Any], **_: Any) -> Schema:
            return scalars.of(field.converter) if isinstance(field, ConvertedField) else {}

        converter: Any = plugin.converter  # most of its methods are not typed
        converter.add_attribute_function(member)
        self._converter = converter

    def properties(self, schema: MarshmallowSchema) -> dict[str, Schema]:
        """Return the schema of every member of an event."""
        found: dict[str, Schema] = self._converter.schema2jsonschema(schema)["properties"]
        return found


class Described(NamedTuple):
    """The subject of a document: one world, or a server without any scenario.

    ``url`` is the address of the world, without a trailing slash; the base paths follow it.
    """

    url: str
    base_85: str = EDITION_85.base_path
    base_81: str = ""
    fidelity: Fidelity = Fidelity()
    metadata: Metadata = PREDEFINED
    has_users: bool = False
    """Whether requests need the credentials of a user."""
    needs_tenant: bool = False
    """Whether requests of edition 8.5 must name their tenant."""
    lenient: bool = False
    """Whether it includes everything that the server accepts, for testing the server, and not only
    what a correct client sends.
    """

    @property
    def scalars(self) -> Scalars:
        """The schemas of request values."""
        return Scalars(self.lenient)

    def base_of(self, edition: EditionName) -> str:
        """Return the base path of an edition, without a trailing slash."""
        return self.base_85 if edition == "8.5" else self.base_81


def edition_named(name: EditionName) -> Edition:
    """Return the edition of that name."""
    return EDITION_85 if name == "8.5" else EDITION_81


class Asked(NamedTuple):
    """The context of a body's schema: an edition of a document."""

    terms: Described
    edition: Edition
    taken: Taken

    @property
    def scalars(self) -> Scalars:
        """The schemas of request values."""
        return self.terms.scalars

    def named(self, name: str, schema: Schema) -> Schema:
        """Return a reference to a schema that has a name in clients.

        Generators name unnamed schemas after their location. A document of everything that is
        accepted is not for generating clients: there the schema is inlined.
        """
        if self.terms.lenient:
            return schema
        name = f"{name}81" if self.edition is EDITION_81 else name
        if name not in self.taken.spec.components.schemas:
            self.taken.spec.components.schema(name, plain(schema))
        return {"$ref": f"#/components/schemas/{name}"}

    @property
    def metadata(self) -> Metadata:
        """The metadata of the world that is described."""
        return self.terms.metadata
