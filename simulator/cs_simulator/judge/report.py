"""The results of drills, as lines and as JUnit XML."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from xml.etree import ElementTree as Xml

from cs_simulator.client.judgement import attempts_table
from cs_simulator.judge.drills import Drilled

_LAST_LINES = 20


def lines_of(drill: Drilled) -> list[str]:
    """Return a line for each virtue; if one is not passed, also what the client did and printed."""
    width = max(len(drill.name), 26)
    lines = [
        f"{drill.name:{width}} {each['verdict']:9} {each['virtue']}: {each['text']}"
        for each in drill.ruling["virtues"]
    ]
    if drill.verdict != "passed":
        lines += [f"    {line}" for line in details(drill)]
    return lines


def details(drill: Drilled) -> list[str]:
    """Return what a client did, and the end of its output."""
    lines = [drill.end.told(), *attempts_table(drill.ruling)]
    lines += [f"ambiguous: {text}" for text in drill.ruling.get("ambiguous", ())]
    printed = drill.end.output.splitlines()[-_LAST_LINES:]
    if printed:
        lines += ["it printed:", *(f"  {line}" for line in printed)]
    return lines


def summary(drills: Sequence[Drilled]) -> str:
    """Return the results of all drills in one line."""
    verdicts = Counter(each["verdict"] for drill in drills for each in drill.ruling["virtues"])
    counts = ", ".join(
        f"{verdicts[word]} {word}" for word in ("passed", "failed", "undecided") if verdicts[word]
    )
    total = verdicts.total()
    return f"{_number(len(drills), 'drill')}, {_number(total, 'virtue')}: {counts}"


def junit(drills: Sequence[Drilled]) -> bytes:
    """Return a report for CI systems: a suite for each drill, a case for each virtue."""
    root = Xml.Element("testsuites", name="cs-simulator drill")
    for drill in drills:
        virtues = drill.ruling["virtues"]
        verdicts = Counter(each["verdict"] for each in virtues)
        suite = Xml.SubElement(
            root,
            "testsuite",
            name=drill.name,
            tests=str(len(virtues)),
            failures=str(verdicts["failed"]),
            errors=str(verdicts["undecided"]),
            skipped="0",
            time=f"{drill.end.seconds:.3f}",
        )
        for each in virtues:
            case = Xml.SubElement(
                suite,
                "testcase",
                classname=drill.name,
                name=each["virtue"],
                time=f"{drill.end.seconds:.3f}",
            )
            kind = {"failed": "failure", "undecided": "error"}.get(each["verdict"])
            if kind is not None:
                found = Xml.SubElement(case, kind, message=_plain(each["text"]))
                found.text = _plain("\n".join(details(drill)))
    Xml.indent(root)
    report: bytes = Xml.tostring(root, encoding="utf-8", xml_declaration=True)
    return report


def _plain(text: str) -> str:
    """Remove characters that XML does not allow."""
    return "".join(c if c.isprintable() or c in "\n\t" else "?" for c in text)


def _number(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
