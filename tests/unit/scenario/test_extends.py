"""The catalogue, and what a scenario takes over from the one that it extends."""

from __future__ import annotations

from pathlib import Path

import pytest

from cs_simulator.documents.problems import DocumentError
from cs_simulator.scenario.catalogue import MAX_DEPTH, Catalogue
from cs_simulator.scenario.document import DOCUMENT
from cs_simulator.scenario.loader import ScenarioLoader
from tests.support.problems import meant
from tests.unit.scenario.support import NOW, Folder

PARENT = """
    name: parent
    description: The parent's own.
    seed: 5
    settings: {expiration: 1d, auto_complete: {enabled: true, after: 1h}}
    fidelity: {end_twice: reject, state_references: ignore}
    business_attributes:
      One: {dbid: 1, default: a, values: [{name: a, dbid: 2}]}
      Two: {dbid: 3, values: []}
    customers:
      - {customer_id: A, FirstName: Ada, Title: Countess}
      - {FirstName: Nobody}
      - {customer_id: B, FirstName: Bob}
    services: [{contact_key: first}]
"""


MERGED = {
    "format": ("1", "1", "1"),
    "name": ("p", "c", "c"),
    "description": ("p", "c", "c"),
    "seed": ("1", "2", "2"),
    "clock": (
        "{mode: frozen, time: 2026-01-05T09:00:00Z}",
        "{mode: offset}",
        "{mode: offset, time: 2026-01-05T09:00:00Z}",
    ),
    "first_ids": ("{state: 1, task: 2}", "{task: 3}", "{state: 1, task: 3}"),
    "settings": (
        "{map_names: true, auto_complete: {enabled: true, after: 1h}}",
        "{expiration: 1d, auto_complete: {after: 2h}}",
        "{map_names: true, expiration: 1d, auto_complete: {enabled: true, after: 2h}}",
    ),
    "fidelity": (
        "{end_twice: reject}",
        "{custom_ids: accept}",
        "{end_twice: reject, custom_ids: accept}",
    ),
    "business_attributes": (
        "{A: {dbid: 1, values: []}, B: {dbid: 2, default: x, values: [{name: x, dbid: 1}]}}",
        "{C: {dbid: 3, values: []}, B: {dbid: 4, values: []}}",
        "{A: {dbid: 1, values: []}, B: {dbid: 4, values: []}, C: {dbid: 3, values: []}}",
    ),
    "profile_attributes": (
        "[{name: A, type: string}, {name: B, type: date, length: 5}]",
        "[{name: C, type: string}, {name: b, type: long}, {name: Title, remove: true}]",
        (
            "[{name: A, type: string}, {name: b, type: long}, {name: C, type: string}, "
            "{name: Title, remove: true}]"
        ),
    ),
    "extension_schemas": (
        "{profiles: [{name: A, type: classifier}, {name: B, type: classifier}]}",
        "{profiles: [{name: a, remove: true}], tasks: [{name: A, type: classifier}]}",
        "{profiles: [{name: B, type: classifier}], tasks: [{name: A, type: classifier}]}",
    ),
    "identification_keys": (
        "[{name: A, attributes: [Title]}]",
        "[{name: B, attributes: [LastName]}, {name: a, attributes: [FirstName]}]",
        "[{name: a, attributes: [FirstName]}, {name: B, attributes: [LastName]}]",
    ),
    "customers": (
        "[{customer_id: A, Title: x}, {FirstName: y}, {customer_id: B}]",
        "[{customer_id: C}, {customer_id: A, LastName: z}, {customer_id: B, remove: true}]",
        "[{customer_id: A, LastName: z}, {FirstName: y}, {customer_id: C}]",
    ),
    "services": (
        "[{contact_key: p}]",
        "[{contact_key: c}]",
        "[{contact_key: p}, {contact_key: c}]",
    ),
    "deleted_services": (
        "[{service_id: 1, how: purged, time: 2026-01-05T09:00:00.000Z}]",
        "[{service_id: 2, how: expired, time: 2026-01-05T09:00:00.000Z}]",
        (
            "[{service_id: 1, how: purged, time: 2026-01-05T09:00:00.000Z}, "
            "{service_id: 2, how: expired, time: 2026-01-05T09:00:00.000Z}]"
        ),
    ),
    "interactions": (
        "[{interaction_id: p, customer_id: A, media_type: chat}]",
        "[{interaction_id: c, customer_id: A, media_type: voice}]",
        (
            "[{interaction_id: p, customer_id: A, media_type: chat}, "
            "{interaction_id: c, customer_id: A, media_type: voice}]"
        ),
    ),
    "generate": (
        "{contacts: {count: 1}}",
        "[{contacts: {count: 2}}]",
        "[{contacts: {count: 1}}, {contacts: {count: 2}}]",
    ),
    "faults": (
        "[{name: p, on: any, delay: 1ms}]",
        "[{name: c, on: any, delay: 2ms}]",
        "[{name: c, on: any, delay: 2ms}, {name: p, on: any, delay: 1ms}]",
    ),
    "stages": ("[{name: a, until: {calls: 1}}, {name: b}]", "[{name: c}]", "[{name: c}]"),
    "expect": ("[{attempts: 1}, {attempts: 2}]", "[{attempts: 3}]", "[{attempts: 3}]"),
    "progress": (
        "{stage: {name: a, entered: 2026-01-05T09:00:00Z, calls: 1}}",
        "{faults: {}}",
        "{stage: {name: a, entered: 2026-01-05T09:00:00Z, calls: 1}, faults: {}}",
    ),
}
"""What each key of a parent and of its child merge to."""


