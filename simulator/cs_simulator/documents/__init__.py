"""Documents: texts that people write, read strictly and checked whole.

Scenarios, control requests and the bodies of the API share one way to read JSON and YAML, one
shape of a problem with one wording, one idea of the nearest name and one meaning of "equal".
"""
