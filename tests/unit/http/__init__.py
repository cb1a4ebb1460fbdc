"""The loop, its connections, its pool and its parser, in this process."""