def test_every_key_has_a_case_of_how_it_merges() -> None:
    missing = DOCUMENT.members.keys() - MERGED.keys() - {"extends"}
    assert not missing, "add to MERGED what a parent's value and its child's merge to"


@pytest.mark.parametrize("key", MERGED)
def test_value_of_a_child_merges_with_its_parents(folder: Folder, key: str) -> None:
    parent, child, both = MERGED[key]
    folder.put("parent.yaml", f"{key}: {parent}")
    folder.put("child.yaml", f"extends: parent\n{key}: {child}")
    folder.put("both.yaml", f"{key}: {both}")
    assert folder.document("child")[key] == folder.document("both")[key]


def names(folder: Folder, wanted: str) -> list[tuple[object, object]]:
    document = folder.document(wanted)
    return [(each.get("customer_id"), each.get("FirstName")) for each in document["customers"]]


def test_scalars_are_the_childs_where_it_has_any(folder: Folder) -> None:
    folder.put("parent.yaml", PARENT)
    folder.put("same.yaml", "extends: parent")
    folder.put("other.yaml", "extends: parent\nseed: 6")
    assert [folder.load(name).seed for name in ("same", "other")] == [5, 6]


def test_name_and_description_are_never_inherited(folder: Folder) -> None:
    folder.put("parent.yaml", PARENT)
    folder.put("child.yaml", "extends: parent")
    folder.put("v1.2.yaml", "extends: child\ndescription: My own.")
    assert [(each.name, each.description) for each in map(folder.load, ("parent", "child"))] == [
        ("parent", "The parent's own."),
        ("child", ""),
    ]
    grandchild = folder.load("v1.2")
    assert (grandchild.name, grandchild.description) == ("v1.2", "My own.")


def test_customers_are_replaced_in_place(folder: Folder) -> None:
    folder.put("parent.yaml", PARENT)
    folder.put(
        "child.yaml",
        "extends: parent\ncustomers: [{customer_id: C, FirstName: Cy}, {FirstName: Any}, "
        "{customer_id: A, FirstName: Anne}]",
    )
    assert names(folder, "child") == [
        ("A", "Anne"),
        (None, "Nobody"),
        ("B", "Bob"),
        ("C", "Cy"),
        (None, "Any"),
    ]
    # Replaced as a whole, not merged.
    assert "Title" not in folder.document("child")["customers"][0]


def test_remove_drops_one(folder: Folder) -> None:
    folder.put("parent.yaml", PARENT)
    folder.put(
        "child.yaml",
        "extends: parent\ncustomers: [{customer_id: A, remove: true}]\n"
        "business_attributes: {One: {remove: true}}",
    )
    assert names(folder, "child") == [(None, "Nobody"), ("B", "Bob")]
    assert folder.load("child").setup.attributes.names() == ("Two",)


def test_remove_false_removes_nothing(folder: Folder) -> None:
    folder.put("child.yaml", "customers: [{customer_id: A, FirstName: Ada, remove: false}]")
    assert names(folder, "child") == [("A", "Ada")]


