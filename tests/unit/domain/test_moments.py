"""Dates: exactly three digits of milliseconds or none, UTC or an offset (contract section 2)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cs_simulator.clock import (
    EARLIEST,
    LATEST,
    SECOND,
    Instant,
    format_http_date,
    format_instant,
    instant_of,
)
from cs_simulator.documents.problems import UnfitError
from cs_simulator.documents.values import Moment

FORM = "a date in the form YYYY-MM-DDTHH:mm:ss.SSSZ"

instants = st.integers(EARLIEST, LATEST)


def refused(value: object) -> str:
    with pytest.raises(UnfitError) as error:
        Moment()(value)
    return str(error.value)


@given(instants)
@example(EARLIEST)
@example(LATEST)
@example(0)
@example(-1)
def test_moment_takes_what_is_written(instant: Instant) -> None:
    written = format_instant(instant)
    assert len(written) == 24
    assert written.endswith("Z")
    assert Moment()(written) == instant


@given(instants)
def test_written_instant_is_the_calendars(instant: Instant) -> None:
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=instant)
    written = moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    assert format_instant(instant) == written
    assert instant_of(moment) == instant


@given(st.datetimes(), st.integers(-(23 * 60 + 59), 23 * 60 + 59))
@example(datetime(1, 1, 1), 60)
@example(datetime(9999, 12, 31, 23, 59, 59), -60)
def test_moment_converts_an_offset(local: datetime, minutes: int) -> None:
    local = local.replace(microsecond=local.microsecond // 1000 * 1000)
    sign = "-" if minutes < 0 else "+"
    offset = f"{sign}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
    text = f"{local.isoformat(timespec='milliseconds')}{offset}"
    aware = local.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    expected = instant_of(aware)
    if EARLIEST <= expected <= LATEST:
        assert Moment()(text) == expected
        assert expected == instant_of(local.replace(tzinfo=UTC)) - minutes * 60_000
    else:
        assert refused(text) == f"{FORM}; in UTC it is outside the years 1 to 9999"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("2010-05-18T15:23:34.447Z", "2010-05-18T15:23:34.447Z"),
        ("2010-05-18T15:23:34Z", "2010-05-18T15:23:34.000Z"),
        ("2010-05-18T15:23:34.447+02:00", "2010-05-18T13:23:34.447Z"),
        ("2010-05-18T15:23:34-00:30", "2010-05-18T15:53:34.000Z"),
        ("2010-05-18T15:23:34+00:00", "2010-05-18T15:23:34.000Z"),
        ("2024-02-29T00:00:00.000Z", "2024-02-29T00:00:00.000Z"),
        ("0001-01-01T00:00:00.000Z", "0001-01-01T00:00:00.000Z"),
        ("9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"),
        ("2999-01-01T00:00:00Z", "2999-01-01T00:00:00.000Z"),
    ],
)
def test_moment_takes(text: str, written: str) -> None:
    assert format_instant(Moment()(text)) == written


@pytest.mark.parametrize(
    "value",
    [
        "2010-05-18T15:23:34.4Z",
        "2010-05-18T15:23:34.44Z",
        "2010-05-18T15:23:34.4471Z",
        "2010-05-18T15:23:34.Z",
        "2010-05-18T15:23:34,447Z",
        "2010-05-18T15:23Z",
        "2010-05-18T15:23:34",
        "2010-05-18T15:23:34.447",
        "2010-05-18 15:23:34.447Z",
        "2010-05-18t15:23:34.447z",
        "2010-05-18T15:23:34.447 02:00",
        "2010-05-18T15:23:34.447+0200",
        "2010-05-18T15:23:34.447+02",
        "2010-05-18",
        "10-05-18T15:23:34Z",
        "12010-05-18T15:23:34Z",
        "\u0662010-05-18T15:23:34Z",
        " 2010-05-18T15:23:34Z",
        "2010-05-18T15:23:34Z\n",
        "",
        1274196214447,
        True,
        None,
        [],
    ],
)
def test_moment_refuses_another_form(value: object) -> None:
    assert refused(value).partition(";")[0] == FORM


@pytest.mark.parametrize(
    "text",
    [
        "2023-02-29T00:00:00Z",
        "2026-04-31T00:00:00Z",
        "2026-13-01T00:00:00Z",
        "2026-00-01T00:00:00Z",
        "2026-01-00T00:00:00Z",
        "2026-01-01T24:00:00Z",
        "2026-01-01T00:60:00Z",
        "2016-12-31T23:59:60Z",
        "2026-01-01T00:00:00+24:00",
        "2026-01-01T00:00:00+02:60",
        "0000-01-01T00:00:00Z",
    ],
)
def test_moment_refuses_what_does_not_exist(text: str) -> None:
    assert refused(text) == f"{FORM}; this date does not exist"


@pytest.mark.parametrize(
    "text",
    ["0001-01-01T00:00:00+02:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-00:01"],
)
def test_moment_refuses_what_no_utc_can_say(text: str) -> None:
    assert refused(text) == f"{FORM}; in UTC it is outside the years 1 to 9999"


@given(st.integers(0, LATEST))
@example(LATEST)
def test_http_date_is_that_of_the_instant(instant: Instant) -> None:
    text = format_http_date(instant)
    assert text.endswith(" GMT")
    assert instant_of(parsedate_to_datetime(text)) == instant // SECOND * SECOND


def test_http_date_form() -> None:
    assert format_http_date(1_767_603_600_999) == "Mon, 05 Jan 2026 09:00:00 GMT"


def test_http_date_earliest() -> None:
    assert format_http_date(EARLIEST) == "Mon, 01 Jan 0001 00:00:00 GMT"
