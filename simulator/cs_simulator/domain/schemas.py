"""Schemas: the attributes of profiles, the contents of extensions, and identification keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
