"""Clients that tools make from the OpenAPI documents, made and used."""
