"""The modules of the package, each read and parsed once for all tests that look into the source."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import cs_simulator

PACKAGE = Path(cs_simulator.__file__).parent


@dataclass(frozen=True)
class Module:
    """One module of the package."""

    path: Path

    @property
    def name(self) -> str:
        """Its path within the package."""
        return self.path.relative_to(PACKAGE).as_posix()

    @property
    def full_name(self) -> str:
        """Its name, as it is imported."""
        pieces = ("cs_simulator", *self.path.relative_to(PACKAGE).with_suffix("").parts)
        return ".".join(pieces[:-1] if pieces[-1] == "__init__" else pieces)

    @property
    def part(self) -> str:
        """The package, or the module of the top level, that it belongs to."""
        return self.path.relative_to(PACKAGE).parts[0].removesuffix(".py")

    @cached_property
    def source(self) -> str:
        """What stands in it."""
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        """Its source, parsed; a test that changes a tree parses the source itself."""
        return ast.parse(self.source)


@cache
def modules() -> tuple[Module, ...]:
    """Return every module of the package."""
    found = tuple(map(Module, sorted(PACKAGE.rglob("*.py"))))
    assert found
    return found
