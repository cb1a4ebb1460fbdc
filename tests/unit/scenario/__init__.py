"""Scenario documents: how they are read, checked, merged and carried out."""
