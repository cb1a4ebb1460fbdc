"""What the document depends on: where the editions are found, and how a world is set up."""

from __future__ import annotations

from typing import NamedTuple

from cs_simulator.api.editions import EDITION_81, EDITION_85, Edition
from cs_simulator.domain.fidelity import Fidelity
from cs_simulator.domain.metadata import PREDEFINED, Metadata
from cs_simulator.openapi.scalars import Taken
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
    def metadata(self) -> Metadata:
        """The metadata of the world that is described."""
        return self.terms.metadata
