"""What the document depends on: the base paths of the editions, and the setup of a world."""

from __future__ import annotations

from typing import NamedTuple

from cs_simulator.api.editions import EDITION_81, EDITION_85, Edition
from cs_simulator.domain.fidelity import Fidelity
from cs_simulator.domain.metadata import PREDEFINED, Metadata
from cs_simulator.openapi.scalars import Scalars, Schema, Taken, plain
from cs_simulator.operations.row import EditionName


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
