"""The console and the report file in a real browser."""
