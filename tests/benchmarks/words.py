"""Numbers and figures as tables and plots put them."""

from __future__ import annotations

import math

from tests.benchmarks.figures import Figure, Spread


def number(value: float) -> str:
    """Return a number with about three digits."""
    if value >= 100:
        return f"{value:,.0f}"
    if value >= 10:
        return f"{value:.1f}"
    return f"{value:.2f}" if value >= 1 else f"{value:.3f}"


def power(value: int) -> str:
    """Return a number as a power of ten where it is one, from a hundred on."""
    exponent = math.log10(value) if value else 0.0
    if value < 100 or not exponent.is_integer():
        return f"{value:,}"
    return "10" + str(int(exponent)).translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))


def amount(value: float, unit: str) -> str:
    """Return a number with its unit; a ratio has two decimals."""
    return f"{value:.2f} x" if unit == "x" else f"{number(value)} {unit}"


def measured(figure: Figure) -> str:
    """Return the median of what the budget of a figure is of."""
    return amount(figure.judged.median, figure.judged_unit)


def between(spread: Spread, unit: str) -> str:
    """Return the lowest and the highest of a spread; nothing where there was one measurement."""
    if spread.low == spread.high:
        return ""
    low, high = (
        amount(value, unit).removesuffix(f" {unit}") for value in (spread.low, spread.high)
    )
    return f"{low} to {high}"


def with_spread(spread: Spread, unit: str) -> str:
    """Return a median with its spread."""
    found = between(spread, unit)
    return f"{amount(spread.median, unit)} ({found})" if found else amount(spread.median, unit)


def budget(figure: Figure) -> str:
    """Return the budget of a figure."""
    if figure.budget is None:
        return ""
    least = "at least " if figure.at_least else ""
    return f"{least}{figure.budget:g} {figure.judged_unit}"


def verdict(figure: Figure) -> str:
    """Return whether the budget is kept, if there is one."""
    if figure.budget is None:
        return ""
    return "**missed**" if figure.missed else "kept"


def line(figure: Figure) -> str:
    """Return a figure as a line for the terminal."""
    parts = [figure.title, with_spread(figure.ours, figure.unit)]
    if figure.theirs is not None and figure.ratio is not None:
        parts.append(f"{figure.yardstick} {with_spread(figure.theirs, figure.unit)}")
        parts.append(with_spread(figure.ratio, "x"))
    if figure.budget is not None:
        parts.append(f"budget {budget(figure)}, {'MISSED' if figure.missed else 'kept'}")
    return "; ".join(parts)
