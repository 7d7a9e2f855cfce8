"""Accounts: named by an e-mail address in lower case; the sample account signs in only while DEBUG is on."""

from collections.abc import Iterator

import pytest
from django.contrib.auth import authenticate
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.test import Client
from pytest_django import Settings

from learners.models import User
from learners.services import AddressTaken, ensure_demo_user
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nobody_tried_before() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def user() -> User:
    return User.objects.create_user(email="Ada@Example.org ", password=PASSWORD, name="Ada Sample")


def sign_in(client: Client, email: str = "ada@example.org", password: str = PASSWORD, path: str = "/sign-in") -> int:
    return client.post(path, {"username": email, "password": password}).status_code


def is_signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


# Accounts


def test_the_address_is_kept_in_lower_case(user: User) -> None:
    assert user.email == "ada@example.org"
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=user.pk).update(email="ADA@example.org")


@pytest.mark.usefixtures("user")
def test_one_address_has_one_account_however_it_is_written() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create_user(email="ADA@EXAMPLE.ORG")


def test_an_account_without_a_password_opens_to_none() -> None:
    User.objects.create_user(email="ada@example.org")
    assert authenticate(username="ada@example.org", password="") is None


def test_an_account_is_shown_by_name_or_address(user: User) -> None:
    assert str(user) == "Ada Sample"
    assert str(User(email="grace@example.org")) == "grace@example.org"


def test_an_operator_may_open_the_operators_pages() -> None:
    operator = User.objects.create_superuser(email="Root@example.org", password=PASSWORD)
    assert (operator.email, operator.is_staff, operator.is_superuser) == ("root@example.org", True, True)


# The sample account


def test_the_sample_account_is_made_once_and_takes_a_new_password() -> None:
    first = ensure_demo_user(email="Demo@touchstone.example", password=PASSWORD)
    second = ensure_demo_user(email="demo@touchstone.example", password="another long password")
    assert first == second and User.objects.count() == 1
    second.refresh_from_db()
    assert second.is_demo and second.check_password("another long password")


@pytest.mark.parametrize("debug", [True, False])
def test_the_sample_account_signs_in_only_while_debug_is_on(client: Client, settings: Settings, debug: bool) -> None:
    settings.DEBUG = debug
    ensure_demo_user(email="demo@touchstone.example", password=PASSWORD)
    sign_in(client, "demo@touchstone.example")
    assert is_signed_in(client) == debug


def test_a_session_of_the_sample_account_ends_with_debug(client: Client, settings: Settings) -> None:
    settings.DEBUG = True
    ensure_demo_user(email="demo@touchstone.example", password=PASSWORD)
    sign_in(client, "demo@touchstone.example")
    assert client.get("/dashboard/").status_code == 200
    settings.DEBUG = False
    assert client.get("/dashboard/").status_code == 302


def test_the_account_of_a_real_person_never_becomes_the_sample_account(user: User) -> None:
    with pytest.raises(AddressTaken, match="--email"):
        ensure_demo_user(email="Ada@example.org", password="another long password")
    user.refresh_from_db()
    assert not user.is_demo and user.check_password(PASSWORD)


# Signing in


@pytest.mark.usefixtures("user")
@pytest.mark.parametrize("email", ["ada@example.org", "ADA@Example.ORG", "  ada@example.org "])
def test_case_and_blanks_of_the_address_do_not_matter(client: Client, email: str) -> None:
    response = client.post("/sign-in", {"username": email, "password": PASSWORD})
    assert (response.status_code, response["Location"]) == (302, "/dashboard/")
    assert is_signed_in(client)


@pytest.mark.usefixtures("user")
@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("ada@example.org", "a wrong password"),
        ("ada@example.org", PASSWORD.upper()),
        ("ada@example.org", ""),
        ("", PASSWORD),
        ("grace@example.org", PASSWORD),
        ("ada@example.org\x00", PASSWORD),
        ("a" * 300, PASSWORD),
    ],
)
def test_anything_but_the_right_pair_is_refused(client: Client, email: str, password: str) -> None:
    assert sign_in(client, email, password) == 200
    assert not is_signed_in(client)


@pytest.mark.usefixtures("user")
def test_a_wrong_address_and_a_wrong_password_get_the_same_answer(client: Client) -> None:
    def answer(email: str) -> list[str]:
        response = client.post("/sign-in", {"username": email, "password": "a wrong password"})
        return list(response.context["form"].non_field_errors())

    assert answer("ada@example.org") == answer("nobody@example.org") != []


def test_an_account_that_was_closed_is_refused(client: Client, user: User) -> None:
    user.is_active = False
    user.save()
    assert sign_in(client) == 200
    assert not is_signed_in(client)


@pytest.mark.usefixtures("user")
@pytest.mark.parametrize(
    ("target", "leads_to"),
    [
        ("/dashboard/award", "/dashboard/award"),
        ("https://evil.example/", "/dashboard/"),
        ("//evil.example/", "/dashboard/"),
        ("javascript:alert(1)", "/dashboard/"),
    ],
)
def test_after_signing_in_one_gets_where_one_wanted_but_never_elsewhere(
    client: Client, target: str, leads_to: str
) -> None:
    response = client.post(f"/sign-in?next={target}", {"username": "ada@example.org", "password": PASSWORD})
    assert (response.status_code, response["Location"]) == (302, leads_to)


def test_who_is_signed_in_already_is_led_on(client: Client, user: User) -> None:
    client.force_login(user)
    response = client.get("/sign-in")
    assert (response.status_code, response["Location"]) == (302, "/dashboard/")


@pytest.mark.usefixtures("user")
def test_after_ten_attempts_even_the_right_password_has_to_wait(client: Client) -> None:
    assert [sign_in(client, password="a wrong password") for _ in range(10)] == [200] * 10
    assert sign_in(client) == 429
    assert not is_signed_in(client)


@pytest.mark.usefixtures("user")
def test_another_address_is_not_made_to_wait(client: Client) -> None:
    for _ in range(11):
        sign_in(client, password="a wrong password")
    assert sign_in(Client(REMOTE_ADDR="192.0.2.7")) == 302


def test_a_form_of_another_site_cannot_sign_anybody_in(user: User) -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.get("/sign-in").status_code == 200
    assert sign_in(client, user.email) == 403


def test_signing_out_ends_the_session_and_needs_a_click(client: Client, user: User) -> None:
    client.force_login(user)
    assert client.get("/sign-out").status_code == 405
    assert is_signed_in(client)
    assert client.post("/sign-out").status_code == 302
    assert not is_signed_in(client)


def test_the_session_cookie_is_not_for_scripts(client: Client, user: User) -> None:
    assert sign_in(client, user.email) == 302
    cookie = client.cookies["touchstone_session"]
    assert cookie["httponly"] and cookie["samesite"] == "Lax"
