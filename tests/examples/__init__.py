"""A project that uses Context Services, and tests itself with the pytest plugin.

It knows nothing of the simulator but its fixtures: copy it to begin with.
"""
