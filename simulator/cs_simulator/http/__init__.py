"""Waitress made safe: the server, its connections, the parser, the addresses, the log."""
