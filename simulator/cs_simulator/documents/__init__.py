"""Documents: texts that people write, read strictly and checked completely.

Scenarios, control requests and the bodies of the API share one way to read JSON and YAML, one
shape of a problem with one wording, one idea of the nearest name and one meaning of "equal".

The package is a door: what knows YAML is imported by the first document that is written in it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cs_simulator.late import door

if TYPE_CHECKING:
    from cs_simulator.documents.yaml_text import read_yaml as read_yaml
    from cs_simulator.documents.yaml_text import yaml_of as yaml_of
    from cs_simulator.documents.yaml_text import yaml_positions as yaml_positions

__getattr__ = door(
    __name__, {"read_yaml": "yaml_text", "yaml_of": "yaml_text", "yaml_positions": "yaml_text"}
)
