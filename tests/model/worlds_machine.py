"""Several worlds of one server: each answers by its own history, whatever the others do."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from cs_simulator.documents.text import read_text
from tests.model.walks import DOCUMENT, KINDS, MARK, PROBE, Step, Walker
from tests.support.app import App
from tests.support.responses import Response

DOCUMENTS = tuple(DOCUMENT.replace("FORM", form) for form in ("integer", "conversation"))
THERE = (4, 2)
"""The services that the documents hold."""

names = st.sampled_from(["red", "blue", "green"])
numbers = st.integers(0, 11)
documents = st.sampled_from(DOCUMENTS)


@dataclass
class Life:
    """What made a world what it is: a document, steps before its last set-up, steps since."""

    walker: Walker
    document: str
    before: list[Step] = field(default_factory=list)
    since: list[Step] = field(default_factory=list)
    there: tuple[Any, ...] = THERE
    """The services that a client knew of at the set-up."""

    def marks(self) -> set[bytes]:
        return {f"mark-{step.mark}".encode() for step in (*self.before, *self.since, *PROBE)}


@lru_cache
def _app(_number: int) -> App:
    return App(DOCUMENTS[0])


def fresh(number: int) -> App:
    """Return a server that nothing has happened in; an application takes long to make."""
    app = _app(number)
    assert app.delete("/_control/worlds").status == 200
    return app


class WorldsMachine(RuleBasedStateMachine):
    """Worlds, and for each the history that its answers must follow from."""

    def __init__(self) -> None:
        super().__init__()
        self.app = fresh(1)
        self.lives: dict[str, Life] = {}
        self.last = 0

    def control(self, name: str, method: str, path: str, body: Any = None) -> Response:
        return self.app.ask(method, f"/_world/{name}/_control/{path}", body)

    def life(self, name: str) -> Life:
        """Return the life of a world, which begins with the server's document."""
        if name not in self.lives:
            assert self.app.put(f"/_control/worlds/{name}").status == 201
            self.lives[name] = Life(Walker(self.app.ask, name, THERE), DOCUMENTS[0])
        return self.lives[name]

    @rule(name=names, kind=st.sampled_from(KINDS), one=numbers, two=numbers, three=numbers)
    def step(self, name: str, kind: str, one: int, two: int, three: int) -> None:
        life = self.life(name)
        self.last += 1
        step = Step(kind, one, two, three, self.last)
        life.since.append(step)
        before = len(life.walker.answers)
        life.walker.step(step)
        for _, body, _ in life.walker.answers[before:]:
            assert set(MARK.findall(body)) <= life.marks()

    @rule(name=names)
    def reset(self, name: str) -> None:
        life = self.life(name)
        assert self.control(name, "POST", "reset").status == 200
        life.since.clear()
        life.walker = Walker(self.app.ask, name, life.there)

    @rule(name=names, document=documents)
    def put_scenario(self, name: str, document: str) -> None:
        assert self.control(name, "PUT", "scenario", document.encode()).status == 200
        self.lives[name] = Life(Walker(self.app.ask, name, THERE), document)

    @rule(name=names)
    def delete_scenario(self, name: str) -> None:
        self.life(name)
        assert self.control(name, "DELETE", "scenario").status == 200
        self.lives[name] = Life(Walker(self.app.ask, name, THERE), DOCUMENTS[0])

    @rule(name=names)
    def drop(self, name: str) -> None:
        there = self.lives.pop(name, None) is not None
        dropped = self.app.delete(f"/_control/worlds/{name}")
        assert (dropped.status < 300) == there
        assert self.control(name, "GET", "snapshot").status == 404

    @rule(name=names, other=names, yaml=st.booleans(), again=st.booleans())
    def restore(self, name: str, other: str, yaml: bool, again: bool) -> None:
        """Put what one world is into another, or into itself."""
        life = self.life(name)
        snapshot = self.control(name, "GET", "snapshot").body
        as_yaml = self.control(name, "GET", "snapshot?format=yaml").body
        assert read_text(as_yaml.decode(), "s") == json.loads(snapshot)
        put = self.control(other, "PUT", "scenario", as_yaml if yaml else snapshot)
        assert put.status == 200, put.body
        if again:
            assert self.control(other, "POST", "reset").status == 200
        assert self.control(other, "GET", "snapshot").body == snapshot
        known = tuple(life.walker.services)
        self.lives[other] = Life(
            Walker(self.app.ask, other, known),
            life.document,
            [*life.before, *life.since],
            [],
            known,
        )

    def teardown(self) -> None:
        """Let each history happen again, alone on a fresh server: every answer must be there."""
        for name, life in self.lives.items():
            for step in PROBE:
                life.walker.step(step)
            journal = self.control(name, "GET", "requests").body
            assert set(MARK.findall(journal)) <= life.marks()
            alone = fresh(2)
            path = f"/_world/{name}/_control/scenario"
            assert alone.put(path, life.document.encode()).status == 200
            walker = Walker(alone.ask, name, THERE)
            for step in life.before:
                walker.step(step)
            assert tuple(walker.services) == life.there
            walker.answers.clear()
            for step in (*life.since, *PROBE):
                walker.step(step)
            assert walker.answers == life.walker.answers
