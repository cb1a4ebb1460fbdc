"""What each request changed, so that it can be taken back: images of what was there before.

Entities never change, so an image is a few references. Taking back is a change like any other, and
leaves images of its own: it can be taken back in turn.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

MOST_IMAGES = 5_000
"""What one request may change, and the calls that set up the world after it, to be taken back."""

Image = tuple[Any, ...]
"""What had an image taken, and what it takes to put that back: arguments of its ``put_back``."""


class UndoMark:
    """The images of what changed since an instant, oldest first, and what was counted then."""

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
        """How many marks there were before it."""
        self.ids = ids
        self.clock = clock
        self.server = server
        self.images: list[Image] = []
        self.is_whole = is_whole
        """Whether there are images of all that changed."""

    def spill(self) -> None:
        """Forget the images, of which there are too many."""
        self.images = []
        self.is_whole = False


class UndoLog:
    """Take images of what is about to change, for whoever has begun last."""

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
        """Put back what was there when the last of some marks began, which come newest first.

        Return what takes that back. Of each thing that is kept by number, only the oldest image
        counts.
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
