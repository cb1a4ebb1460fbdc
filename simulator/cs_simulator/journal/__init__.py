"""The journal: the newest requests of a world with their responses, within limits."""
