"""Read the pages of the documentation: their fenced blocks, tables, headings and links."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = (
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    *sorted((ROOT / "docs").rglob("*.md")),
)

_PROMPT = "$ "
_CONTINUED = "> "


@dataclass(frozen=True)
class Command:
    """A command of a ``console`` block, and what it prints."""

    text: str
    expected: str


@dataclass(frozen=True)
class Block:
    """A fenced block: the words after its fence, its lines, and the line it begins at."""

    page: Path
    line: int
    info: str
    lines: Sequence[str]

    @property
    def language(self) -> str:
        return self.info.partition(" ")[0]

    @property
    def text(self) -> str:
        return "".join(f"{line}\n" for line in self.lines)

    @property
    def is_scenario(self) -> bool:
        """Whether the block is a scenario; other files in YAML say what they are."""
        return self.info in ("yaml", "yaml wrong")

    @property
    def file_name(self) -> str | None:
        """Return the name that the first line of a file gives it, such as ``# shop.yaml``."""
        found = re.fullmatch(r"# ([\w-]+\.(?:yaml|py))", self.lines[0]) if self.lines else None
        return found[1] if found else None

    def commands(self) -> list[Command]:
        """Return the commands of a ``console`` block: ``$`` begins one and ``>`` continues it."""
        commands: list[Command] = []
        text: list[str] = []
        expected: list[str] = []

        def finish() -> None:
            if text:
                commands.append(Command("\n".join(text), "\n".join(expected)))

        for line in self.lines:
            if line.startswith(_PROMPT):
                finish()
                text, expected = [line.removeprefix(_PROMPT)], []
            elif line.startswith(_CONTINUED) and not expected:
                text.append(line.removeprefix(_CONTINUED))
            else:
                expected.append(line)
        finish()
        return commands

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def blocks_of(page: Path) -> list[Block]:
    """Return the fenced blocks of a page, in order."""
    blocks = []
    info: str | None = None
    start = 0
    lines: list[str] = []
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
        if not line.startswith("```"):
            lines.append(line)
        elif info is None:
            info, start, lines = line.removeprefix("```").strip(), number, []
        else:
            blocks.append(Block(page, start, info, lines))
            info, lines = None, []
    assert info is None, f"{page.name}:{start}: a block that is not closed"
    return blocks


def typed_on(page: Path) -> str:
    """Return all that a page has its reader type."""
    consoles = [block for block in blocks_of(page) if block.language == "console"]
    return " ".join(command.text for block in consoles for command in block.commands())


def all_blocks(*languages: str) -> list[Block]:
    """Return the blocks of all pages in some languages."""
    return [block for page in PAGES for block in blocks_of(page) if block.language in languages]


def prose_of(page: Path) -> str:
    """Return a page without its fenced blocks."""
    return re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.S | re.M)


def apart(page: str, written: Iterable[object], there: Iterable[object]) -> str:
    """Return in words what a page does not say, and what it says that is not there."""
    written, there = list(written), list(there)
    missing = ", ".join(str(each) for each in there if each not in written)
    wrong = ", ".join(str(each) for each in written if each not in there)
    if not missing and not wrong:
        return f"{page} has all, in another order or more than once"
    said = (missing and f"lacks {missing}", wrong and f"has {wrong}, which the code has not")
    return f"{page} {', and '.join(filter(None, said))}"


def rows_of(page: Path, first_heading: str) -> Iterator[list[str]]:
    """Yield the rows of the table whose first column has a heading, each a list of cells."""
    inside = False
    for line in prose_of(page).splitlines():
        if not line.startswith("|"):
            inside = False
            continue
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        if cells[0] == first_heading:
            inside = True
        elif inside and not set(cells[0]) <= set("-: "):
            yield cells


def anchors_of(page: Path) -> set[str]:
    """Return what a link to a heading of a page may end in."""
    headings = re.findall(r"^#+ (.+)$", prose_of(page), flags=re.M)
    return {
        re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings
    }
