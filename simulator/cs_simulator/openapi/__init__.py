"""The OpenAPI document of both editions, made from the table of operations and the schemas.

Nothing here is imported until somebody asks for the document.
"""
