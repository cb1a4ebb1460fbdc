"""What tests share.

A world in this process (:mod:`.simulation`), an application in this process (:mod:`.app`) and what
asks both (:mod:`.wsgi`), a server of its own (:mod:`.server`, :mod:`.forked`), the vendor's
examples (:mod:`.seeds`), and the source of the package (:mod:`.modules`).
"""

from tests.support.simulation import (
    BASE,
    EXCEPTIONS,
    FIRST_SERVICE,
    FIRST_STATE,
    FIRST_TASK,
    HTTP_NOW,
    NOW,
    ApiResponse,
    Document,
    Simulation,
)
from tests.support.sources import assumed, documented, relied_on

WITHOUT_OUR_PLUGINS = " ".join(
    f"-p no:{name}"
    for name in (
        "schemathesis",
        "hypothesispytest",
        "anyio",
        "faker",
        "randomly",
        "pytest_httpserver",
    )
)
"""Options for the pytest of a user: it has none of the plugins that our tests install.

Each of them takes its time to start, Schemathesis a second.
"""

__all__ = [
    "BASE",
    "EXCEPTIONS",
    "FIRST_SERVICE",
    "FIRST_STATE",
    "FIRST_TASK",
    "HTTP_NOW",
    "NOW",
    "WITHOUT_OUR_PLUGINS",
    "ApiResponse",
    "Document",
    "Simulation",
    "assumed",
    "documented",
    "relied_on",
]
