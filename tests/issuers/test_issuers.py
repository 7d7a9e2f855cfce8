"""Issuer profiles: which slugs are free, and what is published about one."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from pytest_django import Settings

from issuers.models import RESERVED_SLUGS, Issuer, Member
from issuers.publishing import did_document
from issuers.services import add_member
from openbadges.did import parse_did_document
from tests.factories import SVG, make_issuer, make_member

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "slug", ["", "Academy", "two words", "under_score", "a--b", "-a", "a-", "ä", "a.b", "a/b", "a\n"]
)
def test_a_slug_that_no_address_can_carry_is_refused(slug: str) -> None:
    with pytest.raises(ValidationError) as refused:
        make_issuer(slug)
    assert "slug" in refused.value.message_dict
    assert not Issuer.objects.exists()


@pytest.mark.parametrize("slug", sorted(RESERVED_SLUGS))
def test_a_reserved_slug_is_refused_by_the_form_and_by_the_schema(slug: str) -> None:
    with pytest.raises(ValidationError):
        make_issuer(slug)
    with pytest.raises(IntegrityError, match="issuer_slug_is_free_to_use"), transaction.atomic():
        Issuer.objects.create(slug=slug, name="Sample", country_code="AT")


def test_an_issuer_without_keys_cannot_come_into_being() -> None:
    with pytest.raises(ValidationError):
        make_issuer(name="")
    assert not Issuer.objects.exists()


def test_the_did_names_host_port_and_slug(settings: Settings) -> None:
    settings.PUBLIC_URL = "http://localhost:8123"
    assert Issuer(slug="academy").did == "did:web:localhost%3A8123:issuers:academy"
    settings.PUBLIC_URL = "https://badges.example"
    assert Issuer(slug="academy").did == "did:web:badges.example:issuers:academy"


def test_one_document_is_both_profile_and_list_of_keys() -> None:
    issuer = make_issuer(
        description="An invented academy.",
        url="https://academy.example/",
        email="badges@academy.example",
        region="Tyrol",
        legal_id="SAMPLE-0001",
        legal_id_type="ext:VAT",
        parent_name="Sample University (SAMPLE)",
        logo_svg=SVG,
    )
    document = did_document(issuer)
    parsed = parse_did_document(document)
    assert parsed.id == document["id"] == issuer.did
    assert parsed.also_known_as == (issuer.address,)
    assert {method.controller for method in parsed.methods} == {issuer.did}
    assert parsed.assertion_method == {method.id for method in parsed.methods}
    assert {method.key.algorithm for method in parsed.methods} == {"Ed25519", "P-256"}
    assert (document["name"], document["type"]) == (issuer.name, ["Profile"])
    assert document["address"] == {"type": ["Address"], "addressCountryCode": "AT", "addressRegion": "Tyrol"}
    assert "sealed" not in str(document) and '"d"' not in str(document)


def test_a_member_has_one_role_and_a_second_invitation_changes_it() -> None:
    issuer = make_issuer()
    user = make_member(issuer)
    add_member(issuer=issuer, user=user, role=Member.Role.VIEWER)
    assert [member.role for member in issuer.members.all()] == ["viewer"]


@pytest.mark.parametrize("role", Member.Role)
def test_owners_editors_and_awarders_act_for_an_issuer(role: Member.Role) -> None:
    user = make_member(make_issuer(), role=role)
    acts = Issuer.objects.acting(user).exists()
    assert acts == (role in {Member.Role.OWNER, Member.Role.EDITOR, Member.Role.AWARDER})


def test_a_role_at_one_issuer_gives_nothing_at_another() -> None:
    user = make_member(make_issuer(), role=Member.Role.VIEWER)
    add_member(issuer=make_issuer("another"), user=user, role=Member.Role.OWNER)
    assert [issuer.slug for issuer in Issuer.objects.acting(user)] == ["another"]
