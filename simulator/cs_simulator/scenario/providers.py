"""Generators of values: providers of Faker, by name.

The list has those that return a single value, check their arguments, and return the same for the
same seed, whatever the day, hash seed, time zone and locale. What Faker counts from today, such as
``date_of_birth``, counts from :data:`TODAY` here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from cs_simulator.documents.problems import UnfitError, nearest, shown
from cs_simulator.documents.shape import Checker, Schema
from cs_simulator.domain.metadata import AttributeSchema
from cs_simulator.domain.typed import checked_value

if TYPE_CHECKING:
    from faker import Faker

TODAY = date(2026, 1, 1)
"""The day from which ages count, so that generated birthdays never change."""

_LARGEST = 1_000
_LONGEST = 200
_MOST_YEARS = 150
_LETTERS = "letters"

PLAIN: tuple[str, ...] = tuple(
    """address administrative_unit bban boolean building_number catch_phrase city city_suffix
    color_name company company_email company_suffix country country_code credit_card_provider
    cryptocurrency_code currency_code currency_name domain_name emoji first_name
    first_name_female first_name_male free_email hex_color iban ipv4 ipv6 job language_code
    language_name last_name latitude license_plate locale longitude mac_address mime_type msisdn
    name name_female name_male phone_number postcode prefix random_digit random_letter
    random_uppercase_letter safe_email secondary_address slug state state_abbr street_address
    street_name suffix timezone url user_name uuid4 word zipcode""".split()
)
"""Providers without arguments, by their names in Faker."""

UNREPEATABLE = frozenset({("it_IT", "city"), ("uk_UA", "license_plate")})
"""Locales and providers that differ between processes, because they iterate over a set."""


class ProviderCall(NamedTuple):
    """A provider and its arguments, as a document gives them."""

    name: str
    arguments: Mapping[str, Any] = MappingProxyType({})


class _Argument(NamedTuple):
    """The accepted values of a provider's argument."""

    expected: str
    fits: Callable[[Any], bool]
    needed: bool = False


def _whole(low: int, high: int) -> _Argument:
    return _Argument(
        f"an integer from {low} to {high}",
        lambda value: type(value) is int and low <= value <= high,
    )


def _is_day(value: Any) -> bool:
    try:
        return bool(date.fromisoformat(value))
    except (TypeError, ValueError):
        return False


_DAY = _Argument("a date such as 1962-05-10", _is_day, needed=True)
_PATTERN = _Argument(
    f"a text of 1 to {_LONGEST} characters",
    lambda value: isinstance(value, str) and 1 <= len(value) <= _LONGEST,
    needed=True,
)
_SIZE = _whole(5, _LARGEST)
_YEARS = _whole(0, _MOST_YEARS)

WITH_ARGUMENTS: Mapping[str, Mapping[str, _Argument]] = MappingProxyType(
    {
        "bothify": {"text": _PATTERN},
        "credit_card_number": {},
        "date_between": {"start_date": _DAY, "end_date": _DAY},
        "date_of_birth": {"minimum_age": _YEARS, "maximum_age": _YEARS},
        "lexify": {"text": _PATTERN},
        "numerify": {"text": _PATTERN},
        "paragraph": {"nb_sentences": _whole(1, 20)},
        "random_int": {"min": _whole(-(2**31), 2**31 - 1), "max": _whole(-(2**31), 2**31 - 1)},
        "sentence": {"nb_words": _whole(1, 50)},
        "text": {"max_nb_chars": _SIZE},
    }
)
"""Providers with the arguments that they accept."""

PROVIDERS: tuple[str, ...] = tuple(sorted((*PLAIN, *WITH_ARGUMENTS)))


def _day_between(faker: Faker, first: date, last: date) -> date:
    return first + timedelta(days=faker.pyint(0, (last - first).days))


def _years_ago(years: int) -> date:
    return TODAY.replace(year=TODAY.year - years)


def _date_of_birth(faker: Faker, minimum_age: int = 0, maximum_age: int = 115) -> date:
    return _day_between(
        faker, _years_ago(maximum_age + 1) + timedelta(days=1), _years_ago(minimum_age)
    )


def _date_between(faker: Faker, start_date: str, end_date: str) -> date:
    return _day_between(faker, date.fromisoformat(start_date), date.fromisoformat(end_date))


_OWN: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {"date_of_birth": _date_of_birth, "date_between": _date_between}
)
"""What Faker counts from today."""


