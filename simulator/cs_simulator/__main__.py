"""Begin: ``python -m cs_simulator`` and the command ``cs-simulator`` are the same.

A server that is told to stop while it still imports what it needs stops at once. So whoever stops
it finds nothing half begun, and as the first process of a container it is not deaf.
"""

import gc
import os
import signal
import sys


def main() -> None:
    """Run the command; a signal ends a server from here on."""
    if "serve" in sys.argv[1:]:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, _stop)
        gc.disable()  # until all is imported and loaded: none of it is garbage
    from cs_simulator.cli import main as command  # after what must be there first

    command()


def _stop(_number: int, _frame: object) -> None:
    os._exit(0)


if __name__ == "__main__":
    main()
