"""A real server's behaviour compared with the simulator's: record, compare, fit and probe.

A recording is replayed in a temporary world. The world's clock follows the recording, and it hands
out the ids that the recording shows, so that all differences are differences in behaviour.
"""
