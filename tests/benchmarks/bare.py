"""The bare stack: waitress with its own settings and one Flask route.

The route parses the same JSON and answers 201 with a Location: what any server made of Flask and
waitress pays, and so the yardstick. A file of answers adds a route for each, which parses what JSON
there is and answers the same every time.
"""

from __future__ import annotations

import json
import logging
import sys
from itertools import count
from pathlib import Path
from typing import Any

from flask import Flask, request
from waitress.server import create_server

from cs_simulator.config import Settings
from cs_simulator.http.addresses import bind


def main(answers: Path | None = None) -> None:
    """Serve on a free port, which is printed, until somebody ends the process."""
    app = Flask("bare")
    numbers = count(1)

    @app.post("/genesys/1/cs/services/start")
    def start() -> Any:
        request.get_json()
        number = next(numbers)
        location = f"/genesys/1/cs/services/{number}"
        return {"service_id": number}, 201, {"Location": location}

    if answers is not None:
        for number, answer in enumerate(json.loads(answers.read_text(encoding="utf-8"))):
            _add(app, f"answer-{number}", **answer)
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    sockets, _ = bind(Settings().hosts, 0)
    server = create_server(
        app,
        sockets=sockets,
        threads=4,
        channel_request_lookahead=1,
        asyncore_use_poll=True,
    )
    print(sockets[0].getsockname()[1], flush=True)
    server.run()


def _add(
    app: Flask, name: str, *, method: str, rule: str, status: int, location: str | None, body: Any
) -> None:
    """Add a route that answers the same every time."""
    headers = {"Location": location} if location else {}
    if status == 204:
        status = 200  # with nothing else about it, waitress closes the connection after a 204

    def answer(**_: str) -> Any:
        if request.content_length:
            request.get_json()
        return "" if body is None else body, status, headers

    app.add_url_rule(rule, name, answer, methods=[method])


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
