"""Undo: images of what each request changed, so that the change can be taken back.

Entities never change, so an image is only a few references. Undoing is a change like any other and
leaves its own images, so it can be undone in turn.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

MOST_IMAGES = 5_000
"""The maximum number of images that one request, and the calls that set up the world after it, may
leave.
"""

Image = tuple[Any, ...]
"""The object that took an image, and the arguments of its ``put_back`` that restore it."""


class UndoMark:
    """The images of changes since an instant, oldest first, and the counters at that instant."""

    __slots__ = ("clock", "ids", "images", "is_whole", "server", "turn")

    def __init__(
        self,
        turn: int = 0,
        ids: Any = None,
        clock: Any = None,
        server: Any = None,
        *,
        is_whole: bool = True,
    ) -> None:
        self.turn = turn
        """The number of earlier marks."""
        self.ids = ids
        self.clock = clock
        self.server = server
        self.images: list[Image] = []
        self.is_whole = is_whole
        """Whether there are images of all changes."""

    def spill(self) -> None:
        """Drop the images, because there are too many."""
        self.images = []
        self.is_whole = False


class UndoLog:
    """Collect images of changes for the newest mark."""

    __slots__ = ("mark",)

    def __init__(self) -> None:
        self.mark = UndoMark(is_whole=False)

    def note(self, *image: Any) -> None:
        """Keep an image."""
        images = self.mark.images
        if len(images) < MOST_IMAGES:
            images.append(image)
        else:
            self.mark.spill()

    def take_back(self, marks: Iterable[UndoMark]) -> UndoMark:
        """Restore the state at which the last of some marks began; marks come newest first.

        Return what undoes this. For things stored by number, only the oldest image counts.
        """
        back = UndoMark()
        numbered: dict[Any, dict[Any, Image]] = {}
        before, self.mark = self.mark, back
        try:
            for mark in marks:
                for image in reversed(mark.images):
                    target = image[0]
                    if target.is_numbered:
                        numbered.setdefault(target, {})[image[1]] = image[2:]
                    else:
                        target.put_back(*image[1:])
            for target, images in numbered.items():
                target.put_back(images)
        finally:
            self.mark = before
        return back
