"""The OpenAPI document of both editions, made from the table of operations and the schemas.

The package is a door: nothing here is imported until somebody asks for the document.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cs_simulator.late import door

if TYPE_CHECKING:
    from cs_simulator.openapi.document import openapi as openapi
    from cs_simulator.openapi.document import terms_of as terms_of
    from cs_simulator.openapi.terms import Described as Described

AUDIENCES = ("clients", "fuzzing")
"""For whom the document is: clients are made from it, or the server is held against it."""

__getattr__ = door(__name__, {"Described": "terms", "openapi": "document", "terms_of": "document"})
