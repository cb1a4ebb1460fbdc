"""The report on mutations reads what mutmut says, and its pages agree with each other."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from tests.docs.pages import ROOT, rows_of
from tests.mutations import (
    HEADS,
    PROOF,
    Mutant,
    Survivor,
    counted,
    explained,
    judge,
    kept,
    read_change,
    read_results,
    row,
    table,
    tried,
)

RESULTS = """\
    cs_simulator.domain.store.x_same_value__mutmut_1: survived
    cs_simulator.domain.store.xǁStoreǁ_owner_entry__mutmut_5: killed
    cs_simulator.domain.imports.xǁDelimiterǁ__call____mutmut_9: caught by type check
    cs_simulator.faults.wire.x__dribble__mutmut_12: timeout
"""
DIFF = """\
# cs_simulator.domain.store.x_same_value__mutmut_1: survived
--- cs_simulator/domain/store.py
+++ cs_simulator/domain/store.py
@@ -1,4 +1,4 @@
 def same_value(one: object, other: object) -> bool:
-    if one is None or other is None:
+    if one is None | other is None:
         return one is other
"""
SAME = Survivor("domain/store", "same_value", "if one is None | other is None:")


def test_results_are_read_by_module_and_function() -> None:
    mutants = read_results(RESULTS)
    assert mutants[0] == Mutant(
        "cs_simulator.domain.store.x_same_value__mutmut_1", "domain/store", "same_value", "survived"
    )
    assert [(each.module, each.function, each.status) for each in mutants[1:]] == [
        ("domain/store", "Store._owner_entry", "killed"),
        ("domain/imports", "Delimiter.__call__", "caught by type check"),
        ("faults/wire", "_dribble", "timeout"),
    ]


def test_table_counts_what_became_of_the_mutants() -> None:
    rows = counted(read_results(RESULTS), "2026-11-29")
    earlier = {"domain/events": ["1,200", "1,000", "199", "0", "0", "1", "2026-11-24"]}
    assert table({**earlier, **rows}).splitlines() == [
        f"| {' | '.join(HEADS)} |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
        "| `domain/events` | 1,200 | 1,000 | 199 | 0 | 0 | 1 | 2026-11-24 |",
        "| `domain/imports` | 1 | 1 | 0 | 0 | 0 | 0 | 2026-11-29 |",
        "| `domain/store` | 2 | 0 | 1 | 0 | 0 | 1 | 2026-11-29 |",
        "| `faults/wire` | 1 | 0 | 0 | 1 | 0 | 0 | 2026-11-29 |",
        "| all | 1,204 | 1,001 | 200 | 1 | 0 | 2 |  |",
    ]


def test_module_counts_when_all_its_mutants_were_tried() -> None:
    stopped = RESULTS.replace("5: killed", "5: not checked")
    assert {each.module for each in tried(read_results(stopped))} == {
        "domain/imports",
        "faults/wire",
    }


def test_rows_of_modules_that_are_gone_are_left_out(tmp_path: Path) -> None:
    page = tmp_path / "proof.md"
    rows = counted(read_results(RESULTS), "2026-11-29")
    page.write_text(table(rows), encoding="utf-8")
    (tmp_path / "domain").mkdir()
    (tmp_path / "domain" / "store.py").touch()
    assert kept(page, tmp_path) == {"domain/store": rows["domain/store"]}


def test_change_is_what_was_put_in() -> None:
    assert read_change(DIFF) == SAME.changed_to


def test_reason_is_of_a_row_of_the_page(tmp_path: Path) -> None:
    page = tmp_path / "survivors.md"
    head = "| module | function | changed to | why |\n|---|---|---|---|\n"
    page.write_text(head + row(SAME), encoding="utf-8")
    with pytest.raises(ValueError, match=r"survivors\.md gives no reason for .* of `same_value`"):
        explained(page)
    page.write_text(head + row(SAME).replace("|  |", "| It is so. |"), encoding="utf-8")
    assert explained(page) == [SAME]


def test_survivors_and_reasons_are_held_against_each_other() -> None:
    other = SAME._replace(function="other")
    assert judge([SAME], [SAME]) == []
    assert judge([SAME, SAME, other], [SAME]) == [
        f"no reason: {row(SAME)}",
        f"no reason: {row(other)}",
    ]
    assert judge([], [SAME]) == [f"no survivor: {row(SAME)}"]


def test_every_survivor_of_the_table_has_its_reason() -> None:
    found = {cells[0].strip("`"): cells for cells in rows_of(PROOF, HEADS[0])}
    reasons = explained()
    assert int(found["all"][HEADS.index("survived")]) == len(reasons)
    for module in {each.module for each in reasons}:
        of_module = [each for each in reasons if each.module == module]
        assert int(found[module][HEADS.index("survived")]) == len(of_module)


def test_settings_name_what_there_is() -> None:
    with (ROOT / "pyproject.toml").open("rb") as file:
        settings = tomllib.load(file)["tool"]["mutmut"]
    for pattern in settings["source_paths"] + settings["only_mutate"]:
        assert list((ROOT / "simulator").glob(pattern)), pattern
    for word in settings["pytest_add_cli_args_test_selection"]:
        path, _, function = word.rpartition("=")[2].partition("::")
        assert (ROOT / path).exists(), word
        if function:
            assert f"def {function}(" in (ROOT / path).read_text(encoding="utf-8"), word
