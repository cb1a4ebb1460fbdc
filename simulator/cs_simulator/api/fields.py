"""marshmallow fields for the contract's scalars, with errors worded as the contract requires."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import INCLUDE, Schema, ValidationError, fields

from cs_simulator.documents.problems import Problem, UnfitError
from cs_simulator.documents.values import Converter


class ProblemText(str):
    """A problem in the form that marshmallow carries: a string with the problem as an attribute."""

    __slots__ = ("problem",)

    problem: Problem

    # A str is complete before __init__ could change it.
    def __new__(cls, problem: Problem) -> ProblemText:
        """Return the text of a problem."""
        text = super().__new__(cls, problem.detail)
        text.problem = problem
        return text


class ConvertedField(fields.Field[Any]):
    """A member that accepts what its converter accepts.

    Marshmallow's own fields accept ``"1_000"`` as an integer and ``tRuE`` as a boolean, and reject
    an integer as a string; the converters of :mod:`cs_simulator.documents.values` do not.
    """

    def __init__(self, converter: Converter, **kwargs: Any) -> None:
        self.converter = converter
        super().__init__(**kwargs)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> Any:
        try:
            return self.converter(value)
        except UnfitError as unfit:
            raise ValidationError(ProblemText(unfit.problem("", value))) from None


def schema_of(name: str, converters: Mapping[str, Converter]) -> Schema:
    """Return a schema of some members; unknown ones are left to the caller."""
    members: dict[str, fields.Field[Any]] = {
        member: ConvertedField(converter) for member, converter in converters.items()
    }
    return Schema.from_dict(members, name=name)(unknown=INCLUDE)


def load(schema: Schema, given: Mapping[str, Any]) -> tuple[Mapping[str, Any], list[Problem]]:
    """Return the members that a schema converts, and the errors."""
    try:
        return schema.load(given), []
    except ValidationError as error:
        valid = error.valid_data
        return (valid if isinstance(valid, dict) else {}), problems_of(error)


def problems_of(error: ValidationError) -> list[Problem]:
    """Return the problems that marshmallow found, each under the name of its member."""
    # The exception's frames refer to the exception itself: break the cycle, which would cost a
    # collection.
    error.__traceback__ = None
    return [
        text.problem._replace(at=name)
        for name, texts in error.messages_dict.items()
        for text in texts
    ]
