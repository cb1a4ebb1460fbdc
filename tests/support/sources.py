"""Where an expectation comes from, as marks."""

from __future__ import annotations

import pytest


def documented(source: str) -> pytest.MarkDecorator:
    """Mark what the vendor documents, and on which page."""
    return pytest.mark.documented(source)


def relied_on(what: str) -> pytest.MarkDecorator:
    """Mark what public clients of the real product rely on."""
    return pytest.mark.relied_on(what)


def assumed(what: str) -> pytest.MarkDecorator:
    """Mark what no source decides: the fidelity switch it hangs on, or the decision itself."""
    return pytest.mark.assumed(what)
