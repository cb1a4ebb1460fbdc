"""Entry point: ``python -m cs_simulator`` and the command ``cs-simulator`` are the same.

A server that receives a signal while it is still importing modules exits at once. It leaves nothing
half started, and it reacts to signals even as the first process of a container.
"""

import gc
import os
import signal
import sys


def main() -> None:
    """Run the command; from here on a signal stops the server."""
    if "serve" in sys.argv[1:]:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, _stop)
        gc.disable()  # until everything is imported and loaded: none of it is garbage
    from cs_simulator.cli import main as command  # after the imports that must come first

    command()


def _stop(_number: int, _frame: object) -> None:
    os._exit(0)


if __name__ == "__main__":
    main()
