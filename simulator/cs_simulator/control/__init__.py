"""The control API: what a test, or a person, asks of the simulator and not of the product."""