def test_removing_what_is_not_there_is_a_mistake(folder: Folder) -> None:
    folder.put("parent.yaml", PARENT)
    folder.put(
        "child.yaml",
        "extends: parent\ncustomers: [{customer_id: a, remove: true}, {remove: true}]\n"
        "business_attributes: {on: {remove: true}}",
    )
    folder.put(
        "twice.yaml",
        "extends: parent\ncustomers: [{customer_id: A, remove: true}, {customer_id: A}, "
        "{customer_id: n}, {customer_id: n}]",
    )
    assert folder.mistakes("twice") == [
        "twice.yaml:2:59: customers[1].customer_id: duplicate customer_id A",
        "twice.yaml:2:95: customers[3].customer_id: duplicate customer_id n",
    ]
    folder.put("alone.yaml", "customers: [{customer_id: A, remove: true}]")
    assert folder.mistakes("child") == [
        ("child.yaml:2:13: customers[0]: nothing to remove: no customer_id 'a'; available: A, B"),
        "child.yaml:2:45: customers[1]: nothing to remove: customer_id is missing",
        (
            "child.yaml:3:27: business_attributes.on: nothing to remove: no name 'on'; "
            "available: One, Two"
        ),
    ]
    assert folder.mistakes("alone") == [
        ("alone.yaml:1:13: customers[0]: nothing to remove: no customer_id 'A'")
    ]


def test_services_come_after_the_parents(folder: Folder) -> None:
    folder.put("parent.yaml", PARENT)
    folder.put("child.yaml", "extends: parent\nservices: [{contact_key: second}]")
    services = list(folder.load("child").base(NOW).store.services())
    assert [(each.contact_key, each.service_id) for each in services] == [
        ("first", 4_294_967_297),
        ("second", 4_294_967_298),
    ]


def test_parent_by_a_path_beside_the_file(folder: Folder) -> None:
    inner = Folder(folder.path / "inner")
    folder.put("base.yaml", "seed: 1")
    inner.put("base.yaml", "seed: 2")
    inner.put("up.yaml", "extends: ../base.yaml")
    inner.put("beside.yml", "extends: base.yaml")
    inner.put("name.json", '{"extends": "base"}')
    inner.put("absolute.yaml", f"extends: {folder.path}/base.yaml")
    seeds = [
        folder.load(str(inner.path / file)).seed
        for file in ("up.yaml", "beside.yml", "name.json", "absolute.yaml")
    ]
    assert seeds == [1, 2, 1, 1]


def test_parent_that_is_not_there(folder: Folder) -> None:
    folder.put("base.yaml", "seed: 1")
    folder.put("child.yaml", "extends: bse")
    folder.put("file.yaml", "extends: ./bse.yaml")
    assert folder.mistakes("child") == [
        f"child.yaml:1:10: extends: no scenario named 'bse'; {meant('base')}"
    ]
    assert folder.mistakes("file") == ["file.yaml:1:10: extends: file bse.yaml does not exist"]


def test_mistake_in_a_parent_names_its_file(folder: Folder) -> None:
    folder.put("parent.yaml", "sed: 1")
    folder.put("child.yaml", "extends: parent")
    assert folder.mistakes("child") == [f"parent.yaml:1:1: sed: unknown key; {meant('seed')}"]


def test_cycles_are_refused(folder: Folder) -> None:
    folder.put("self.yaml", "extends: self")
    folder.put("one.yaml", "extends: two")
    folder.put("two.yaml", "extends: ./three.yaml")
    folder.put("three.yaml", "extends: one")
    assert folder.mistakes("self") == [
        "self.yaml:1:10: extends: circular extends: self.yaml -> self.yaml"
    ]
    assert folder.mistakes("one") == [
        (
            "three.yaml:1:10: extends: circular extends: one.yaml -> two.yaml -> "
            "three.yaml -> one.yaml"
        )
    ]


def test_depth_is_bounded(folder: Folder) -> None:
    folder.put("d0.yaml", "seed: 9")
    for level in range(1, MAX_DEPTH + 1):
        folder.put(f"d{level}.yaml", f"extends: d{level - 1}")
    assert MAX_DEPTH == 8
    assert folder.load(f"d{MAX_DEPTH - 1}").seed == 9
    assert folder.mistakes(f"d{MAX_DEPTH}") == [
        "d1.yaml:1:10: extends: extends chain is longer than 8 documents"
    ]


def test_later_folder_shadows(folder: Folder, tmp_path: Path) -> None:
    mounted = Folder(tmp_path / "mounted")
    folder.put("base.yaml", "seed: 1")
    folder.put("child.yaml", "extends: base")
    mounted.put("base.yml", "seed: 2")
    mounted.put("notes.txt", "no scenario")
    assert folder.load("base").seed == 1
    assert folder.load("base", mounted.path).seed == 2
    assert folder.load("child", mounted.path).seed == 2
    files = Catalogue((folder.path, mounted.path)).files()
    assert dict(files) == {
        "base": mounted.path / "base.yml",
        "child": folder.path / "child.yaml",
    }


