"""Variables that look like ours and are not: misspelt, or put there by a platform."""

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
"""Variables of no option of ``serve``: other commands, the plugin and drilled clients read them."""

_OF_A_PLATFORM = re.compile(
    rf"{PREFIX}_(?:\w+_)?(?:SERVICE_HOST|SERVICE_PORT(?:_\w+)?|PORT_\d+_(?:TCP|UDP|SCTP)(?:_\w+)?)"
    rf"|{PREFIX}_(?:\w+_)?ENV_\w+"
)
"""What Kubernetes and links of containers set beside a service of the name cs-simulator, or of one
whose name begins so."""


def warnings(environment: Mapping[str, str], known: Iterable[str]) -> list[str]:
    """Return what to say of the variables that look like ours and that nothing reads.

    ``known`` are those of the options. What a platform sets is nobody's mistake.
    """
    names = [*known, *OTHERS]
    ours = [name for name in environment if name.startswith(f"{PREFIX}_") and name not in names]
    unknown = [name for name in ours if not _is_set_by_others(name, environment[name])]
    return [_warning(name, names) for name in sorted(unknown)]


def _is_set_by_others(name: str, value: str) -> bool:
    """Tell whether a platform has set a variable, as its name or its value shows."""
    is_link = name.endswith("_NAME") and value.startswith("/")
    return is_link or is_injected(value) or _OF_A_PLATFORM.fullmatch(name) is not None


def _warning(name: str, known: list[str]) -> str:
    own = name.removeprefix(f"{PREFIX}_")  # what all of them share makes none of them near
    parts = [each.removeprefix(f"{PREFIX}_") for each in known]
    longer = [each for each in parts if f"_{own}_" in f"_{each}_"]
    meant = longer or [each for each in [nearest(own, parts)] if each]
    names = " or ".join(f"{PREFIX}_{each}" for each in meant)
    fix = f"did you mean {names}?" if names else "see cs-simulator serve --help"
    return f"the variable {name} has no effect: no option has that name; {fix}"
