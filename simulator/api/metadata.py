"""Queries of metadata: business attributes. Contract section 7."""

from __future__ import annotations

from collections.abc import Sequence

from simulator.api import resources
from simulator.api.calls import Call, Reply
from simulator.api.queries import Parameter
from simulator.domain.attributes import FULL_NAMES, canonical_name
from simulator.domain.errors import NothingFound
from simulator.domain.values import UnfitError


class FullName:
    """Take the name of a field that can be mapped, such as ``Service.type``."""

    expected = f"one of {', '.join(FULL_NAMES)}"

    def __call__(self, value: str) -> str:
        """Return the name as it is kept, or raise :exc:`UnfitError`."""
        name = canonical_name(value)
        if name is None:
            raise UnfitError(self.expected)
        return name


PARAMETERS: Sequence[Parameter] = (Parameter("cv-attribute", FullName()),)


def query_business_attributes(call: Call) -> Reply:
    """Show business attributes: all, one by name, or those that a field is mapped to."""
    setup = call.tx.setup
    name = call.args.get("name")
    if name is not None:
        attribute = setup.attributes.named(name)
        if attribute is None:
            known = ", ".join(setup.attributes.names()) or "none"
            raise NothingFound(f"There is no business attribute {name}", f"there are: {known}")
        return Reply(200, resources.business_attribute(attribute, map_names=setup.map_names))
    wanted = call.query["cv-attribute"]
    return Reply(
        200,
        [
            resources.business_attribute(attribute, map_names=setup.map_names)
            for attribute in setup.attributes
            if wanted is None or wanted in attribute.cv_attributes
        ],
    )
