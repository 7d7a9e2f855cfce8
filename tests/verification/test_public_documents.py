"""The public addresses of DESIGN 6: the right form for who asks, readable by pages of any other site."""

import json
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from credentials.models import Award, StatusList
from credentials.status_lists import publish
from issuers.models import SigningKey
from openbadges import baking, jose, status, strict_json
from openbadges.did import parse_did_document
from openbadges.keys import PublicKey
from tests.factories import PNG, SVG, Answer, add_version
from verification import evidence

pytestmark = pytest.mark.django_db
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"


def get(client: Client, path: str, accept: str | None = None, **headers: str) -> Answer:
    return client.get(path, headers=headers if accept is None else {"Accept": accept, **headers})


def paths(award: Award) -> dict[str, str]:
    version = award.achievement_version
    issuer = f"/issuers/{award.issuer.slug}"
    achievement = f"/achievements/{version.achievement.public_id}"
    return {
        "credential": f"/c/{award.public_id}",
        "code": f"/v/{award.code}",
        "json": f"/c/{award.public_id}.json",
        "jwt": f"/c/{award.public_id}.jwt",
        "png": f"/c/{award.public_id}.png",
        "svg": f"/c/{award.public_id}.svg",
        "qr": f"/c/{award.public_id}/qr.svg",
        "issuer": issuer,
        "did": f"{issuer}/did.json",
        "key": f"{issuer}/keys/{award.issuer.keys.get(purpose='token').fragment}",
        "achievement": achievement,
        "version": f"{achievement}/v/1",
        "image": f"{achievement}/v/1/image.png",
        "drawing": f"{achievement}/v/1/image.svg",
        "status": f"/status/{award.status_list.public_id}",
    }


NAMES = ["credential", "code", "json", "jwt", "png", "svg", "qr", "issuer", "did", "key", "achievement", "version"]
NAMES += ["image", "drawing", "status"]


# Content negotiation


@pytest.mark.parametrize("name", ["credential", "code"])
@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        (BROWSER, "text/html"),
        ("*/*", "text/html"),
        ("text/html", "text/html"),
        (None, "application/vc"),
        ("application/vc", "application/vc"),
        ("application/ld+json", "application/ld+json"),
        ("application/json", "application/json"),
        ("application/json, */*;q=0.1", "application/json"),
        ("application/vc+jwt", "application/vc+jwt"),
        ("text/plain", "text/plain"),
        ("image/webp", "text/html"),
        ("nonsense", "text/html"),
    ],
)
def test_a_credential_comes_in_the_form_that_was_asked_for(
    client: Client, award: Award, name: str, accept: str | None, media_type: str
) -> None:
    response = get(client, paths(award)[name], accept)
    assert response.status_code == 200
    assert response["Content-Type"].partition(";")[0] == media_type
    assert "Accept" in response["Vary"]
    if media_type in {"application/vc+jwt", "text/plain"}:
        assert response.content.decode() == evidence.token_text(award)
    elif media_type != "text/html":
        assert response.content.decode() == award.document
    else:
        assert "Ada Sample" in response.content.decode()


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("json", "application/ld+json"),
        ("jwt", "text/plain"),
        ("png", "image/png"),
        ("svg", "image/svg+xml"),
        ("qr", "image/svg+xml"),
        ("did", "application/did+json"),
        ("key", "application/jwk+json"),
        ("image", "image/png"),
        ("drawing", "image/svg+xml"),
        ("status", "application/vc"),
    ],
)
@pytest.mark.parametrize("accept", [BROWSER, None])
def test_a_file_is_the_same_for_everybody(
    client: Client, award: Award, name: str, media_type: str, accept: str | None
) -> None:
    response = get(client, paths(award)[name], accept)
    assert response.status_code == 200
    assert response["Content-Type"].partition(";")[0] == media_type


@pytest.mark.parametrize("name", ["issuer", "achievement", "version"])
def test_issuers_and_achievements_are_pages_for_people_and_json_for_programs(
    client: Client, award: Award, name: str
) -> None:
    page, document = get(client, paths(award)[name], BROWSER), get(client, paths(award)[name], "application/json")
    assert page["Content-Type"].startswith("text/html") and "Accept" in page["Vary"]
    assert document["Content-Type"] == "application/json" and "Accept" in document["Vary"]
    named = {"issuer": award.issuer.name}.get(name, award.achievement_version.name)
    assert named in page.content.decode()
    assert json.loads(document.content)["name"] == named


def test_what_is_published_of_an_achievement_is_what_its_credentials_say(client: Client, award: Award) -> None:
    published = json.loads(get(client, paths(award)["version"], "application/ld+json").content)
    signed: Any = strict_json.loads(award.document)
    context = published.pop("@context")
    assert published == signed["credentialSubject"]["achievement"]
    assert context == signed["@context"]


