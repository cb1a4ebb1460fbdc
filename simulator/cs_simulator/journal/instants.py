"""Instants: which changes to undo to bring a world back to before a request, if known."""

from __future__ import annotations

from cs_simulator.domain.undo import MOST_IMAGES, UndoMark
from cs_simulator.journal.journal import Journal


class RewindError(Exception):
    """A world cannot be brought back to an instant; the text says why."""


def marks_from(journal: Journal, before: int) -> list[UndoMark]:
    """Return the marks of the requests from an id on, the newest first.

    Raises :exc:`RewindError` if the state before them is not known.
    """
    entries = journal.entries()
    following = journal.next_id
    kept = [entry for entry in entries if entry.id >= before]
    if before > following:
        last = following - 1
        raise RewindError(f"no request {before}; the last one is {last}")
    if len(kept) < following - before:
        oldest = entries[0].id if entries else following
        raise RewindError(f"the journal no longer has request {before}; it begins with {oldest}")
    earlier = [each.mark.turn for each in entries if each.id < before and each.mark is not None]
    marks = [entry.mark for entry in kept if entry.mark is not None]
    if earlier and marks and max(earlier) > min(each.turn for each in marks):
        raise RewindError(f"request {before} began before one that had arrived before it had begun")
    broken = next((each for each in kept if each.mark and not each.mark.is_whole), None)
    if broken is not None and broken.mark is not None and not broken.mark.turn:
        raise RewindError(f"request {broken.id} came here with the copy of another world")
    if broken is not None:
        raise RewindError(
            f"request {broken.id}, or the calls after it, changed more than {MOST_IMAGES:,} things"
        )
    return sorted(marks, key=lambda mark: mark.turn, reverse=True)
