"""Plots of results: the budgets, the operations beside the bare stack, the growth."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from tests.benchmarks.figures import Figure, Spread
from tests.benchmarks.svg import BUDGET, GRID, INK, MISSED, OURS, QUIET, Drawing
from tests.benchmarks.words import measured, power

_ROW = 26
_FAINT = "#93b4f5"


@dataclass(frozen=True)
class Axis:
    """An axis between two places of the drawing; what lies beyond its ends is drawn at them."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        """Return the place of a value."""
        share = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)

    def beyond(self, value: float) -> bool:
        """Tell whether a value lies above the axis."""
        return value > self.high


def _whisker(drawing: Drawing, axis: Axis, spread: Spread, y: float, color: str) -> None:
    """Draw a spread from side to side, with an arrow where it leaves the axis."""
    drawing.line((axis(spread.low), y), (axis(spread.high), y), color, 2)
    if axis.beyond(spread.high):
        end = axis.end
        drawing.shape([(end + 5, y), (end - 2, y - 4), (end - 2, y + 4)], color)


def _median(
    drawing: Drawing,
    axis: Axis,
    spread: Spread,
    y: float,
    color: str,
    radius: float,
    *,
    hollow: bool = False,
) -> None:
    """Draw a median, as an arrow where it leaves the axis."""
    if axis.beyond(spread.median):
        end = axis.end
        drawing.shape([(end + 8, y), (end - 2, y - 5), (end - 2, y + 5)], color)
    else:
        drawing.dot(axis(spread.median), y, color, radius, hollow=hollow)


def budgets(figures: Sequence[Figure]) -> str:
    """Return each budget as a row: how much of it is used."""
    left = 40 + max([40, *(len(figure.title) for figure in figures)]) * 7
    right, wide = left + 348, left + 560
    height = 84 + _ROW * len(figures) + 16
    shares = [_share(figure) for figure in figures]
    high = min(max([1.5, *(share.median * 1.1 for share in shares)]), 3)
    axis = Axis(0, high, left, right)
    drawing = Drawing(wide, height, "How much of each budget is used")
    drawing.text(20, 28, "How much of each budget is used", size=15, bold=True)
    drawing.text(20, 46, "dot: the median; line: the lowest to the highest", QUIET, 11.5)
    bottom = 76 + _ROW * len(figures)
    for percent in range(0, int(high * 100) + 1, 25):
        x = axis(percent / 100)
        if percent != 100:
            drawing.line((x, 70), (x, bottom))
        if percent % 50 == 0:
            color = BUDGET if percent == 100 else QUIET
            drawing.text(x, 64, f"{percent} %", color, 11, anchor="middle", bold=percent == 100)
    drawing.line((axis(1), 70), (axis(1), bottom), BUDGET, 1.5, dashed=True)
    for row, (figure, share) in enumerate(zip(figures, shares, strict=True)):
        y = 76 + _ROW * row + _ROW / 2
        color = MISSED if figure.missed else OURS
        drawing.text(left - 14, y + 4, figure.title, INK, 12, anchor="end")
        _whisker(drawing, axis, share, y, "#f0a3a3" if figure.missed else _FAINT)
        _median(drawing, axis, share, y, color, 4.5)
        sign = "≥ " if figure.at_least else "≤ "
        words = f"{measured(figure)} ({sign}{figure.budget:g})"
        drawing.text(right + 14, y + 4, words, color if figure.missed else INK, 12)
        if figure.missed:
            drawing.text(wide - 20, y + 4, "missed", color, 12, anchor="end", bold=True)
    return drawing.render()


def _share(figure: Figure) -> Spread:
    """Return how much of its budget a figure uses: 1 is all of it, more is a miss."""
    judged, budget = figure.judged, figure.budget
    assert budget is not None
    if figure.at_least:
        return Spread(budget / judged.median, budget / judged.high, budget / judged.low)
    return Spread(judged.median / budget, judged.low / budget, judged.high / budget)


_PANELS = (
    ("throughput", "throughput: more is better", 1.5),
    ("p50", "p50: less is better", 2.5),
    ("p99", "p99: less is better", 2.5),
)


def operations(figures: Sequence[Figure]) -> str:
    """Return each operation as a row of ratios to its bare route."""
    subjects = [*dict.fromkeys(figure.subject for figure in figures)]
    found = {(figure.subject, figure.measure, figure.at): figure for figure in figures}
    row, left, panel, gap, top = 19, 236, 196, 42, 96
    wide = left + 3 * panel + 2 * gap + 34
    bottom = top + row * len(subjects) + 4
    drawing = Drawing(wide, bottom + 34, "Each operation against a bare route")
    drawing.text(
        20, 28, "Each operation against a bare route that answers the same", size=15, bold=True
    )
    drawing.dot(25, 46, OURS)
    drawing.text(34, 50, "8 connections", QUIET, 11.5)
    drawing.dot(132, 46, OURS, hollow=True)
    drawing.text(141, 50, "1 connection", QUIET, 11.5)
    drawing.text(226, 50, "line: the lowest to the highest ratio of the pairs", QUIET, 11.5)
    for number_, subject in enumerate(subjects):
        y = top + row * number_ + row / 2
        if number_ % 2 == 0:
            band = [(12, y - row / 2), (wide - 12, y - row / 2)]
            band += [(x, y + row / 2) for x, _ in reversed(band)]
            drawing.shape(band, "#f6f7f9")
        drawing.text(left - 16, y + 4, subject, INK, 11.5, anchor="end")
    for column, (measure, words, least) in enumerate(_PANELS):
        start = left + column * (panel + gap)
        medians = [
            figure.judged.median for (_, what, _), figure in found.items() if what == measure
        ]
        high = min(math.ceil(max([least, *medians]) * 2) / 2, 6)
        axis = Axis(0, high, start, start + panel)
        drawing.text(start + panel / 2, top - 24, words, INK, 12, anchor="middle", bold=True)
        step = 0.5 if high <= 3 else 1
        for tick in range(int(high / step) + 1):
            x, even = axis(tick * step), tick * step == 1
            drawing.line((x, top), (x, bottom), INK if even else GRID, 1)
            for y in (top - 7, bottom + 16):
                drawing.text(
                    x, y, f"{tick * step:g} x", INK if even else QUIET, 10.5, anchor="middle"
                )
        for number_, subject in enumerate(subjects):
            y = top + row * number_ + row / 2
            for connections, shift in ((1, 3.5), (8, -3.5)):
                figure = found.get((subject, measure, connections))
                if figure is not None:
                    _whisker(drawing, axis, figure.judged, y + shift, _FAINT)
                    hollow = connections == 1
                    _median(drawing, axis, figure.judged, y + shift, OURS, 3.2, hollow=hollow)
    return drawing.render()


def growth(figures: Sequence[Figure]) -> str:
    """Return a small plot of each operation: its latency by how many services are stored."""
    subjects = [*dict.fromkeys(figure.subject for figure in figures)]
    columns, width, height, top = 3, 262, 132, 76
    rows = math.ceil(len(subjects) / columns)
    drawing = Drawing(44 + columns * width, top + rows * height + 14, "Growth")
    few = figures[0].yardstick if figures else ""
    drawing.text(
        20, 28, f"Latency by how many services are stored, against {few}", size=15, bold=True
    )
    drawing.text(
        20, 47, "p50 at one connection; bars: the lowest to the highest of the pairs", QUIET, 11.5
    )
    budget = next((figure.budget for figure in figures if figure.budget is not None), None)
    if budget is not None:
        drawing.line((430, 43), (456, 43), BUDGET, 1.5, dashed=True)
        drawing.text(462, 47, f"budget {budget:g} x, at the largest", BUDGET, 11.5)
    for number_, subject in enumerate(subjects):
        left = 20 + (number_ % columns) * width
        up = top + number_ // columns * height
        own = [figure for figure in figures if figure.subject == subject]
        _panel(drawing, own, left, up, budget)
    return drawing.render()


def _panel(
    drawing: Drawing, figures: Sequence[Figure], left: float, up: float, budget: float | None
) -> None:
    """Draw the growth of one operation."""
    figures = sorted(figures, key=lambda figure: figure.at or 0)
    logs = [math.log10(figure.at or 1) for figure in figures]
    high = min(max(1.6, *(figure.judged.median * 1.1 for figure in figures)), 3)
    x = Axis(logs[0], max(logs[-1], logs[0] + 1), left + 42, left + 232)
    y = Axis(0.5, high, up + 96, up + 20)
    missed = any(figure.missed for figure in figures)
    title = figures[0].subject + (": missed" if missed else "")
    drawing.text(left + 34, up + 10, title, MISSED if missed else INK, 12, bold=True)
    for value in (0.5, 1.0, 1.5, 2.0, 2.5, 3.0):
        if value <= high:
            drawing.line(
                (x.start - 8, y(value)), (x.end + 8, y(value)), QUIET if value == 1 else GRID
            )
            drawing.text(x.start - 13, y(value) + 4, f"{value:g} x", QUIET, 10, anchor="end")
    if budget is not None:
        drawing.line((x.start - 8, y(budget)), (x.end + 8, y(budget)), BUDGET, 1.2, dashed=True)
    for at, figure in zip(logs, figures, strict=True):
        drawing.line((x(at), y(figure.judged.low)), (x(at), y(figure.judged.high)), _FAINT, 2)
        drawing.text(x(at), up + 112, power(figure.at or 0), QUIET, 10, anchor="middle")
    places = [(x(at), y(fig.judged.median)) for at, fig in zip(logs, figures, strict=True)]
    drawing.path(places)
    for place, figure in zip(places, figures, strict=True):
        drawing.dot(*place, MISSED if figure.missed else OURS, 3.5)
