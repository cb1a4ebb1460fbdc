"""Faults: rules that say which requests go wrong, when, and how.

Rules are data, judging them is a function of their counters and a request; only
:mod:`cs_simulator.faults.wire` touches sockets.
"""
