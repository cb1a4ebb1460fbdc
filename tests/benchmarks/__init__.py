"""The budgets, measured: ``python -m tests.benchmarks``."""
