"""What recordings tell: results of compare and fit, and the data of a report.

Results are text for people, JSON for programs, or JUnit XML for pipelines.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from itertools import pairwise
from typing import Any, Literal
from xml.etree import ElementTree as ET

import yaml

from cs_simulator import __version__
from cs_simulator.clock import format_instant
from cs_simulator.documents.json_patch import patch_between
from cs_simulator.har.exchanges import Headers
from cs_simulator.har.secrets import Masker, without_values
from cs_simulator.journal.entries import body_members, header_members
from cs_simulator.lines import counted, one_line, xml_text
from cs_simulator.recording.comparing import (
    Comparison,
    DeviationGroup,
    Mark,
    Prepared,
    Source,
    handed_out,
    id_forms,
    replay_of,
)
from cs_simulator.recording.conversation import ConversationStep
from cs_simulator.recording.fitting import Fit, FittedSwitch
from cs_simulator.recording.replay import Played
from cs_simulator.scenario.snapshot import document

Form = Literal["text", "json", "junit"]
FORMS: tuple[Form, ...] = ("text", "json", "junit")

_MOST_MARKS = 8
_NOTHING = "nothing was compared: the recording has no exchange of the API with a response"


def comparison_report(comparison: Comparison, form: Form) -> str:
    """Return the report of a comparison."""
    if form == "json":
        return _json(_comparison_members(comparison))
    if form == "junit":
        return _junit("compare", _comparison_cases(comparison))
    return "\n".join(map(one_line, _comparison_lines(comparison)))


def fit_report(result: Fit, form: Form) -> str:
    """Return the report of a fit."""
    if form == "json":
        return _json(_fit_members(result))
    if form == "junit":
        cases = [*_switch_cases(result.switches), *_comparison_cases(result.comparison)]
        return _junit("fit", cases)
    return "\n".join(map(one_line, _fit_lines(result)))


def scenario_text(result: Fit, name: str) -> str:
    """Return the scenario of a fit as YAML, each value with its proof."""
    lines = ["# Fitted to recordings of a real server. Switches that are not here are undecided."]
    lines += [
        one_line(f"# {setting.name}: {setting.reason}, {_marks_text(setting.exchanges)}")
        for setting in result.settings
        if setting.exchanges
    ]
    lines += [f"name: {json.dumps(name)}", "fidelity:"]
    for switch in result.switches:
        if switch.verdict == "proven":
            proof = _marks_text(switch.exchanges)
            lines.append(f"  {switch.name}: {switch.value}  # {proof}")
        else:
            values = " or ".join(switch.possible)
            lines.append(f"  # {switch.name}: {values}; {switch.verdict}: {switch.reason}")
    if not result.proven:
        lines[lines.index("fidelity:")] = "fidelity: {}"
    rest = {key: value for key, value in result.scenario.items() if key != "fidelity"}
    if rest:
        lines.append(yaml.safe_dump(rest, sort_keys=False, allow_unicode=True).rstrip())
    return "\n".join(lines) + "\n"


def _marks_text(marks: Sequence[Mark]) -> str:
    """Return exchanges in readable form."""
    by_recording: dict[str, list[int]] = {}
    for mark in marks:
        by_recording.setdefault(mark.recording, []).append(mark.number)
    parts = []
    for recording, numbers in by_recording.items():
        shown = ", ".join(map(str, numbers[:_MOST_MARKS]))
        more = f" and {len(numbers) - _MOST_MARKS} more" if len(numbers) > _MOST_MARKS else ""
        word = "exchange" if len(numbers) == 1 else "exchanges"
        parts.append(f"{word} {shown}{more} of {recording}")
    return "; ".join(parts)


def _json(members: Mapping[str, Any]) -> str:
    return json.dumps(members, indent=2, ensure_ascii=True)


def _comparison_members(comparison: Comparison) -> dict[str, Any]:
    return {
        "recordings": comparison.notes,
        "compared": comparison.compared,
        "base_urls": dict(comparison.roots),
        "findings": [
            {**asdict(finding), "exchanges": [str(mark) for mark in finding.exchanges]}
            for finding in comparison.findings
        ],
        "set_aside": [
            {"exchange": str(mark), "reason": reason} for mark, reason in comparison.set_aside
        ],
        "preload": comparison.preload,
    }


def _fit_members(result: Fit) -> dict[str, Any]:
    return {
        "switches": {
            switch.name: {
                "value": switch.value,
                "verdict": switch.verdict,
                "possible": list(switch.possible),
                "exchanges": [str(mark) for mark in switch.exchanges],
                "against": [str(mark) for mark in switch.against],
                "reason": switch.reason,
                "probe": switch.decider,
            }
            for switch in result.switches
        },
        "settings": [
            {**asdict(setting), "exchanges": [str(mark) for mark in setting.exchanges]}
            for setting in result.settings
        ],
        "scenario": result.scenario,
        **_comparison_members(result.comparison),
    }


def _comparison_lines(comparison: Comparison) -> Iterator[str]:
    yield from comparison.notes
    if comparison.preload:
        yield "there before the recording began, as a scenario has it:"
        text = yaml.safe_dump(dict(comparison.preload), sort_keys=False, allow_unicode=True)
        yield from (f"  {line}" for line in text.rstrip().splitlines())
    yield from _finding_lines(comparison)
    if not comparison.compared:
        yield _NOTHING
    elif not comparison.findings:
        yield f"{comparison.compared} exchanges compared, no difference"
    else:
        differences = counted(len(comparison.findings), "difference")
        yield f"{comparison.compared} exchanges compared, {differences}"


def _finding_lines(comparison: Comparison) -> Iterator[str]:
    for reason, count in Counter(reason for _, reason in comparison.set_aside).items():
        marks = [mark for mark, why in comparison.set_aside if why == reason]
        yield f"{count} set aside, {_marks_text(marks)}: {reason}"
    by_operation: dict[str, list[DeviationGroup]] = {}
    for finding in comparison.findings:
        by_operation.setdefault(finding.operation, []).append(finding)
    for operation, findings in by_operation.items():
        yield f"{operation}:"
        for finding in findings:
            yield f"  {finding.member}, {_marks_text(finding.exchanges)}: {finding.request}"
            yield f"    recorded:  {finding.recorded}"
            yield f"    simulated: {finding.simulated}"


def _fit_lines(result: Fit) -> Iterator[str]:
    yield from result.comparison.notes
    for verdict in ("proven", "contradicted", "undecided"):
        switches = [switch for switch in result.switches if switch.verdict == verdict]
        if switches:
            yield f"{verdict}:"
        for switch in switches:
            yield from _switch_lines(switch)
    if result.settings:
        yield "settings:"
        for setting in result.settings:
            value = setting.value if isinstance(setting.value, (int, str)) else "as shown"
            proof = f", {_marks_text(setting.exchanges)}" if setting.exchanges else ""
            yield f"  {setting.name}: {value} ({setting.reason}{proof})"
    if result.comparison.findings:
        yield "what no switch explains:"
    yield from _finding_lines(result.comparison)
    if not result.comparison.compared:
        yield _NOTHING


def _switch_lines(switch: FittedSwitch) -> Iterator[str]:
    if switch.verdict == "proven":
        reason = f"; {switch.reason}" if switch.reason else ""
        yield f"  {switch.name} = {switch.value}: {_marks_text(switch.exchanges)}{reason}"
        return
    yield f"  {switch.name} ({' or '.join(switch.possible)}): {switch.reason}"
    if switch.decider:
        yield f"    would decide: {switch.decider}"


Case = tuple[str, str, str, str]
"""A name, a class, passed or failed or skipped, and a text."""


def _switch_cases(switches: Sequence[FittedSwitch]) -> Iterator[Case]:
    became = {"proven": "passed", "undecided": "skipped", "contradicted": "failed"}
    for switch in switches:
        name = f"{switch.name} = {switch.value}" if switch.value else switch.name
        yield name, "fidelity", became[switch.verdict], "\n".join(_switch_lines(switch))


def _comparison_cases(comparison: Comparison) -> Iterator[Case]:
    for finding in comparison.findings:
        text = (
            f"{finding.request}, {_marks_text(finding.exchanges)}\n"
            f"recorded: {finding.recorded}\nsimulated: {finding.simulated}"
        )
        yield finding.member, finding.operation, "failed", text
    if comparison.compared and not comparison.findings:
        yield f"{comparison.compared} exchanges", "recording", "passed", ""
    for mark, reason in comparison.set_aside:
        yield str(mark), "recording", "skipped", reason
    if not comparison.compared:
        yield "nothing was compared", "recording", "failed", "\n".join(comparison.notes)


def _junit(name: str, cases: Sequence[Case] | Iterator[Case]) -> str:
    own = list(cases)
    counts = Counter(became for _, _, became, _ in own)
    suite = ET.Element(
        "testsuite",
        name=f"cs-simulator {name}",
        tests=str(len(own)),
        failures=str(counts["failed"]),
        errors="0",
        skipped=str(counts["skipped"]),
    )
    for case, kind, became, text in own:
        element = ET.SubElement(suite, "testcase", name=xml_text(case), classname=xml_text(kind))
        if became != "passed":
            tag = "failure" if became == "failed" else "skipped"
            first = text.partition("\n")[0]
            ET.SubElement(element, tag, message=xml_text(first)).text = xml_text(text)
    ET.indent(suite)
    return ET.tostring(suite, encoding="unicode", xml_declaration=True)


def run_members(source: Source, ready: Prepared, mask: Iterable[str] = ()) -> dict[str, Any]:
    """Return the report data of a recording, with secrets masked, also those that ``mask`` names.

    The responses are the recorded ones, in the order of the requests. Where the simulator would
    respond differently, a hint says so.
    """
    masker = Masker(mask)
    conversation = ready.conversation
    replay, scenario = replay_of(source, ready, handed_out(id_forms([conversation])))
    assignment = asdict(scenario.setup.fidelity)
    data = replay.beginning
    written: dict[Any, Any] = {}
    steps = conversation.steps
    snapshots = [replay.snapshot(data, steps[0].at if steps else 0)]
    requests = []
    for number, step in enumerate(steps, start=1):
        played = replay.play(step, data, 0, assignment)
        data = played.data
        snapshots.append(replay.snapshot(data, step.at))
        requests.append(_request(number, step, played, conversation.name, masker))
    documents = [document(snapshot, written) for snapshot in snapshots]
    members = {
        "version": __version__,
        "world": conversation.name,
        "scenario": {"name": scenario.name, "document": dict(scenario.document)},
        "requests": requests,
        "dropped": 0,
        "faults": [],
        "begin": documents[0],
        "state": documents[-1],
        "changes": [
            {"request": number, "patch": patch}
            for number, (before, after) in enumerate(pairwise(documents), start=1)
            if (patch := patch_between(before, after))
        ],
    }
    if steps:
        members["url"] = steps[0].root.origin
        members["clock"] = {"mode": "frozen", "time": format_instant(steps[-1].at)}
    shown: dict[str, Any] = masker.data(members)
    return shown


def _request(
    number: int, step: ConversationStep, played: Played, world: str, masker: Masker
) -> dict[str, Any]:
    """Return an exchange in the form of a journal entry."""
    exchange = masker.exchange(step.exchange)
    values = masker.values_of(step.exchange.request)
    response = exchange.response
    members: dict[str, Any] = {
        "id": number,
        "world": world,
        "state": "aborted" if response is None else "done",
        "time": format_instant(step.at),
        "operation": played.operation,
        "edition": step.edition,
        "request": {
            "method": exchange.request.method,
            "path": exchange.request.target,
            **_sent(exchange.request.headers, exchange.request.body),
        },
        "shown": {} if response is None else {"status": response.status},
        "effects": [effect._asdict() for effect in played.effects],
        "hints": without_values(
            [
                f"{difference.member}: recorded {difference.recorded}, "
                f"the simulator answers {difference.simulated}"
                for difference in played.differences
            ],
            values,
        ),
    }
    if response is not None:
        sent = _sent(response.headers, response.body or b"")
        members["response"] = {"status": response.status, **sent}
        members["ms"] = round(exchange.elapsed, 3)
    return members


def _sent(headers: Headers, body: bytes) -> Mapping[str, Any]:
    return {"headers": header_members(headers), **body_members(body, len(body))}
