"""Draw in SVG: a card with lines, marks and words, which reads well on light and dark pages."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

OURS = "#1d4ed8"
MISSED = "#c81e1e"
BUDGET = "#b45309"
QUIET = "#6b7280"
GRID = "#e5e7eb"
INK = "#1f2937"

_STYLE = "font-family:system-ui,-apple-system,'Segoe UI',Helvetica,Arial,'DejaVu Sans',sans-serif"


class Drawing:
    """A drawing of a size, on a card of its own so that dark pages do not swallow it."""

    def __init__(self, width: float, height: float, title: str) -> None:
        self._size = (width, height)
        self._title = title
        self._parts: list[str] = []

    def line(
        self,
        start: tuple[float, float],
        end: tuple[float, float],
        color: str = GRID,
        width: float = 1,
        *,
        dashed: bool = False,
    ) -> None:
        """Draw a straight line."""
        (x1, y1), (x2, y2) = start, end
        dashes = ' stroke-dasharray="5 3"' if dashed else ""
        self._parts.append(
            f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" '
            f'stroke="{color}" stroke-width="{width:g}"{dashes}/>'
        )

    def path(
        self, points: Sequence[tuple[float, float]], color: str = OURS, width: float = 2
    ) -> None:
        """Draw a line through points."""
        joined = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        self._parts.append(
            f'<polyline points="{joined}" fill="none" stroke="{color}" stroke-width="{width:g}" '
            'stroke-linejoin="round"/>'
        )

    def shape(self, points: Sequence[tuple[float, float]], color: str) -> None:
        """Fill the shape between points."""
        joined = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        self._parts.append(f'<polygon points="{joined}" fill="{color}"/>')

    def dot(
        self, x: float, y: float, color: str = OURS, radius: float = 4, *, hollow: bool = False
    ) -> None:
        """Draw a round mark."""
        fill = "#ffffff" if hollow else color
        self._parts.append(
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:g}" fill="{fill}" '
            f'stroke="{color}" stroke-width="1.5"/>'
        )

    def text(
        self,
        x: float,
        y: float,
        words: str,
        color: str = INK,
        size: float = 12,
        *,
        anchor: str = "start",
        bold: bool = False,
    ) -> None:
        """Write a line of words; y is its base line."""
        weight = ' font-weight="600"' if bold else ""
        self._parts.append(
            f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}" fill="{color}" '
            f'text-anchor="{anchor}"{weight}>{escape(words, quote=False)}</text>'
        )

    def render(self) -> str:
        """Return the drawing as a document."""
        width, height = self._size
        title = escape(self._title, quote=True)
        head = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" '
            f'width="{width:g}" height="{height:g}" role="img" aria-label="{title}" '
            f'style="{_STYLE}">'
        )
        card = (
            f'<rect x="0.5" y="0.5" width="{width - 1:g}" height="{height - 1:g}" rx="8" '
            'fill="#ffffff" stroke="#d1d5db"/>'
        )
        return "\n".join([head, f"<title>{title}</title>", card, *self._parts, "</svg>\n"])
