"""Several scenarios at once: each is merged over those before it, and each file once."""

from __future__ import annotations

import pytest

from cs_simulator.documents.problems import DocumentError
from cs_simulator.scenario.catalogue import Catalogue, shipped_folder
from cs_simulator.scenario.loader import ScenarioLoader
from tests.support.problems import meant
from tests.unit.scenario.support import Folder


def loader(folder: Folder) -> ScenarioLoader:
    return ScenarioLoader(Catalogue([shipped_folder(), folder.path]))


@pytest.fixture
def mine(folder: Folder) -> str:
    folder.put("base.yaml", "seed: 1\nservices: [{service_id: 1, contact_key: K}]\n")
    folder.put("one.yaml", "extends: base\ncustomers: [{customer_id: A}]\n")
    folder.put("two.yaml", "extends: base\nseed: 2\nfaults: [{name: f, on: any, delay: 1s}]\n")
    return "one,two"


def test_each_is_merged_over_those_before_it(folder: Folder, mine: str) -> None:
    scenario = loader(folder).load(mine)
    assert (scenario.name, scenario.seed, scenario.reference) == ("one+two", 2, "one,two")
    assert [rule.name for rule in scenario.faults] == ["f"]
    files = [path.stem for path, _ in loader(folder).catalogue.chain(mine)]
    assert files == ["base", "one", "two"]


def test_document_extends_several(folder: Folder, mine: str) -> None:
    assert mine
    folder.put("all.yaml", "extends: [one, two]\nname: all\n")
    scenario = loader(folder).load("all")
    assert (scenario.name, scenario.seed) == ("all", 2)
    assert len(scenario.base(0).store) == 1


def test_own_data_meet_a_shipped_fault(folder: Folder, mine: str) -> None:
    assert mine
    scenario = loader(folder).load("one, outage")
    assert [stage.name for stage in scenario.stages] == ["healthy", "outage", "recovered"]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("one,tow", f"scenario: no scenario named 'tow'; {meant('two')}"),
        ("one,./three.yaml", "scenario: file three.yaml does not exist"),
    ],
)
def test_one_that_is_not_there_is_named(folder: Folder, mine: str, name: str, message: str) -> None:
    assert mine
    with pytest.raises(DocumentError) as error:
        loader(folder).load(name)
    assert str(error.value) == message


def test_mistakes_of_all_are_told(folder: Folder) -> None:
    folder.put("a.yaml", "sed: 1")
    folder.put("b.yaml", "seed: x")
    with pytest.raises(DocumentError) as error:
        loader(folder).load("a,b")
    assert [problem.at for problem in error.value.problems] == ["sed", "seed"]


def test_file_with_a_comma_in_its_name_is_one(folder: Folder) -> None:
    path = folder.put("a,b.yaml", "seed: 7")
    assert loader(folder).load(str(path)).seed == 7


def test_folder_may_hold_a_schema_and_a_ready_file(folder: Folder) -> None:
    folder.put("mine.yaml", "seed: 1")
    folder.put("scenario.schema.json", '{\n  "$schema": "https://json-schema.org"}')
    folder.put("ready.json", '{"url": "http://localhost:8080", "port": 8080}')
    folder.put("kept.json", '{"format": 1}')
    assert sorted(Catalogue([folder.path]).files()) == ["kept", "mine"]
