"""A test's world that records what its test has asked of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Never, Unpack

from cs_simulator.client import ControlError, SimulatorError, World
from cs_simulator.client.files import is_path

if TYPE_CHECKING:
    from cs_simulator.client.responses import Cleared, Description, Rewound, Verification
    from cs_simulator.client.rules import Question
    from cs_simulator.client.transport import Promise
    from cs_simulator.client.world import ScenarioLike

__tracebackhide__ = True  # pytest then shows the line of the test


class WatchedWorld(World):
    """A world that records, for a strict test, what its test expected and what it cleared."""

    expected: list[Question]
    """The patterns that were verified successfully."""
    since: int
    """The last request before the current test."""
    before_it_is_gone: Callable[[], None] | None
    """Called before the journal or the rules are cleared."""

    def __init__(self, *args: Any, **named: Any) -> None:
        super().__init__(*args, **named)
        self.expected = []
        self.since = 0
        self.before_it_is_gone = None
        self.is_over = False
        self.whole: Callable[[Path], bytes] | None = None
        """Merges a scenario file with what it extends, since the server cannot see files."""

    def _put_scenario(self, path: str, scenario: ScenarioLike) -> Any:
        try:
            return super()._put_scenario(path, scenario)
        except ControlError as error:
            extends_files = any(
                detail.at == "extends" and isinstance(detail.found, str) and is_path(detail.found)
                for detail in error.errors
            )
            if self.whole is None or not extends_files or isinstance(scenario, Mapping):
                raise
            file = self._folder / scenario
            return self._call("PUT", path, self.whole(file), source=file.name)

    def _call(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
        if self.is_over:
            raise SimulatorError(
                f"The world {self.name} ended with the scope it was created for; "
                "for a wider scope use context_services_factory"
            )
        try:
            return super()._call(method, path, body, **more)
        except ControlError as error:
            is_gone = error.status == 404 and error.title == "No such world"
            is_of_another = method == "PUT" and path == self._own  # a copy of none
            if not is_gone or method == "DELETE" or is_of_another:
                raise
            raise SimulatorError(
                f"The world {self.name} was deleted while its test runs, by delete(), "
                "delete_worlds() or another user of the server; create() creates it again"
            ) from None

    def verify(self, *misplaced: Never, **question: Unpack[Question]) -> Verification:
        """Make sure that this world was asked what is expected."""
        verification = super().verify(*misplaced, **question)
        self.expected.append(question)
        return verification

    def let_go(self) -> None:
        """Have the world deleted with the next request, without waiting for it."""
        self._transport.leave("DELETE", self._own)
        self.is_over = True

    def send_left(self) -> None:
        """Send the requests that delete released worlds."""
        self._transport.send_left()

    def begin_ahead(self, scenario: str | None) -> Promise | None:
        """Send the request of :meth:`create` for a name of the catalogue, without waiting."""
        body = None if scenario is None else {"name": scenario}
        return self._transport.ahead("PUT", self._own, body)

    def has_begun(self, promise: Promise) -> bool:
        """Wait for the request of :meth:`begin_ahead`; tell whether it succeeded."""
        made: Description | None = promise.redeem()
        if made is None:
            return False
        self._bases = made["base_paths"]
        return True

    def _look(self) -> None:
        if self.before_it_is_gone is not None:
            self.before_it_is_gone()

    def create(
        self,
        scenario: ScenarioLike | None = None,
        *,
        copy_of: str | None = None,
        before: int | None = None,
    ) -> Description:
        """Create the world if it does not exist; start it afresh with a scenario if one is given.

        With ``copy_of`` it becomes a copy of that world, now or as it was ``before`` a request.
        """
        if scenario is not None or copy_of is not None:
            self._look()
            self.since = 0
        return super().create(scenario, copy_of=copy_of, before=before)

    def rewind(self, before: int) -> Rewound:
        """Rewind the world to the instant before a request, given by its id."""
        self._look()
        rewound = super().rewind(before)
        self.since = min(self.since, int(before) - 1)
        return rewound

    def load_scenario(self, scenario: ScenarioLike) -> Cleared:
        """Start the world afresh with a scenario: a name, a path to a file, or a document."""
        self._look()
        self.since = 0
        return super().load_scenario(scenario)

    def restore_scenario(self) -> Cleared:
        """Start the world afresh with the scenario that the server was started with."""
        self._look()
        self.since = 0
        return super().restore_scenario()

    def reset(self) -> Cleared:
        """Reset the world to the beginning of its scenario."""
        self._look()
        self.since = 0
        return super().reset()

    def clear_requests(self) -> int:
        """Clear the journal; return how many entries there were."""
        self._look()
        return super().clear_requests()

    def remove_fault(self, name: str) -> None:
        """Remove a rule; a rule of the scenario returns at the next reset."""
        self._look()
        super().remove_fault(name)

    def remove_faults(self) -> list[str]:
        """Remove all rules, those of the scenario until the next reset; return their names."""
        self._look()
        return super().remove_faults()
