"""The metadata of a world: profile attributes, extension schemas, identification keys.

It is an immutable value that worlds share; a change creates a new one. Source: API Reference,
*Profile Attribute Schema*, *Extension Schema*, *Get Identification Keys*.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

from cs_simulator.operations.row import Kind

KINDS: tuple[Kind, ...] = ("profiles", "services", "states", "tasks")

Shape = Literal["single-valued", "multi-valued", "classifier"]
"""How many records an extension has: one, a list, or one without attributes."""


class AttributeSchema(NamedTuple):
    """One attribute of a profile or of an extension.

    ``length`` is the maximum length of a string in characters, 0 for no limit; ``default`` is a
    checked value, or None. ``encrypt`` concerns the product's database, and is only stored here.
    """

    name: str
    type: str = "string"
    default: Any = None
    length: int = 0
    mandatory: bool = False
    encrypt: bool = False


class ExtensionSchema(NamedTuple):
    """An extension: its shape, its attributes, and those that no two records may share.

    Each item of ``unique`` lists the names of one or more attributes.
    """

    name: str
    type: Shape
    attributes: tuple[AttributeSchema, ...] = ()
    unique: tuple[tuple[str, ...], ...] = ()

    def attribute(self, name: str) -> AttributeSchema | None:
        """Return the attribute of that name, in any case, or None."""
        lowered = name.lower()
        for attribute in self.attributes:
            if attribute.name.lower() == lowered:
                return attribute
        return None

    def shown(self, records: Sequence[Mapping[str, Any]]) -> Any:
        """Return records of the extension as the API shows them: a list, or the single one."""
        return list(records) if self.type == "multi-valued" else records[0]


class IdentificationKey(NamedTuple):
    """A set of attributes by which customers are found: of the profile, or of one extension."""

    name: str
    attributes: tuple[str, ...]
    source: str | None = None
    """The extension, or None for the profile itself."""
    unique: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """The attributes as queries name them, with the extension's name as a prefix."""
        if self.source is None:
            return self.attributes
        return tuple(f"{self.source}.{name}" for name in self.attributes)


PREDEFINED_SCHEMA = tuple(
    AttributeSchema(name)
    for name in ("FirstName", "LastName", "PhoneNumber", "EmailAddress", "Title")
)
"""The visible attributes of a world whose scenario defines none. Source: *Attribute Schema*."""

INTERNAL_ATTRIBUTES = (
    AttributeSchema("LastCalledAgent_EmployeeID"),
    AttributeSchema("LastCalledAgent_TimeStamp", "date"),
    AttributeSchema("PreferredAgent_EmployeeID"),
)
"""Attributes that every profile schema has without showing them; they can be written and read.
Source: *Attribute Schema*.
"""

DOCUMENTED_MEDIA = ("email", "chat", "voice", "fax")
"""The media of a world that has no business attribute for media types: those in the documents'
sample of one (assumed).
"""

MEDIA_ATTRIBUTES = (
    AttributeSchema("LCA_EmplID_"),
    AttributeSchema("LCA_TimeStamp_", "date"),
    AttributeSchema("Pref_EmplID_"),
)
"""Prefixes of the internal attributes that exist for each media type; the type's name follows.
Source: *Attribute Schema*.
"""

PREDEFINED_KEYS = (
    IdentificationKey("idName", ("LastName", "FirstName")),
    IdentificationKey("idPhone", ("PhoneNumber",)),
    IdentificationKey("idEmail", ("EmailAddress",)),
)
"""The identification keys of a world whose scenario defines none (assumed)."""

Schemas = Mapping[Kind, tuple[ExtensionSchema, ...]]
_NO_SCHEMAS: Schemas = MappingProxyType({})