def test_unknown_scenario_names_the_nearest(folder: Folder) -> None:
    folder.put("outage.yaml", "")
    with pytest.raises(DocumentError) as error:
        folder.load("outtage")
    message = f"scenario: no scenario named 'outtage'; {meant('outage')}"
    assert str(error.value) == message
    with pytest.raises(DocumentError) as error:
        folder.load("./nowhere.yaml")
    assert str(error.value) == "scenario: file nowhere.yaml does not exist"


def test_file_that_is_not_utf8(folder: Folder) -> None:
    (folder.path / "latin.yaml").write_bytes("seed: 1\nname: é".encode() + b"\xe4")
    assert folder.mistakes("latin") == [
        "latin.yaml:2:8: not valid UTF-8: byte 17 is 0xE4; save the file as UTF-8"
    ]


def test_two_files_of_one_name_are_refused_where_one_is_asked_for(folder: Folder) -> None:
    folder.put("a.yaml", "seed: 1")
    folder.put("a.json", "{}")
    folder.put("child.yaml", "extends: a")
    folder.put("other.yaml", "seed: 3")
    same = "'a' is ambiguous: a.json and a.yaml in"
    assert [each.replace(str(folder.path), "F") for each in folder.mistakes("a")] == [
        f"scenario: {same} F; rename all but one"
    ]
    assert [each.replace(str(folder.path), "F") for each in folder.mistakes("child")] == [
        f"child.yaml:1:10: extends: {same} F; rename all but one"
    ]
    assert folder.load("other").seed == 3
    assert folder.load(str(folder.path / "a.yaml")).seed == 1
    catalogue = Catalogue((folder.path,))
    assert sorted(catalogue.files()) == ["a", "child", "other"]
    assert catalogue.shadowed() == []


def test_two_files_of_one_name_are_no_matter_where_a_later_folder_has_it(
    folder: Folder, tmp_path: Path
) -> None:
    folder.put("a.yaml", "seed: 1")
    folder.put("a.yml", "seed: 2")
    mounted = Folder(tmp_path / "mounted")
    file = mounted.put("a.yaml", "seed: 3")
    assert folder.load("a", mounted.path).seed == 3
    assert Catalogue((folder.path, mounted.path)).shadowed() == [("a", file)]


def test_folder_that_is_gone_has_no_scenarios(folder: Folder) -> None:
    catalogue = Catalogue((folder.path / "gone",))
    assert (dict(catalogue.files()), catalogue.watched()) == ({}, [])


def test_text_that_is_no_file_extends_names_only(folder: Folder) -> None:
    folder.put("parent.yaml", "seed: 4")
    loader = ScenarioLoader(Catalogue((folder.path,)))
    assert loader.load_text("extends: parent", "request", "r").seed == 4
    with pytest.raises(DocumentError) as error:
        loader.load_text("seed: 5\nextends: ./parent.yaml", "request", "r")
    assert str(error.value) == (
        "request:2:10: extends: extends takes only catalogue names here, not files"
    )


def test_name_that_is_asked_for_is_one_of_the_catalogue(folder: Folder) -> None:
    folder.put("outage.yaml", "seed: 4")
    loader = ScenarioLoader(Catalogue((folder.path,)))
    assert loader.load_named("outage").seed == 4
    with pytest.raises(DocumentError) as error:
        loader.load_named("../outage")
    assert str(error.value) == (f"request: name: no scenario named '../outage'; {meant('outage')}")


def test_file_that_cannot_be_read(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object, **_options: object) -> str:
        raise PermissionError(13, "Permission denied")

    folder.put("mine.yaml", "seed: 4")
    monkeypatch.setattr("cs_simulator.documents.files.os.open", refuse)
    assert folder.mistakes("mine") == ["mine.yaml: Permission denied"]


def test_real_clock_inherits_no_time(folder: Folder) -> None:
    folder.put("parent.yaml", "clock: {mode: frozen, time: 2026-01-05T09:00:00.000Z}")
    folder.put("real.yaml", "extends: parent\nclock: {mode: real}")
    folder.put("offset.yaml", "extends: parent\nclock: {mode: offset}")
    real, offset = folder.load("real"), folder.load("offset")
    assert (real.clock_mode, real.clock_time) == ("real", None)
    assert (offset.clock_mode, offset.clock_time) == ("offset", NOW)
