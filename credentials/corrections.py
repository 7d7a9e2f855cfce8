"""The correction of one award as a form: its values as texts, and what was typed checked by the rules of a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from credentials.imports import CellError, RowValues, Rules, check_table
from credentials.imports.columns import OPTIONAL, REQUIRED, RESULT_PREFIX
from credentials.imports.table import Table
from credentials.models import Award
from credentials.replacing import values_of

_LABELS = {
    "name": "Name",
    "email": "E-mail",
    "awarded_on": "Awarded on",
    "valid_from": "Valid from",
    "valid_until": "Valid until",
    "external_id": "Your id for it",
    "narrative": "What was done",
    "evidence_url": "Evidence: address",
    "evidence_name": "Evidence: name",
    "licence_number": "Licence number",
    "language": "Language",
}
_HELP = {
    "awarded_on": "For example 2026-11-22.",
    "valid_from": "For example 2026-11-22, or with a time 2026-11-22T10:00:00Z.",
    "valid_until": "Empty: it stays as it is.",
    "language": "For example en or pt-BR.",
}
_LONG = frozenset({"narrative"})


@dataclass(frozen=True, slots=True)
class Field:
    """One value of an award in the form; `errors` are sentences."""

    name: str
    label: str
    value: str
    help: str = ""
    is_long: bool = False
    is_needed: bool = False
    errors: tuple[str, ...] = ()


def form_of(
    award: Award, typed: Mapping[str, str] | None = None, errors: tuple[CellError, ...] = ()
) -> tuple[Field, ...]:
    """The fields of the form: with the award's values, or with what was typed and what is wrong with it."""
    texts = typed if typed is not None else texts_of(award)
    said: dict[str, list[str]] = {}
    for error in errors:
        said.setdefault(error.column, []).append(f"{error.message} {error.cure}")
    return tuple(
        Field(
            name,
            label,
            texts.get(name, ""),
            _HELP.get(name, ""),
            is_long=name in _LONG,
            is_needed=name in REQUIRED,
            errors=tuple(said.get(name, ())),
        )
        for name, label in columns_of(award).items()
    )


def read_form(
    award: Award, typed: Mapping[str, str], *, now: datetime
) -> tuple[RowValues | None, tuple[CellError, ...]]:
    """What was typed as values, or what is wrong with it. A column that was not sent is empty."""
    names = tuple(columns_of(award))
    rules = Rules.for_achievement(award.achievement_version.result_descriptions, today=now.date())
    rows = iter([(1, list(names)), (2, [typed.get(name, "") for name in names])])
    [outcome] = check_table(Table("utf-8", ",", rows), rules=rules).outcomes
    values = outcome.values
    if values is not None and len(award.evidence) > 1:  # the form shows the first; the others stay
        values = replace(values, evidence=(*values.evidence, *values_of(award).evidence[1:]))
    return values, outcome.errors


def columns_of(award: Award) -> dict[str, str]:
    """Column and label of each field, in the order of the form."""
    results = {f"{RESULT_PREFIX}{item['key']}": item["name"] for item in award.achievement_version.result_descriptions}
    assert set(_LABELS) == {*REQUIRED, *OPTIONAL}  # a new column needs a label
    return {**_LABELS, **results}


def texts_of(award: Award) -> dict[str, str]:
    """What an award says, by column, as a file has it."""
    values = values_of(award)
    members = values.to_json()
    evidence = values.evidence[:1]
    texts = {name: str(members.get(name, "")) for name in _LABELS}
    texts |= {f"{RESULT_PREFIX}{key}": value for key, value in values.results}
    return texts | {
        "evidence_url": evidence[0].url if evidence else "",
        "evidence_name": evidence[0].name if evidence else "",
    }