class Metadata:
    """The schemas and keys of a world; names are case-insensitive.

    Without ``attributes`` there is no profile schema, and no profile can be created.
    """

    __slots__ = ("_attributes", "_keys", "_schemas", "attributes", "keys", "media")

    def __init__(
        self,
        attributes: Sequence[AttributeSchema] = PREDEFINED_SCHEMA,
        keys: Sequence[IdentificationKey] = PREDEFINED_KEYS,
        schemas: Schemas = _NO_SCHEMAS,
        media: Sequence[str] = DOCUMENTED_MEDIA,
    ) -> None:
        self.attributes = tuple(attributes)
        self.keys = tuple(keys)
        self.media = tuple(media)
        named = {each.name.lower(): each for each in self.attributes}
        if named:
            named = {each.name.lower(): each for each in _internal(self.media)} | named
        self._attributes = named
        self._keys = {key.name.lower(): key for key in self.keys}
        self._schemas = {
            kind: {schema.name.lower(): schema for schema in those}
            for kind, those in schemas.items()
        }

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Metadata):
            return NotImplemented
        return (self.attributes, self.keys, self._schemas, self.media) == (
            other.attributes,
            other.keys,
            other._schemas,
            other.media,
        )

    __hash__ = None  # type: ignore[assignment] # it is compared in tests, and never a key

    def __repr__(self) -> str:
        return f"Metadata({self.attributes!r}, {self.keys!r}, {self._schemas!r}, {self.media!r})"

    # Queries

    def attribute(self, name: str) -> AttributeSchema | None:
        """Return an attribute of profiles, including internal ones, or None."""
        return self._attributes.get(name.lower())

    def all_attributes(self) -> tuple[AttributeSchema, ...]:
        """Return the attributes of profiles, the internal ones first."""
        return tuple(self._attributes.values())

    def column(self, name: str) -> tuple[str | None, AttributeSchema] | None:
        """Return what a query names: an extension (None for the profile) and an attribute."""
        attribute = self.attribute(name)
        if attribute is not None:
            return None, attribute
        source, _, rest = name.partition(".")
        schema = self.extension_schema("profiles", source)
        attribute = schema.attribute(rest) if schema is not None else None
        return None if schema is None or attribute is None else (schema.name, attribute)

    def columns(self) -> list[str]:
        """Return everything that a query can name, except internal attributes."""
        names = [attribute.name for attribute in self.attributes]
        for schema in self.extension_schemas("profiles"):
            names.extend(f"{schema.name}.{attribute.name}" for attribute in schema.attributes)
        return names

    def extension_schema(self, kind: Kind, name: str) -> ExtensionSchema | None:
        """Return the schema of an extension, or None."""
        return self._schemas.get(kind, {}).get(name.lower())

    def extension_schemas(self, kind: Kind) -> tuple[ExtensionSchema, ...]:
        """Return the schemas of all extensions of a kind, in order of creation."""
        return tuple(self._schemas.get(kind, {}).values())

    def key(self, name: str) -> IdentificationKey | None:
        """Return an identification key, or None."""
        return self._keys.get(name.lower())

    # Changes

    def with_schema(self, kind: Kind, schema: ExtensionSchema) -> Metadata:
        """Return metadata with one more extension schema."""
        return self._with_schemas(kind, (*self.extension_schemas(kind), schema))

    def without_schema(self, kind: Kind, schema: ExtensionSchema) -> Metadata:
        """Return metadata without an extension schema."""
        rest = tuple(each for each in self.extension_schemas(kind) if each.name != schema.name)
        return self._with_schemas(kind, rest)

    def with_key(self, key: IdentificationKey) -> Metadata:
        """Return metadata with one more identification key, which is inferred last."""
        return self._with(keys=(*self.keys, key))

    def without_key(self, key: IdentificationKey) -> Metadata:
        """Return metadata without an identification key."""
        return self._with(keys=tuple(each for each in self.keys if each.name != key.name))

    def _with_schemas(self, kind: Kind, those: tuple[ExtensionSchema, ...]) -> Metadata:
        return self._with(schemas={kind: those})

    def _with(
        self,
        keys: Sequence[IdentificationKey] | None = None,
        schemas: Schemas = _NO_SCHEMAS,
    ) -> Metadata:
        all_schemas = {kind: tuple(those.values()) for kind, those in self._schemas.items()}
        return Metadata(
            self.attributes,
            self.keys if keys is None else keys,
            {**all_schemas, **schemas},
            self.media,
        )


def _internal(media: Sequence[str]) -> tuple[AttributeSchema, ...]:
    """Return the attributes that are not shown: the common ones, and those of each media type."""
    return INTERNAL_ATTRIBUTES + tuple(
        each._replace(name=f"{each.name}{medium}") for medium in media for each in MEDIA_ATTRIBUTES
    )


PREDEFINED = Metadata()
"""The metadata of a world whose scenario does not define any."""
