"""The operator's pages: what the admin does beyond storing rows."""

import pytest
from django.test import Client

from issuers.models import Issuer
from learners.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator() -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser(email="operator@example.org", password="of this test"))
    return client


def form(user: User, **changes: str) -> dict[str, str]:
    members = {"members-TOTAL_FORMS": "1", "members-INITIAL_FORMS": "0"}
    member = {"members-0-user": str(user.pk), "members-0-role": "owner"}
    return {"slug": "new-school", "name": "New School", "country_code": "AT", **members, **member, **changes}


def test_a_new_issuer_gets_its_keys_and_its_first_member(operator: Client) -> None:
    owner = User.objects.create_user(email="owner@example.org", password="of this test")
    assert operator.post("/admin/issuers/issuer/add/", form(owner)).status_code == 302
    issuer = Issuer.objects.get(slug="new-school")
    assert sorted(issuer.keys.values_list("purpose", "state")) == [("proof", "active"), ("token", "active")]
    assert issuer.members.get().user == owner


def test_the_slug_of_a_published_issuer_stays(operator: Client) -> None:
    owner = User.objects.create_user(email="owner@example.org", password="of this test")
    operator.post("/admin/issuers/issuer/add/", form(owner))
    issuer = Issuer.objects.get(slug="new-school")
    changes = {"members-TOTAL_FORMS": "0", "slug": "other", "name": "Renamed School"}
    operator.post(f"/admin/issuers/issuer/{issuer.pk}/change/", form(owner, **changes))
    issuer.refresh_from_db()
    assert (issuer.slug, issuer.name) == ("new-school", "Renamed School")


def test_an_issuer_cannot_be_deleted(operator: Client) -> None:
    owner = User.objects.create_user(email="owner@example.org", password="of this test")
    operator.post("/admin/issuers/issuer/add/", form(owner))
    issuer = Issuer.objects.get(slug="new-school")
    assert operator.post(f"/admin/issuers/issuer/{issuer.pk}/delete/", {"post": "yes"}).status_code == 403


def test_an_account_is_stored_in_lower_case(operator: Client) -> None:
    password = "quite a long one of this test"
    operator.post(
        "/admin/learners/user/add/", {"email": "Ada@Example.org", "password1": password, "password2": password}
    )
    assert User.objects.filter(email="ada@example.org").exists()
