"""Judging: a request is noted in its world, what is due happens, and the rules are asked.

It comes before every handler, of what is an operation and what is none. What explains rules
takes the same steps, without counting.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from cs_simulator.api.arrival import FAULT_HEADER, TENANT_HEADER, Arrival
from cs_simulator.api.editions import EDITION_85
from cs_simulator.api.facts import facts_of, forced_rule
from cs_simulator.clock import Instant, stopwatch
from cs_simulator.domain.errors import Forbidden, InvalidTenant, Refusal
from cs_simulator.domain.tenancy import Tenant, tenant_of
from cs_simulator.domain.transaction import Transaction
from cs_simulator.faults.verdict import NOTHING, Verdict
from cs_simulator.journal.entries import NOBODY, JournalEntry, Owner, keep_body
from cs_simulator.operations.row import Family
from cs_simulator.worlds import ServedWorld

if TYPE_CHECKING:
    from cs_simulator.faults.engine import RuleBook


class StaleError(Exception):
    """The world of a request was reset or dropped while it was on its way."""


class Passage:
    """One request on its way through its world."""

    __slots__ = (
        "_generation",
        "arrival",
        "begun",
        "entry",
        "family",
        "hints",
        "journal",
        "now",
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
        """What the journal has of it, once it is noted there."""

    @property
    def is_stale(self) -> bool:
        """Whether the world was reset or dropped since the request arrived."""
        return self.world.generation != self._generation

    def note(self, operation: str) -> JournalEntry:
        """Note the request in the journal."""
        arrival = self.arrival
        entry = self.journal.open(
            self.now,
            arrival.method,
            arrival.target_text,
            arrival.lines() if arrival.header_lines else list(arrival.headers.items()),
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
        """Note when a response that was held back or broken on the wire had its end."""
        if self.entry is not None:
            self.journal.end(self.entry, stopwatch(), aborted=aborted)

    def left(self, as_planned: bool, when: float) -> None:
        """Note when the last byte of the response left, or the connection broke."""
        entry = self.entry
        if entry is None or entry.state == "aborted":
            return
        if as_planned and entry.broken is None:
            entry.left = when
        else:
            self.journal.end(entry, max(when, entry.arrived), aborted=not as_planned)

    def begin(self) -> Transaction:
        """Begin a transaction, after what is due; the caller holds the world's lock.

        Raises :exc:`StaleError` where there is nothing left to begin it in.
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
            self.entry.effects = tx.effects  # filled as the operation goes on
        return tx

    def judge(
        self, args: Mapping[str, str], *, guards: bool = False
    ) -> tuple[Transaction, Verdict]:
        """Return the transaction of a noted request, and what the rules in force make of it.

        The caller holds the world's lock. The clock moves as the rules say; ``guards`` lets no
        rule of a request move it, since that takes the token of the control API.
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
) -> Verdict:
    """Return what rules would make of a request that nobody sent; the caller holds the lock.

    ``rules`` are a copy of those in force, which may count.
    """
    tx = world.begin(tenant_named(world, arrival))

    entry = JournalEntry(0, tx.now, arrival.method, arrival.target_text, arrival.lines())
    entry.operation = operation
    entry.args, entry.owner = args, owner_of(args, tx)
    keep_body(entry, arrival.body)
    forced = forced_rule(arrival.headers.get(FAULT_HEADER), world)
    return rules.judge(facts_of(entry, arrival.body), tx.now, forced)


def tenant_named(world: ServedWorld, arrival: Arrival) -> Tenant | None:
    """Return the tenant that a request names, None where it names none that there is.

    Edition 8.1 has no header for it, and means the first. What lets a request in says whether it
    may leave it open.
    """
    tenants = world.scenario.setup.tenants
    if not tenants:
        return None
    try:
        if arrival.edition.name == EDITION_85.name:
            return tenant_of(tenants, arrival.headers.get(TENANT_HEADER))
        return tenant_of(tenants, tenants[0].name)
    except InvalidTenant:
        return None


def owner_of(args: Mapping[str, str], tx: Transaction) -> Owner:
    """Return whose the service or interaction is that a path names, nobody where it names none."""
    nobody = NOBODY if tx.tenant is None else Owner(None, None, tx.tenant)
    if not ("service_id" in args or "interaction_id" in args):
        return nobody
    try:
        if "interaction_id" in args:
            interaction = tx.interactions.get(args["interaction_id"])
            return Owner(interaction.customer_id, None, tx.tenant)
        service = tx.service(args["service_id"])
    except Refusal:
        return nobody
    return Owner(service.customer_id, service.contact_key, tx.tenant)
