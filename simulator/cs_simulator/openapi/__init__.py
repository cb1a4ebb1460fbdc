"""The OpenAPI document of both editions, generated from the operations and schemas.

The package is a door: nothing in it is imported until the document is requested.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cs_simulator.late import door

if TYPE_CHECKING:
    from cs_simulator.openapi.document import openapi as openapi
    from cs_simulator.openapi.document import terms_of as terms_of
    from cs_simulator.openapi.scalars import Described as Described

AUDIENCES = ("clients", "fuzzing")
"""The purpose of the document: generating clients, or testing the server against it."""

__getattr__ = door(
    __name__, {"Described": "scalars", "openapi": "document", "terms_of": "document"}
)
