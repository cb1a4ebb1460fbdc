"""What the recipes declare can be read, and each of their files is run by a command."""

from __future__ import annotations

import tomllib

from packaging.requirements import Requirement

from tests.docs.pages import ROOT, blocks_of, typed_on

PAGE = ROOT / "docs" / "recipes.md"


def test_every_test_file_is_run_by_a_command() -> None:
    typed = typed_on(PAGE)
    files = [str(block.file_name) for block in blocks_of(PAGE) if block.language == "python"]
    assert len(files) >= 8
    assert [name for name in files if name.startswith("test_") and name not in typed] == []


def test_declarations_can_be_read() -> None:
    read = [tomllib.loads(block.text) for block in blocks_of(PAGE) if block.language == "toml"]
    assert read[0]["tool"]["pytest"]["ini_options"] == {"context_services_world": "shop-{run}"}
    for lines in read[1]["project"]["optional-dependencies"].values():
        requirement = Requirement(lines[0])
        assert (requirement.name, requirement.extras) == ("cs-simulator", {"pytest"})
        assert requirement.url
