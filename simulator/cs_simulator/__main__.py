"""Make ``python -m cs_simulator`` the same as the ``cs-simulator`` command."""

from cs_simulator.cli import main

if __name__ == "__main__":
    main()