class _ProviderName:
    """The name of a provider, or a map from it to its arguments."""

    _expected = "the name of a provider, or {name: {argument: value}}"

    def check(self, value: Any, at: str, checker: Checker) -> ProviderCall:
        """Return the call; add problems with its name or its arguments."""
        given: Any = {}
        if isinstance(value, dict) and len(value) == 1:
            ((value, given),) = value.items()
            at = f"{at}.{value}"
        if not isinstance(value, str):
            checker.expected(at, self._expected, value)
            return ProviderCall("word")
        if value not in PROVIDERS:
            near = nearest(value, PROVIDERS)
            instead = f"did you mean {near}?" if near else f"see {', '.join(PROVIDERS)}"
            checker.problem(at, f"no provider named {shown(value)}", instead)
            return ProviderCall("word")
        takes = WITH_ARGUMENTS.get(value, {})
        if given is None:
            given = {}
        if not isinstance(given, dict):
            checker.expected(at, "a map of arguments", given)
            return ProviderCall(value)
        before = len(checker.problems)
        for name, argument in given.items():
            if name not in takes:
                checker.no_such(f"{at}.{name}", name, takes, "argument", f"{value} takes none")
            elif not takes[name].fits(argument):
                checker.expected(f"{at}.{name}", takes[name].expected, argument)
        for name, row in takes.items():
            if row.needed and name not in given:
                checker.missing(at, name, row.expected)
        if len(checker.problems) == before:
            _check_order(value, given, at, checker)
        return ProviderCall(value, given)

    def json_schema(self) -> Schema:
        """Return the JSON Schema of accepted values."""
        names: Schema = {"enum": list(PROVIDERS)}
        with_arguments: Schema = {
            "type": "object",
            "minProperties": 1,
            "maxProperties": 1,
            "propertyNames": names,
            "additionalProperties": {"type": ["object", "null"]},
        }
        return {"anyOf": [names, with_arguments]}


PROVIDER = _ProviderName()

_ORDERED: Sequence[tuple[str, str, str, Any, Any]] = (
    ("date_of_birth", "minimum_age", "maximum_age", 0, 115),
    ("date_between", "start_date", "end_date", None, None),
    ("random_int", "min", "max", 0, 9999),
)


def _check_order(name: str, given: Mapping[str, Any], at: str, checker: Checker) -> None:
    """Add a problem if an end is before its beginning."""
    for provider, least, most, low, high in _ORDERED:
        if name == provider:
            first, last = given.get(least, low), given.get(most, high)
            if first > last:
                checker.problem(at, f"{least} {first} is after {most} {last}", "swap the two")


def made_by(call: ProviderCall, faker: Faker, seed: object) -> Any:
    """Return a value that depends only on the seed, not on earlier values."""
    faker.seed_instance(repr(seed))
    own = _OWN.get(call.name)
    if own is not None:
        return own(faker, **call.arguments)
    return getattr(faker, call.name)(**call.arguments)


def _as_word(value: bool) -> str:
    """Return the word for a boolean, as in JSON."""
    return "true" if value else "false"


def attribute_value(attribute: AttributeSchema, made: Any) -> Any:
    """Convert a generated value to what an attribute stores: text of its length, or its own type.

    Raises :exc:`UnfitError` if the type does not fit.
    """
    if isinstance(made, date):
        made = made.isoformat()
    if attribute.type == "string":
        if isinstance(made, bool):
            made = _as_word(made)
        text = ", ".join(str(made).split("\n"))
        return text[: attribute.length or None]
    return checked_value(attribute, float(made) if isinstance(made, Decimal) else made)


def check_call(
    call: ProviderCall,
    attribute: AttributeSchema,
    faker: Faker,
    locale: str,
    at: str,
    checker: Checker,
) -> Any:
    """Add problems for what a locale lacks or does not repeat, or an attribute does not accept.

    Return an example.
    """
    if (locale, call.name) in UNREPEATABLE:
        problem = f"{call.name} of {locale} gives something else in every process"
        checker.problem(at, problem, "take another provider or locale")
        return None
    if call.name not in _OWN and not hasattr(faker, call.name):
        checker.problem(at, f"{locale} has no provider {call.name}", "take another one or locale")
        return None
    made = made_by(call, faker, 0)
    word = _as_word(made) if isinstance(made, bool) else str(made)
    try:
        return attribute_value(attribute, made)
    except UnfitError as unfit:
        problem = f"{call.name} makes {shown(word)}; {attribute.name} takes {unfit.expected}"
        checker.problem(at, problem, "take another provider, or declare another type")
        return None
