"""The HTTP face of Context Services, in this process."""
