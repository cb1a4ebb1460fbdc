"""Internal attributes of profiles: there for each media type, taken and shown, not in the schema.

API Reference, Attribute Schema.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.conftest import Simulate
from tests.contract.customers import Api, bad_members
from tests.contract.customers import one_form_of_service_ids as one_form_of_service_ids
from tests.support import assumed, documented
from tests.support.problems import DAY, sentence

MEDIA = {
    "MediaType": {
        "dbid": 1,
        "display_name": "Media Type",
        "values": [{"name": "voice", "dbid": 1}, {"name": "web chat", "dbid": 2}],
    }
}
CALLED = {
    "LCA_EmplID_voice": "A1",
    "LCA_TimeStamp_voice": "2026-01-05T08:00:00.000Z",
    "Pref_EmplID_voice": ["A2", "A3"],
}


@pytest.fixture(params=["8.5", "8.1"])
def of_media(request: pytest.FixtureRequest, simulate: Simulate) -> Api:
    """A client of customers in each edition, where the media types are voice and web chat."""
    return Api(simulate({"business_attributes": MEDIA}), request.param)


@documented("Attribute Schema: LCA_EmplID, LCA_TimeStamp and Pref_EmplID of every media type")
def test_internal_attributes_of_media_in_profiles(of_media: Api) -> None:
    customer = of_media.created(LastName="Doe", **CALLED)
    path = f"profiles/{customer}"
    assert of_media.get(path) == {"customer_id": customer, "LastName": "Doe", **CALLED}
    body = {"pref_emplid_WEB CHAT": "A4"}
    assert of_media.request("PUT", path, body).status == 200
    assert of_media.get(path) == {"customer_id": customer, "Pref_EmplID_web chat": "A4"}
    description = of_media.refused("POST", "profiles", {**CALLED, "LCA_TimeStamp_voice": "soon"})
    assert bad_members(description) == ["LCA_TimeStamp_voice"]
    assert sentence("", DAY, "soon") in description


@documented("Attribute Schema: internal attributes are not visible")
def test_query_profile_schema_shows_no_media(of_media: Api) -> None:
    names = [each["name"] for each in of_media.get("metadata/profiles")]
    assert names == ["FirstName", "LastName", "PhoneNumber", "EmailAddress", "Title"]


@documented("Attribute Schema: of the media types that there are, and of no other")
@pytest.mark.parametrize("name", ["LCA_EmplID_fax", "LCA_EmplID_", "LCA_EmplID", "Pref_EmplID_web"])
def test_create_profile_with_an_attribute_of_no_medium(of_media: Api, name: str) -> None:
    assert bad_members(of_media.refused("POST", "profiles", {name: "A1"})) == [name]


@assumed("identification keys may be over internal attributes, and queries name them")
def test_identify_customer_by_an_attribute_of_a_medium(of_media: Api) -> None:
    of_media.key("idCalled", "lca_emplid_VOICE")
    ids = [of_media.created(**CALLED), of_media.created(**CALLED, LastName="Doe")]
    of_media.created(LCA_EmplID_voice="B1")
    assert of_media.found("LCA_EmplID_voice=A1") == ids
    assert of_media.found("LastName=Doe&Pref_EmplID_voice=A3") == ids[1:]
    key = of_media.get("metadata/identification-keys/idCalled")
    assert key == {"name": "idCalled", "attributes": ["LCA_EmplID_voice"]}


@assumed("a profile extension cannot have the name of an internal attribute")
def test_create_profile_extension_schema_of_an_attribute_of_a_medium(of_media: Api) -> None:
    path = "metadata/profiles/extensions"
    body = {"name": "lca_emplid_voice", "type": "classifier"}
    of_media.refused("POST", path, body, status=409, code=4090)


@assumed("internal attributes stay when the metadata change")
def test_internal_attributes_outlast_changes_of_metadata(of_media: Api) -> None:
    of_media.schema({"name": "Vip", "type": "classifier"})
    of_media.key("idTitle", "Title")
    of_media.done("DELETE", "metadata/profiles/extensions/Vip", status=204)
    of_media.done("DELETE", "metadata/identification-keys/idTitle", status=204)
    of_media.created(**CALLED)
    assert bad_members(of_media.refused("POST", "profiles", {"LCA_EmplID_fax": "A"}))


@assumed("a world without a Media Type has those of the sample: email, chat, voice, fax")
def test_internal_attributes_where_no_media_are_named(api: Api) -> None:
    names = [f"LCA_EmplID_{medium}" for medium in ("email", "chat", "voice", "fax")]
    customer = api.created(**dict.fromkeys(names, "A1"))
    assert list(api.get(f"profiles/{customer}")) == ["customer_id", *names]
    assert bad_members(api.refused("POST", "profiles", {"LCA_EmplID_sms": "A1"}))


@assumed("profiles are common to all tenants, and so are the media that any of them has")
def test_internal_attributes_of_the_media_of_tenants(simulate: Simulate) -> None:
    def tenant(dbid: int, medium: str) -> dict[str, Any]:
        values = [{"name": medium, "dbid": 1}]
        attributes = {"Media": {"dbid": 1, "display_name": "Media type", "values": values}}
        return {"dbid": dbid, "name": f"T{dbid}", "business_attributes": attributes}

    cs = simulate({"settings": {"tenants": [tenant(1, "voice"), tenant(2, "sms")]}})
    assert cs.post("profiles", {"LCA_EmplID_voice": "A", "LCA_EmplID_sms": "B"}).status == 201
    assert cs.post("profiles", {"LCA_EmplID_email": "A"}).status == 400


@documented("Attribute Schema: without any profile schema there is none of a medium either")
def test_internal_attributes_without_a_schema(simulate: Simulate) -> None:
    cs = simulate({"business_attributes": MEDIA, "profile_attributes": []})
    assert cs.post("profiles", CALLED).status == 404
