"""A simulator of Genesys Context Services for integration tests."""

__version__ = "0.1.0"
