"""The judge: what a client did, held against what it should have done.

Everything here is a function of entries of the journal: :mod:`~cs_simulator.judge.intents` says
which attempts mean one thing, :mod:`~cs_simulator.judge.virtues` has a row for each thing that can
be demanded of them, :mod:`~cs_simulator.judge.court` holds one against the other.
"""
