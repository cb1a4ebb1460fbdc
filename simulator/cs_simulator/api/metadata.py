"""Queries of metadata: business attributes. Contract section 7."""

from __future__ import annotations

from cs_simulator.api import resources
from cs_simulator.api.calls import Call, Reply
from cs_simulator.domain.errors import NothingFound


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
