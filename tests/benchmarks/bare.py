"""The bare stack: waitress with the simulator's settings and one Flask route.

The route parses the same JSON and answers 201 with a Location: what any server made of Flask and
waitress pays, and so the yardstick.
"""

from __future__ import annotations

import logging
from itertools import count
from typing import Any

from flask import Flask, request
from waitress.server import create_server

from simulator.addresses import bind
from simulator.config import Settings


def main() -> None:
    """Serve on a free port, which is printed, until standard input closes."""
    app = Flask("bare")
    numbers = count(1)

    @app.post("/genesys/1/cs/services/start")
    def start() -> Any:
        request.get_json()
        number = next(numbers)
        location = f"/genesys/1/cs/services/{number}"
        return {"service_id": number}, 201, {"Location": location}

    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    settings = Settings(port=0)
    sockets, _ = bind(settings.hosts, 0)
    server = create_server(
        app,
        sockets=sockets,
        threads=settings.threads,
        channel_request_lookahead=1,
        asyncore_use_poll=True,
    )
    print(sockets[0].getsockname()[1], flush=True)
    server.run()


if __name__ == "__main__":
    main()
