"""Properly signed badges whose texts would be markup, commands or disguises wherever they are shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from openbadges.strict_json import dumps
from tests.hostile.case import Case, Series
from tests.hostile.corpus import pictures as p
from tests.hostile.maker import ACADEMY, NOBODY, credential, each, edited, replaced, signed

MARK = "touchstonemark"
"""Stands in every payload as a tag, an attribute or a word, so that it is found wherever it came alive."""
PAYLOADS = (
    f"<script>{MARK}()</script>",
    f"<img src=x onerror={MARK}()>",
    f'"><svg onload={MARK}()>',
    f"'><{MARK}>",
    f"</title><{MARK}></title>",
    f"</textarea><{MARK}>",
    f"--><{MARK}><!--",
    f"]]><{MARK}>",
    f"<{MARK} style=position:fixed>",
    f'" onmouseover="{MARK}()" x="',
    f"' autofocus onfocus={MARK}() '",
    f"javascript:{MARK}()",
    f"[x](javascript:{MARK}())",
    f"<a href=javascript:{MARK}()>x</a>",
    f"&lt;{MARK}&gt;<{MARK}>",
    f"\uff1c{MARK}\uff1e<{MARK}>",
    f"<iframe srcdoc='<{MARK}>'>",
    f"<base href=//{MARK}.example/>",
    f"<meta http-equiv=refresh content='0;url=//{MARK}.example'>",
    f"<form action=//{MARK}.example><input name=x>",
    f"<link rel=stylesheet href=//{MARK}.example>",
    f"<object data=//{MARK}.example>",
    f"{{{{ {MARK} }}}}{{% debug %}}<{MARK}>",
    f"=cmd|' /C {MARK}'!A0",
    f"+1-1@{MARK}",
    f"x\r\nSet-Cookie: {MARK}=1\r\n\r\n<{MARK}>",
    f"\u202egro.elpmaxe\u202c {MARK}",
    f"\u2066{MARK}\u2069\u200f\u200b\u2060\ufeff",
    f"Academy\u0000{MARK}",
    f"\x1b[31m{MARK}\x1b[0m",
    f"<{MARK}>" * 500,
    f"{MARK}" * 5_000,
    f"https://{MARK}.example/?<{MARK}>",
    "a\u0300\u0301\u0302" + "\u0310" * 200 + MARK,
)
FIELDS: dict[str, Callable[[Any, str], None]] = {
    "badge": lambda d, text: d["credentialSubject"]["achievement"].update(name=text),
    "issuer": lambda d, text: d["issuer"].update(name=text),
    "holder": lambda d, text: d["credentialSubject"]["identifier"][0].update(identityHash=text),
    "description": lambda d, text: d["credentialSubject"]["achievement"].update(description=text),
    "criteria": lambda d, text: d["credentialSubject"]["achievement"]["criteria"].update(narrative=text),
    "type": lambda d, text: d["credentialSubject"]["achievement"].update(achievementType=text),
    "result": lambda d, text: d["credentialSubject"]["result"][0].update(value=text),
    "evidence": lambda d, text: d["evidence"][0].update(name=text, narrative=text),
    "issuer-url": lambda d, text: d["issuer"].update(url=text, email=text, description=text),
    "subject": lambda d, text: d["credentialSubject"].update(narrative=text, licenseNumber=text, role=text, term=text),
    "tag": lambda d, text: d["credentialSubject"]["achievement"].update(tag=[text], inLanguage=text, fieldOfStudy=text),
    "alignment": lambda d, text: d["credentialSubject"]["achievement"].update(
        alignment=[
            {"type": ["Alignment"], "targetName": text, "targetUrl": text, "targetFramework": text, "targetCode": text}
        ]
    ),
}


def cases() -> Iterator[Case]:
    series = Series("render")
    series.control("plain", dumps(signed(credential(NOBODY), NOBODY)).decode(), "Nothing but words.")
    series.control("plain", dumps(signed(credential())).decode(), "Nothing but words.", ACADEMY.world())
    for number, payload in enumerate(PAYLOADS):
        why = f"The payload {payload[:40]!r} is only a text."
        for field in list(FIELDS) if number % 4 == 0 else list(FIELDS)[number % 4 :: 4]:
            document = credential(NOBODY)
            FIELDS[field](document, payload)
            series.markup(field, dumps(signed(document, NOBODY)).decode(), why)
    everywhere = edited(credential(NOBODY), _everywhere)
    data = dumps(signed(everywhere, NOBODY))
    series.markup("everywhere", data, "One payload in every field.")
    series.markup("everywhere", p.png(p.itxt(data)), "One payload in every field, in a picture.")
    series.markup("everywhere", p.svg(p.svg_json(data.decode())), "One payload in every field, in a drawing.")
    _long(series)
    _in_refusals(series)
    yield from series.cases


def _long(series: Series) -> None:
    """Texts and lists as long as a document may be: pages have to end somewhere."""
    why = "Whoever signs may write as much as a document holds."
    people = {"type": "IdentityObject", "hashed": True, "identityHash": "sha256$0", "identityType": "emailAddress"}
    skill = {"type": ["Alignment"], "targetName": "x", "targetUrl": "https://x.example/"}
    for path, value in each(
        (("credentialSubject", "achievement", "name"), "x" * 1_900_000),
        (("credentialSubject", "achievement", "name"), "\u202e\u0301" * 300_000),
        (("credentialSubject", "achievement", "description"), "<" * 1_900_000),
        (("credentialSubject", "achievement", "criteria", "narrative"), "- \n" * 400_000),
        (("issuer", "name"), "a\u0431\u0441" * 300_000),
        (("issuer", "name"), "x " * 900_000),
        (("credentialSubject", "identifier"), [{**people, "salt": str(n)} for n in range(2_500)]),
        (("credentialSubject", "achievement", "alignment"), [{**skill, "targetName": str(n)} for n in range(2_500)]),
        (("credentialSubject", "achievement", "tag"), [str(n) for n in range(19_000)]),
        (("credentialSubject", "result"), [{"type": ["Result"], "value": str(n)} for n in range(4_000)]),
    ):
        document = replaced(credential(NOBODY), path, value)
        series.markup("long", dumps(signed(document, NOBODY)).decode(), why)


def _everywhere(document: Any) -> None:
    for put in FIELDS.values():
        put(document, PAYLOADS[0])


def _in_refusals(series: Series) -> None:
    """The same in what is refused: messages repeat names of members, contexts and addresses."""
    why = "A refusal repeats what it refuses, as text."
    payload = f"<script>{MARK}()</script>"
    good = signed(credential(NOBODY), NOBODY)
    states = {"unreadable", "not_accepted", "altered", "not_checked", "unreachable", "issuer_unproven", "not_found"}
    for given in (
        dumps({**good, payload: "x"}).decode(), dumps({**good, "@" + payload: "x"}).decode(),
        dumps({**good, "x:" + payload: "x"}).decode(),
        dumps({**good, "@context": [*good["@context"], payload]}).decode(), payload,
        f"https://{MARK}.example/{payload}", f"https://{payload}/", f"{{{payload}",
        dumps({**good, "issuer": payload}).decode(), dumps({**good, "validFrom": payload}).decode(),
        dumps({**good, "proof": {"type": payload}}).decode(),
        dumps({**good, "credentialStatus": {"type": payload}}).decode(),
        f"<svg>{payload}</svg>", p.png(p.itxt(payload.encode())),
    ):  # fmt: skip
        series.hostile("refused", given, states, (), why)
