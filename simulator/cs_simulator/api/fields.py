"""marshmallow fields that take what the contract's scalars take, and word errors as it asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from marshmallow import INCLUDE, Schema, ValidationError, fields

from cs_simulator.documents.problems import Problem, UnfitError
from cs_simulator.documents.values import Converter


class ProblemText(str):
    """A problem in the form marshmallow carries: a text, which has the problem itself."""

    __slots__ = ("problem",)

    problem: Problem

    # A text is made before __init__ could add to it.
    def __new__(cls, problem: Problem) -> ProblemText:
        """Return the text of a problem."""
        text = super().__new__(cls, problem.detail)
        text.problem = problem
        return text


class ConvertedField(fields.Field[Any]):
    """A member that takes what its converter takes.

    Marshmallow's own fields take ``"1_000"`` for an integer, refuse an integer for a string and
    ``tRuE`` for a boolean; a converter of :mod:`cs_simulator.documents.values` does neither.
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
    """Return the schema of some members; unknown ones are left to whoever reads the body."""
    members: dict[str, fields.Field[Any]] = {
        member: ConvertedField(converter) for member, converter in converters.items()
    }
    return Schema.from_dict(members, name=name)(unknown=INCLUDE)


def load(schema: Schema, given: Mapping[str, Any]) -> tuple[Mapping[str, Any], list[Problem]]:
    """Return what a schema takes of some members, and what it refuses."""
    try:
        return schema.load(given), []
    except ValidationError as error:
        valid = error.valid_data
        return (valid if isinstance(valid, dict) else {}), problems_of(error)


def problems_of(error: ValidationError) -> list[Problem]:
    """Return the problems that marshmallow found, each with the name of its member."""
    # Its frames hold the error that holds them: garbage that somebody would have to look for.
    error.__traceback__ = None
    return [
        replace(text.problem, at=name)
        for name, texts in error.messages_dict.items()
        for text in texts
    ]