def test_an_achievement_without_a_number_is_its_newest_version(client: Client, award: Award) -> None:
    add_version(award.achievement_version.achievement, number=2, name="Networks, revised (SAMPLE)")
    newest = json.loads(get(client, paths(award)["achievement"], "application/json").content)
    first = json.loads(get(client, paths(award)["version"], "application/json").content)
    assert (newest["version"], first["version"]) == ("2", "1")
    assert get(client, paths(award)["version"], BROWSER).status_code == 200


def test_both_addresses_of_an_issuer_give_one_document(client: Client, award: Award) -> None:
    profile = get(client, paths(award)["issuer"], "application/ld+json")
    did = get(client, paths(award)["did"])
    assert profile.content == did.content
    assert parse_did_document(json.loads(did.content)).id == award.issuer.did


def test_a_published_key_verifies_the_token(client: Client, award: Award) -> None:
    jwk = json.loads(get(client, paths(award)["key"]).content)
    token = jose.parse_token(evidence.token_text(award))
    assert jwk["kid"] == token.kid
    assert "d" not in jwk
    jose.verify_token(token, PublicKey.from_jwk({name: jwk[name] for name in ("kty", "crv", "x", "y")}))


def test_a_compromised_key_is_no_longer_served(client: Client, award: Award) -> None:
    path = paths(award)["key"]
    SigningKey.objects.update(state=SigningKey.State.COMPROMISED, compromised_at=timezone.now())
    assert get(client, path).status_code == 404


def test_pictures_carry_the_credential_and_stay_the_badges_picture(client: Client, award: Award) -> None:
    png, svg = get(client, paths(award)["png"]).content, get(client, paths(award)["svg"]).content
    assert baking.unbake_png(png).text == baking.unbake_svg(svg).text == award.document
    assert get(client, paths(award)["image"]).content == PNG
    assert get(client, paths(award)["drawing"]).content.decode() == SVG


def test_a_file_has_a_name_that_says_what_it_is(client: Client, award: Award) -> None:
    for kind in ("json", "jwt", "png", "svg"):
        assert get(client, paths(award)[kind])["Content-Disposition"] == (
            f'inline; filename="networks-{award.code}.{kind}"'
        )


