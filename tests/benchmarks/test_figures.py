"""Figures: spreads, ratios of pairs, budgets, and how they are kept."""

from __future__ import annotations

from typing import Any

import pytest

from tests.benchmarks import runs
from tests.benchmarks.figures import Figure, Spread, interleaved
from tests.benchmarks.load import Result
from tests.benchmarks.words import measured, number, power, with_spread


def test_a_spread_is_the_median_and_the_ends_to_four_digits() -> None:
    assert Spread.of([3.00004, 1, 2000.49]) == Spread(3.0, 1.0, 2000.0)


def test_a_ratio_is_that_of_each_pair() -> None:
    figure = Figure.of("get_service", "p50", "ms", [1, 4, 9], [1, 2, 3])
    assert figure.ratio == Spread(2, 1, 3)
    assert (figure.ours.median, figure.theirs) == (4, Spread(2, 1, 3))


@pytest.mark.parametrize(
    ("ours", "theirs", "more", "missed"),
    [
        ([6], [4], {"budget": 1.5}, False),
        ([6.2], [4], {"budget": 1.5}, True),
        ([3], [4], {"budget": 0.8, "at_least": True}, True),
        ([4], [5], {"budget": 0.8, "at_least": True}, False),
        ([4], [1], {"budget": 5, "relative": False}, False),
        ([6], [60], {"budget": 5, "relative": False}, True),
        ([6], [], {"budget": 5}, True),
        ([6], [1], {}, False),
    ],
)
def test_a_budget_is_of_the_ratio_or_of_the_value(
    ours: list[float], theirs: list[float], more: dict[str, Any], missed: bool
) -> None:
    assert Figure.of("x", "", "ms", ours, theirs, **more).missed == missed


@pytest.mark.parametrize(
    "figure",
    [
        Figure.of("memory", "", "KiB", [1.5], at=100, counted="services", budget=1.5),
        Figure.of("reset", "p50", "ms", [2, 3], [1, 1], budget=5, relative=False),
        Figure.of("a", "throughput", "/s", [2], [1], "bare", at=8, budget=0.8, at_least=True),
    ],
)
def test_a_figure_is_read_as_it_was_stored(figure: Figure) -> None:
    assert Figure.read(figure.stored()) == figure


def test_a_title_counts_connections_and_services() -> None:
    one = Figure.of("get_service", "p50", "ms", [1], at=1)
    assert one.title == "get_service, p50, 1 connection"
    many = Figure.of("memory", "", "KiB", [1], at=1000, counted="services")
    assert many.title == "memory, 1,000 services"


def test_things_are_measured_in_turn() -> None:
    order: list[str] = []

    def measure(name: str) -> float:
        order.append(name)
        return len(order)

    assert interleaved(2, lambda: measure("a"), lambda: measure("b")) == [[1, 3], [2, 4]]
    assert order == ["a", "b", "a", "b"]


def test_figures_of_runs() -> None:
    pairs = runs.in_turn(
        2, lambda: Result(100, 2, [0.002] * 100), lambda: Result(100, 1, [0.001] * 100)
    )
    assert runs.throughput("x", pairs).ratio == Spread(0.5, 0.5, 0.5)
    assert runs.latency("x", 99, pairs).ours == Spread(2, 2, 2)
    assert runs.latency("x", 50, pairs).ratio == Spread(2, 2, 2)


@pytest.mark.parametrize(
    ("value", "words"),
    [(1234.6, "1,235"), (99.94, "99.9"), (3.456, "3.46"), (0.26789, "0.268"), (100, "100")],
)
def test_a_number_has_about_three_digits(value: float, words: str) -> None:
    assert number(value) == words


def test_powers_of_ten_are_written_as_such() -> None:
    assert [power(each) for each in (0, 10, 100, 250, 10**6)] == ["0", "10", "10²", "250", "10⁶"]


def test_a_spread_of_one_measurement_is_not_shown() -> None:
    assert with_spread(Spread(2, 2, 2), "x") == "2.00 x"
    assert with_spread(Spread(2, 1, 300), "ms") == "2.00 ms (1.00 to 300)"
    assert measured(Figure.of("x", "", "ms", [3], [2])) == "1.50 x"
