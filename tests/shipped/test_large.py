"""The large scenario: ten thousand generated customers with their services."""

from __future__ import annotations

import pytest

from tests.shipped.support import played, reset
from tests.support import FIRST_SERVICE, Simulation

MANY = 10_000


@pytest.fixture(scope="module")
def large() -> Simulation:
    """One world for all tests here: it takes long to make, and they only look at it."""
    return played("large")


def test_there_are_ten_thousand_customers_with_a_service_each(large: Simulation) -> None:
    tx = large.world.begin()
    customers = [profile.customer_id for profile in tx.profiles]
    owners = [service.customer_id for service in tx.store.services()]
    assert len(set(customers)) == MANY
    assert sorted(map(str, owners)) == sorted(customers)


def test_six_in_ten_services_are_active(large: Simulation) -> None:
    services = list(large.world.begin().store.services())
    active = [service for service in services if service.completed is None]
    assert 0.58 < len(active) / len(services) < 0.62


def test_a_customer_is_identified_among_all(large: Simulation) -> None:
    *_, last = large.world.begin().profiles
    [address] = last.attributes["EmailAddress"]
    [found] = large.get(f"profiles?EmailAddress={address}&include_profile=yes").shows()
    assert found["customer_id"] == last.customer_id
    [service] = large.get(f"customers/{last.customer_id}/services").shows()
    assert service["service_id"] == FIRST_SERVICE + MANY - 1


def test_the_same_customers_are_there_every_time(large: Simulation) -> None:
    before = [(each.customer_id, each.attributes) for each in large.world.begin().profiles]
    reset(large)
    after = [(each.customer_id, each.attributes) for each in large.world.begin().profiles]
    again = played("large")
    other = [(each.customer_id, each.attributes) for each in again.world.begin().profiles]
    assert before == after == other
