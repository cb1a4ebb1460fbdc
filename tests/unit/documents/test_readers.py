"""Whatever a text holds, it is read or rejected in words: no reader fails in another way."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cs_simulator.api.bodies import read_json
from cs_simulator.documents.problems import DocumentError
from cs_simulator.documents.text import read_text
from cs_simulator.domain.errors import MalformedBody
from tests.support.chance import examples

PIECES = """NaN NaNx Infinity -Infinityx 1e400 1e400-5 01 - tru null {"a": { [ ] } , : "
"\\q" "a" <<: *a &a !!int é""".split()
OTHERS = ("\n", "  - ", "\0", "9" * 50, " ")
texts = st.lists(st.sampled_from([*PIECES, *OTHERS]), max_size=9).map("".join)


@given(texts)
@settings(max_examples=examples(150))
def test_text_of_awkward_pieces_is_read_or_rejected(text: str) -> None:
    with suppress(MalformedBody):
        read_json(text.encode())
    with suppress(DocumentError):
        read_text(text, "f")


@pytest.mark.parametrize("word", ["NaNx", "Infinityx", "-Infinity1", "[NaN9]", "1e400-5", "1e400x"])
def test_word_that_begins_as_a_number_is_rejected_in_words(word: str) -> None:
    with pytest.raises(MalformedBody):
        read_json(f'{{"a": {word}}}'.encode())
    with pytest.raises(DocumentError):
        read_text(f'{{"a": {word}}}', "f")
