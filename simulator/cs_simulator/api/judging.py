"""Judging: record the request in its world, let due events happen, and evaluate the rules.

It comes before every handler, for operations and for unknown paths alike. Explain takes the same
steps without counting.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from cs_simulator.api.arrival import FAULT_HEADER, TENANT_HEADER, Arrival
from cs_simulator.api.facts import facts_of, forced_rule
from cs_simulator.clock import Instant, stopwatch
from cs_simulator.domain.errors import Forbidden, InvalidTenant, Refusal
from cs_simulator.domain.setup import Tenant, tenant_of
from cs_simulator.domain.transaction import Transaction
from cs_simulator.faults.verdict import NOTHING, Verdict
from cs_simulator.journal.entries import NOBODY, JournalEntry, Owner, keep_body
from cs_simulator.operations.row import Family
from cs_simulator.worlds import ServedWorld

if TYPE_CHECKING:
    from cs_simulator.faults.criteria import Facts
    from cs_simulator.faults.engine import RuleBook


class StaleError(Exception):
    """The world of a request was reset or dropped while the request was being handled."""


class RequestContext:
    """The context of one request: its arrival, its world, its instant and its journal entry."""

    __slots__ = (
        "_generation",
        "arrival",
        "begun",
        "entry",
        "family",
        "hints",
        "journal",
        "now",
        "varies",
        "world",
    )

    def __init__(self, arrival: Arrival, world: ServedWorld) -> None:
        self.begun = stopwatch()
        self.arrival = arrival
        self.world = world
        self.family: Family = "services"
        with world.lock:  # a reset changes these together
            self.now: Instant = world.clock.now()
            self._generation: int = world.generation
            self.journal = world.journal
        self.hints: list[str] = []
        self.entry: JournalEntry | None = None
        """The request's entry, once it is in the journal."""
        self.varies = False
        """Whether another header Accept would lead its client to a page."""

    @property
    def is_stale(self) -> bool:
        """Whether the world was reset or dropped since the request arrived."""
        return self.world.generation != self._generation

    def note(self, operation: str) -> JournalEntry:
        """Record the request in the journal."""
        arrival = self.arrival
        entry = self.journal.open(
            self.now,
            arrival.method,
            arrival.target_text,
            arrival.lines(),
            self.begun,
            arrival.peer,
        )
        entry.edition = arrival.edition.name
        entry.operation = operation
        keep_body(entry, arrival.body)
        self.entry = entry
        self.journal.arrived(entry)
        return entry

    def end(self, *, aborted: bool) -> None:
        """Record when a response that was held back, or broken on the wire, ended."""
        if self.entry is not None:
            self.journal.end(self.entry, stopwatch(), aborted=aborted)

    def left(self, as_planned: bool, when: float) -> None:
        """Record when the last byte of the response left, or the connection broke."""
        entry = self.entry
        if entry is None or entry.state == "aborted":
            return
        if as_planned and entry.broken is None:
            entry.left = when
        else:
            self.journal.end(entry, max(when, entry.arrived), aborted=not as_planned)

    @contextmanager
    def resume(self) -> Iterator[None]:
        """Hold the world's lock again; raise :exc:`StaleError` as :meth:`begin` does."""
        with self.world.lock:
            if self.is_stale:
                raise StaleError
            yield

    def begin(self) -> Transaction:
        """Begin a transaction after what is due has happened; the caller holds the world's lock.

        Raises :exc:`StaleError` if the world was reset or dropped.
        """
        if self.is_stale:
            raise StaleError
        if self.entry is not None and self.entry.mark is None:
            self.entry.mark = self.world.mark()
        tx = self.world.begin(tenant_named(self.world, self.arrival))
        tx.hints = self.hints
        self.now = tx.now
        if self.entry is not None:
            self.entry.at = tx.now
            self.entry.effects = tx.effects  # filled while the operation runs
        return tx

    def judge(
        self, args: Mapping[str, str], *, guards: bool = False
    ) -> tuple[Transaction, Verdict]:
        """Return the transaction of a recorded request, and the verdict of the rules in force.

        The caller holds the world's lock. Rules may move the clock. With ``guards``, a rule that
        the request brings along may not, since that needs the token of the control API.
        """
        entry, world = self.entry, self.world
        assert entry is not None  # noqa: S101 - what is judged was noted
        tx = self.begin()
        self.journal.begin(entry, args, owner_of(args, tx))
        forced = self.arrival.headers.get(FAULT_HEADER)
        if not world.has_rules and forced is None:
            return tx, NOTHING
        facts = facts_of(entry, self.arrival.body)
        rule = forced_rule(forced, world)
        if (
            guards
            and rule is not None
            and rule.moves_clock
            and world.rules.named(rule.name) != rule
        ):
            raise Forbidden(
                "X-Simulator-Fault: this request may not select a rule that advances the clock",
                "--control-token is set; use POST /_control/clock/advance with the token",
            )
        verdict = world.judge(facts, self.now, rule, self.hints)
        entry.faults = verdict.acted
        entry.judgements = verdict.judgements
        return (self.begin() if verdict.advance else tx), verdict


def foreseen(
    arrival: Arrival, operation: str, args: Mapping[str, str], world: ServedWorld, rules: RuleBook
) -> tuple[Verdict, Facts]:
    """Return what the rules would do with a request that was not sent, and the facts of that.

    The caller holds the lock. ``rules`` are a copy of those in force, so that counting in them has
    no effect.
    """
    tx = world.begin(tenant_named(world, arrival))

    entry = JournalEntry(0, tx.now, arrival.method, arrival.target_text, arrival.lines())
    entry.operation = operation
    entry.args, entry.owner = args, owner_of(args, tx)
    keep_body(entry, arrival.body)
    forced = forced_rule(arrival.headers.get(FAULT_HEADER), world)
    facts = facts_of(entry, arrival.body)
    return rules.judge(facts, tx.now, forced), facts


def tenant_named(world: ServedWorld, arrival: Arrival) -> Tenant | None:
    """Return the tenant that a request names, or None if it names no existing one.

    Edition 8.1 has no header for it and uses the first tenant. ``api.access`` decides whether
    the tenant may be omitted.
    """
    tenants = world.scenario.setup.tenants
    if not tenants:
        return None
    try:
        if arrival.edition.names_tenants:
            return tenant_of(tenants, arrival.headers.get(TENANT_HEADER))
        return tenant_of(tenants, tenants[0].name)
    except InvalidTenant:
        return None


def owner_of(args: Mapping[str, str], tx: Transaction) -> Owner:
    """Return the owner of the service or interaction that a path names, or nobody."""
    nobody = NOBODY if tx.tenant is None else Owner(None, None, tx.tenant)
    try:
        if "interaction_id" in args:
            interaction = tx.interactions.get(args["interaction_id"])
            return Owner(interaction.customer_id, None, tx.tenant)
        if "service_id" in args:
            service = tx.service(args["service_id"])
            return Owner(service.customer_id, service.contact_key, tx.tenant)
    except Refusal:
        pass
    return nobody
