"""Tests of one package each, in this process."""
