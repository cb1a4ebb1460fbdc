"""Make ``python -m simulator`` the same as the ``cs-simulator`` command."""

from simulator.cli import main

if __name__ == "__main__":
    main()
