"""What a real server did, held against the simulator: record, compare, fit and probe.

A recording is replayed in a world that is thrown away. The world's clock follows the recording,
and it hands out the ids that the recording shows, so that what differs is behaviour.
"""
