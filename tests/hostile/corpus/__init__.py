"""The corpus, class by class. Every class has controls: inputs with which nothing is wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from tests.hostile.case import Case
from tests.hostile.corpus import (
    di,
    didweb,
    endorsements,
    fetch,
    files,
    fuzz,
    https,
    jwt,
    ob2,
    png,
    render,
    schema,
    ssrf,
    status,
    svg,
    times,
)

CLASSES: Mapping[str, Callable[[], Iterator[Case]]] = {
    "jwt": jwt.cases,
    "di": di.cases,
    "schema": schema.cases,
    "time": times.cases,
    "status": status.cases,
    "png": png.cases,
    "svg": svg.cases,
    "file": files.cases,
    "ssrf": ssrf.cases,
    "fetch": fetch.cases,
    "didweb": didweb.cases,
    "https": https.cases,
    "endorsement": endorsements.cases,
    "ob2": ob2.cases,
    "render": render.cases,
    "fuzz": fuzz.cases,
}


def named(only: tuple[str, ...] = ()) -> Iterator[Case]:
    """All cases, or those whose name begins like one of these: "jwt", "jwt/alg-none", "jwt/alg-none-3"."""
    for family, make in CLASSES.items():
        if not only or any(name.partition("/")[0] == family for name in only):
            yield from (case for case in make() if not only or is_named(case.name, only))


def is_named(name: str, only: tuple[str, ...]) -> bool:
    return any(name == wanted or name.startswith((f"{wanted}/", f"{wanted}-")) for wanted in only)
