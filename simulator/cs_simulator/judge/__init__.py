"""The judge: what a client did, compared with what it should have done.

Everything here is a function of journal entries: :mod:`~cs_simulator.judge.intents` decides which
attempts belong together, :mod:`~cs_simulator.judge.virtues` has a row for each requirement, and
:mod:`~cs_simulator.judge.court` applies the requirements to the attempts.
"""
