"""Environment variables that look like ours and are not: misspelled, or set by a platform."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from cs_simulator.cli.options import PREFIX, is_injected
from cs_simulator.documents.problems import nearest

OTHERS = (
    "CS_SIMULATOR_DRILL",
    "CS_SIMULATOR_HEALTH_TIMEOUT",
    "CS_SIMULATOR_RUN",
    "CS_SIMULATOR_URL",
    "CS_SIMULATOR_WORLD",
)
"""Variables that no option of ``serve`` reads: other commands, the plugin and drilled clients use
them.
"""

_OF_A_PLATFORM = re.compile(
    rf"{PREFIX}_(?:\w+_)?(?:SERVICE_HOST|SERVICE_PORT(?:_\w+)?|PORT_\d+_(?:TCP|UDP|SCTP)(?:_\w+)?)"
    rf"|{PREFIX}_(?:\w+_)?ENV_\w+"
)
"""Variables that Kubernetes and container links set next to a service named cs-simulator, or one
whose name begins with that.
"""


def warnings(environment: Mapping[str, str], known: Iterable[str]) -> list[str]:
    """Return warnings for variables that look like ours and that nothing reads.

    ``known`` are the variables of the options. What a platform sets causes no warning.
    """
    names = [*known, *OTHERS]
    ours = [name for name in environment if name.startswith(f"{PREFIX}_") and name not in names]
    unknown = [name for name in ours if not _is_set_by_others(name, environment[name])]
    return [_warning(name, names) for name in sorted(unknown)]


def _is_set_by_others(name: str, value: str) -> bool:
    """Tell whether a platform set a variable, by its name or its value."""
    is_link = name.endswith("_NAME") and value.startswith("/")
    return is_link or is_injected(value) or _OF_A_PLATFORM.fullmatch(name) is not None


def _warning(name: str, known: list[str]) -> str:
    own = name.removeprefix(f"{PREFIX}_")  # the prefix that all share makes none of them similar
    parts = [each.removeprefix(f"{PREFIX}_") for each in known]
    longer = [each for each in parts if f"_{own}_" in f"_{each}_"]
    meant = longer or [each for each in [nearest(own, parts)] if each]
    names = " or ".join(f"{PREFIX}_{each}" for each in meant)
    fix = f"did you mean {names}?" if names else "see cs-simulator serve --help"
    return f"the variable {name} has no effect: no option has that name; {fix}"
