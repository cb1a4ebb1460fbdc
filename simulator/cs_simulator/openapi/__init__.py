"""The OpenAPI document of both editions, made from the table of operations and the schemas.

Nothing here is imported until somebody asks for the document.
"""

AUDIENCES = ("clients", "fuzzing")
"""For whom the document is: clients are made from it, or the server is held against it."""