@pytest.mark.parametrize("name", ["svg", "qr", "drawing"])
def test_a_drawing_runs_no_script_under_our_name(client: Client, award: Award, name: str) -> None:
    policy = get(client, paths(award)[name])["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "sandbox" in policy


@pytest.mark.parametrize("accept", ["application/vc+jwt", "text/plain", "application/vc", "*/*"])
def test_a_status_list_comes_as_json_or_as_token(client: Client, award: Award, accept: str) -> None:
    response = get(client, paths(award)["status"], accept)
    row = StatusList.objects.get()
    is_token = accept in {"application/vc+jwt", "text/plain"}
    assert response.content.decode() == (row.token if is_token else row.document)
    assert response["Cache-Control"] == "public, max-age=2"


def test_a_status_list_without_a_signature_is_not_served(client: Client, award: Award) -> None:
    StatusList.objects.update(document="")
    assert get(client, paths(award)["status"]).status_code == 404


# Other sites, caches, search engines


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("accept", ["application/json", BROWSER])
def test_a_page_of_any_other_site_may_read_it(client: Client, award: Award, name: str, accept: str) -> None:
    response = get(client, paths(award)[name], accept, Origin="https://wallet.example")
    assert response.status_code == 200
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Cross-Origin-Resource-Policy"] == "cross-origin"


@pytest.mark.parametrize("name", ["credential", "json", "did", "status", "version"])
def test_a_browser_that_asks_first_is_answered(client: Client, award: Award, name: str) -> None:
    response = client.options(
        paths(award)[name], headers={"Origin": "https://wallet.example", "Access-Control-Request-Method": "GET"}
    )
    assert (response.status_code, response["Access-Control-Allow-Origin"]) == (204, "*")


@pytest.mark.parametrize("name", [name for name in NAMES if name not in {"credential", "code"}])
def test_a_document_that_did_not_change_is_not_sent_again(client: Client, award: Award, name: str) -> None:
    path = paths(award)[name]
    first = get(client, path, "application/json")
    again = get(client, path, "application/json", **{"If-None-Match": first["ETag"]})
    other = get(client, path, "application/json", **{"If-None-Match": '"another"'})
    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == first["ETag"] and again["Access-Control-Allow-Origin"] == "*"
    assert (other.status_code, other.content) == (200, first.content)


def test_a_changed_status_list_has_another_etag(client: Client, award: Award) -> None:
    before = get(client, paths(award)["status"])["ETag"]
    row = award.status_list
    row.bits = status.set_bit(bytes(row.bits), award.status_index)
    row.save()
    publish(row, now=timezone.now())
    assert get(client, paths(award)["status"])["ETag"] != before


@pytest.mark.parametrize("name", NAMES)
def test_head_is_answered_without_a_body(client: Client, award: Award, name: str) -> None:
    response = client.head(paths(award)[name])
    assert (response.status_code, response.content) == (200, b"")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_nothing_public_can_be_changed(client: Client, award: Award, name: str, method: str) -> None:
    assert client.generic(method, paths(award)[name]).status_code == 405


@pytest.mark.parametrize("name", ["credential", "code", "json", "jwt", "png", "svg", "qr", "embed"])
@pytest.mark.parametrize("accept", [BROWSER, "application/json"])
def test_search_engines_keep_out_unless_the_holder_made_it_public(
    client: Client, award: Award, name: str, accept: str
) -> None:
    path = {**paths(award), "embed": f"/c/{award.public_id}/embed"}[name]
    assert get(client, path, accept)["X-Robots-Tag"] == "noindex"
    Award.objects.update(visibility="public")
    assert "X-Robots-Tag" not in get(client, path, accept)


def test_a_revoked_credential_stays_available_with_its_state(client: Client, award: Award) -> None:
    Award.objects.update(state="revoked", state_since=timezone.now(), public_reason="Awarded by mistake")
    for name in ("credential", "json", "jwt", "png", "svg"):
        assert get(client, paths(award)[name], "application/json").status_code == 200
    page = get(client, paths(award)["credential"], BROWSER).content.decode()
    assert "Awarded by mistake" in page


# Pages


@pytest.mark.parametrize("state", ["issued", "suspended", "revoked", "superseded"])
def test_a_credential_in_any_state_has_its_page_and_card(client: Client, award: Award, state: str) -> None:
    Award.objects.update(state=state, state_since=timezone.now())
    assert get(client, paths(award)["credential"], BROWSER).status_code == 200
    assert get(client, f"/c/{award.public_id}/embed", BROWSER).status_code == 200


def test_only_the_card_may_stand_in_frames_of_other_sites(client: Client, award: Award) -> None:
    page = get(client, paths(award)["credential"], BROWSER)
    card = get(client, f"/c/{award.public_id}/embed", BROWSER)
    assert page["X-Frame-Options"] == "DENY" and "frame-ancestors 'none'" in page["Content-Security-Policy"]
    assert "X-Frame-Options" not in card and "frame-ancestors *" in card["Content-Security-Policy"]


@pytest.mark.parametrize("name", ["credential", "issuer", "achievement", "version"])
def test_a_page_loads_nothing_from_elsewhere(client: Client, award: Award, name: str) -> None:
    policy = get(client, paths(award)[name], BROWSER)["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy
    assert "https:" not in policy and "http:" not in policy


NAME = '<script>alert("x")</script>\'"&'


@pytest.mark.parametrize("name", ["credential", "issuer", "achievement"])
def test_names_are_shown_as_text_only(client: Client, award: Award, name: str) -> None:
    award.issuer.name = award.achievement_version.name = NAME
    award.issuer.save()
    award.achievement_version.save()
    document: Any = strict_json.loads(award.document)
    document["name"] = document["credentialSubject"]["achievement"]["name"] = NAME
    Award.objects.update(document=strict_json.dumps(document).decode(), recipient_name=NAME)
    assert "<script>alert" not in get(client, paths(award)[name], BROWSER).content.decode()


@pytest.mark.parametrize(
    "path",
    [
        "/c/00000000-0000-4000-8000-000000000000",
        "/c/00000000-0000-4000-8000-000000000000.png",
        "/c/00000000-0000-4000-8000-000000000000/qr.svg",
        "/c/00000000-0000-4000-8000-000000000000/embed",
        "/c/not-a-uuid",
        "/v/0000-0000-0000",
        "/v/not-a-code",
        "/v/%00",
        "/issuers/nobody",
        "/issuers/nobody/did.json",
        "/issuers/nobody/logo.png",
        "/issuers/sample-academy/logo.png",
        "/issuers/sample-academy/keys/none",
        "/achievements/00000000-0000-4000-8000-000000000000",
        "/achievements/00000000-0000-4000-8000-000000000000/v/1",
        "/achievements/00000000-0000-4000-8000-000000000000/v/1/image.png",
        "/achievements/00000000-0000-4000-8000-000000000000/v/99999999999999999999999",
        "/status/00000000-0000-4000-8000-000000000000",
        "/.well-known/nothing",
    ],
)
@pytest.mark.parametrize("accept", [BROWSER, "application/json"])
@pytest.mark.usefixtures("award")
def test_what_does_not_exist_is_not_found(client: Client, path: str, accept: str) -> None:
    assert get(client, path, accept).status_code == 404


def test_a_version_that_does_not_exist_is_not_found(client: Client, award: Award) -> None:
    for number in ("0", "2", "999999", "9" * 30):
        path = f"{paths(award)['achievement']}/v/{number}"
        assert get(client, path, BROWSER).status_code == 404


def test_the_probe_answers(client: Client) -> None:
    assert client.get("/healthz").status_code == 200
