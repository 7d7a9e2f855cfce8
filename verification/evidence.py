"""Gathers every fact that a verdict rests on, before anything is judged (openbadges.judge fetches nothing).

Own issuers, lists and awards are read from the database, never over HTTP. Documents of other platforms come from what
the caller holds (`Held`) and, where it may be asked, from the web (`verification.web`). Whatever is not known is left
open, and the verdict says so.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal
from urllib.parse import urljoin

from django.db.models import Q

from credentials.codes import read_code
from credentials.models import Award
from credentials.publishing import token_of
from issuers.publishing import did_document
from openbadges import strict_json
from openbadges.case import Case, Document, Missing, credential_in, issuer_id
from openbadges.endorsements import endorsements_in
from openbadges.errors import LinkNotFollowed, LinkUnreachable, OpenBadgesError
from openbadges.facts import Evidence, LinkState, Source
from openbadges.headlines import long_date
from openbadges.inputs import Badge, Unreadable
from openbadges.json_types import JsonObject
from openbadges.references import Reference, needed, needed_for
from openbadges.status_entry import questions
from outbound.fetch import Fetched
from verification import limited, own
from verification.own_facts import own_facts, status_document
from verification.reading import Code, Link, Presented, looks_like_xml, read_fetched
from verification.web import TooManyFetches, Web


@dataclass(frozen=True, slots=True)
class Held:
    """Documents of others by address, supplied by the caller: DID documents (also by DID), profiles, status lists."""

    documents: Mapping[str, Document] = field(default_factory=dict)


NOTHING_HELD = Held()


@dataclass(frozen=True, slots=True)
class Gathered:
    """What is to be judged: a case, or (`stopped`) why there is none.

    `award`: the award of ours that the input names by link or code, where it may be shown. `site`: the host elsewhere
    that a link led to, and that was asked.
    """

    case: Case | None = None
    stopped: Evidence | None = None
    award: Award | None = None
    site: str = ""


Followed = Mapping[str, Presented | OpenBadgesError]
"""What was found behind links of other sites, or why nothing was, by address."""


def gather(
    presented: Presented,
    *,
    recipient: str | None,
    held: Held = NOTHING_HELD,
    web: Web | None = None,
    followed: Followed = MappingProxyType({}),
) -> Gathered:
    """Collect what is known about one input. `web` None: no connection is opened. Raises web.TooManyFetches."""
    match presented:
        case Unreadable(source, error):
            return Gathered(stopped=Evidence(source=source, read_error=error, recipient=recipient))
        case Code(code):
            return _of_own_link(own.OwnLink("code", code), "code", recipient=recipient)
        case Link(address):
            return _of_link(address, recipient=recipient, held=held, web=web, followed=followed)
        case Badge():
            return Gathered(_case(presented, recipient=recipient, held=held, web=web))


def look_ahead(inputs: Sequence[Presented], *, web: Web, end: float) -> Followed:
    """Open what several inputs will need at the same time: first the links, then what the badges refer to.

    end: the reading of `time.monotonic` after which no further link is read.
    """
    links = [one.address for one in inputs if isinstance(one, Link) and not own.is_own(one.address)]
    web.open_ahead(links)
    followed: dict[str, Presented | OpenBadgesError] = {}
    for address in dict.fromkeys(links):
        if time.monotonic() >= end:
            break
        with suppress(TooManyFetches):  # whoever judges this one will be told
            followed[address] = _behind(address, web)
    badges = [one for one in (*inputs, *followed.values()) if isinstance(one, Badge)]
    references = (one for badge in badges for one in needed(badge.token or credential_in(badge)))
    web.look_up_ahead(one for one in references if not own.is_own(one.url))
    return followed


def _of_link(address: str, *, recipient: str | None, held: Held, web: Web | None, followed: Followed) -> Gathered:
    link = own.link(address)
    if link is not None:
        return _of_own_link(link, "link", recipient=recipient)
    site = own.host_of(address)
    if web is None or own.is_own(address):
        return Gathered(stopped=Evidence(source="link", read_error=_not_opened(address), recipient=recipient))
    found = followed[address] if address in followed else _behind(address, web)
    if isinstance(found, OpenBadgesError):
        return Gathered(stopped=Evidence(source="link", read_error=found, recipient=recipient), site=site)
    gathered = gather(found, recipient=recipient, held=held, web=web)
    return Gathered(gathered.case, gathered.stopped, gathered.award, site)


def _behind(address: str, web: Web) -> Presented | OpenBadgesError:
    """What a link to another site leads to, or why it leads to nothing."""
    try:
        return _opened(address, web)
    except OpenBadgesError as error:
        return error


def _opened(address: str, web: Web) -> Presented:
    """The badge that a link to another site leads to, by way of a page that names it. Raises OpenBadgesError."""
    fetched = web.open(address)
    if not _is_page(fetched.body, fetched.media_type):
        return _no_further_link(read_fetched(fetched.body))
    target = _named_by(fetched)
    if target is not None and own.link(target) is not None:
        return Link(target)
    fetched = fetched if target is None else web.open(target)
    if _is_page(fetched.body, fetched.media_type):
        raise LinkUnreachable("The page behind the link names no badge.", code="read.no_badge_there")
    return _no_further_link(read_fetched(fetched.body))


def _named_by(page: Fetched) -> str | None:
    """The whole address of the badge that a page names."""
    named = limited.badge_link(page.body)
    try:
        return None if named is None else urljoin(page.url, named)
    except ValueError:
        return None


def _no_further_link(found: Presented) -> Presented:
    """A picture behind a link may hold another link (Open Badges 1.x and 2.0); nobody is sent round in circles."""
    if isinstance(found, Link) and own.link(found.address) is None:
        raise LinkNotFollowed(f"The picture behind the link leads on to {own.host_of(found.address)}.")
    return found


def _is_page(body: bytes, media_type: str) -> bool:
    kind = media_type.partition(";")[0].strip().lower()
    return kind in ("text/html", "application/xhtml+xml") and looks_like_xml(body)


def _not_opened(address: str) -> LinkNotFollowed:
    if own.is_own(address):
        return LinkNotFollowed("This address is one of ours, and no credential is published there.")
    host = own.host_of(address) or "another site"
    return LinkNotFollowed(
        f"This link goes to {host}, which was not opened. Paste the badge's text or choose its file."
    )


def _of_own_link(link: own.OwnLink, source: Literal["link", "code"], *, recipient: str | None) -> Gathered:
    award = find_award(link)
    state = link_state(award)
    if award is None or state is not None:
        detail = link.value if award is None or award.erased_at is None else long_date(award.erased_at)
        return Gathered(stopped=_stopped(source, state, detail, recipient))
    badge = Badge(source, document_of(award), text=award.document)
    return Gathered(_case(badge, recipient=recipient, held=NOTHING_HELD, web=None), award=award)


def _stopped(source: Source, state: LinkState | None, detail: str, recipient: str | None) -> Evidence:
    return Evidence(source=source, link_state=state, link_detail=detail, recipient=recipient)


# --- a badge in hand --------------------------------------------------------------------------------------------


def _case(badge: Badge, *, recipient: str | None, held: Held, web: Web | None) -> Case:
    credential = credential_in(badge)
    asked = questions(credential)
    ours = own_facts(credential, asked)
    if ours.issuer is not None and len(ours.status) == len(asked) and not endorsements_in(credential):
        documents: dict[str, Document | Missing] = {}  # a badge of our own needs nobody else, and most badges here are
    else:
        documents = _documents(needed_for(credential, badge.token, asked), held, web)
    return Case(badge, documents, ours, recipient, asked)


def _documents(references: Sequence[Reference], held: Held, web: Web | None) -> dict[str, Document | Missing]:
    """What is served at the addresses that a badge needs, by these addresses."""
    documents: dict[str, Document | Missing] = {}
    elsewhere = []
    for reference in references:
        is_own = own.is_own(reference.url)
        document = _of_ours(reference) if is_own else _held(reference, held)
        if document is not None:
            documents[reference.url] = document
        elif not is_own:
            elsewhere.append(reference)
    return documents if web is None else documents | web.documents(elsewhere)


def _held(reference: Reference, held: Held) -> Document | None:
    found = held.documents.get(reference.url)
    return held.documents.get(reference.id) if found is None else found


def _of_ours(reference: Reference) -> Document | None:
    """What one of our own addresses serves, read in process: nothing of ours is asked for over HTTP."""
    list_id = own.status_list_id(reference.url)
    if list_id is not None:
        return status_document(list_id)
    issuer = own.issuer(reference.id)
    return None if issuer is None else did_document(issuer)


# --- awards of ours ----------------------------------------------------------------------------------------------


def find_award(link: own.OwnLink) -> Award | None:
    """The issued award that a link or code of ours names."""
    awards = Award.objects.select_related("achievement_version__achievement", "issuer", "token_key").defer(
        "achievement_version__image_svg", "achievement_version__image_png", "token_key__sealed_private_key"
    )
    by_id = link.kind == "id"
    wanted = Q(public_id=uuid.UUID(link.value)) if by_id else Q(code=read_code(link.value) or "")
    return awards.filter(wanted).given().first()


def link_state(award: Award | None) -> LinkState | None:
    """Why a link to this award shows no credential; None when it may be shown."""
    if award is None:
        return "not_found"
    if award.erased_at is not None:
        return "erased"
    if award.delivery == Award.Delivery.CLAIM and award.claimed_at is None:
        return "unclaimed"
    return "private" if award.visibility == Award.Visibility.PRIVATE else None


def token_text(award: Award) -> str:
    """The award's credential as a token. The issuer's DID is the one that was signed, whatever our address is now."""
    document = document_of(award)
    assert award.token_key is not None  # an issued award has its keys
    return token_of(document, key=award.token_key, did=issuer_id(document), signature=bytes(award.token_signature))


def document_of(award: Award) -> JsonObject:
    """The award's credential as JSON with its proof."""
    document = strict_json.loads(award.document)
    assert isinstance(document, dict)
    return document
