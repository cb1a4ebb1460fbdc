"""What the document depends on: where the editions are found, and how a world is set up."""

from __future__ import annotations

from typing import NamedTuple

from cs_simulator.api.editions import EDITION_81, EDITION_85, Edition
from cs_simulator.domain.fidelity import Fidelity
from cs_simulator.domain.metadata import PREDEFINED, Metadata
from cs_simulator.openapi.scalars import Scalars, Schema, Taken, plain
from cs_simulator.operations.row import EditionName


class Described(NamedTuple):
    """What a document describes: one world, or a server that is set up as no scenario changes it.

    ``url`` is the address of the world, without a slash at its end; the base paths stand below it.
    """

    url: str
    base_85: str = EDITION_85.base_path
    base_81: str = ""
    fidelity: Fidelity = Fidelity()
    metadata: Metadata = PREDEFINED
    has_users: bool = False
    """Whether requests must bear the name and password of a user."""
    needs_tenant: bool = False
    """Whether requests of edition 8.5 must name their tenant."""
    lenient: bool = False
    """Whether it has all that the server takes, for who holds the one against the other, and not
    only what a correct client sends."""

    @property
    def scalars(self) -> Scalars:
        """The schemas of what is sent."""
        return Scalars(self.lenient)

    def base_of(self, edition: EditionName) -> str:
        """Return the base path of an edition, without a slash at its end."""
        return self.base_85 if edition == "8.5" else self.base_81


def edition_named(name: EditionName) -> Edition:
    """Return an edition by its name."""
    return EDITION_85 if name == "8.5" else EDITION_81


class Asked(NamedTuple):
    """For what a body is described: an edition of a document."""

    terms: Described
    edition: Edition
    taken: Taken

    @property
    def scalars(self) -> Scalars:
        """The schemas of what is sent."""
        return self.terms.scalars

    def named(self, name: str, schema: Schema) -> Schema:
        """Return a reference to a schema that clients shall know by a name.

        Generators name what has no name after the place where it stands. A document of all that is
        taken makes no clients: there the schema stands where it is used.
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
