"""Templates: what is filled in is what the typed values say, for every shape that a row can have."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.utils import timezone

from credentials.imports import EvidenceLink, RowValues
from credentials.models import Award, Batch
from credentials.publishing import CredentialBuilder
from openbadges.template import Template, replace_texts
from tests.factories import issue, make_version, people, person
from verification.services import verify

pytestmark = pytest.mark.django_db
GRADE = [{"key": "exam", "name": "Exam", "result_type": "Percent"}]
EVIDENCE = (EvidenceLink("https://portfolio.example.org/a", "Plan"), EvidenceLink("https://portfolio.example.org/b"))
SHAPES: dict[str, dict[str, Any]] = {
    "least": {},
    "dated": {"awarded_on": date(2026, 3, 1), "valid_until": datetime(2030, 1, 1, tzinfo=UTC)},
    "told": {"narrative": 'Line one\nsaid "two" \\ three', "licence_number": "L-1"},
    "shown": {"evidence": EVIDENCE},
    "graded": {"results": (("exam", "87"),)},
    "full": {"narrative": "n", "licence_number": "L", "evidence": EVIDENCE, "results": (("exam", "1"),)},
}


def pair(shape: str) -> list[RowValues]:
    """Two people whose rows have the same columns filled, with nothing else in common."""
    first = person("ada@example.org", 'Ada "Sample"', **SHAPES[shape])
    second = person("grace@example.org", "李 雷 _:c14n0 %", **SHAPES[shape])
    return [first, second]


@pytest.mark.parametrize("shape", SHAPES)
def test_the_named_texts_are_all_that_differs(shape: str) -> None:
    issue(make_version(result_descriptions=GRADE), *pair(shape))
    one, other = Award.objects.select_related("status_list").order_by("pk")
    builder = CredentialBuilder(one.achievement_version)
    texts = dict(zip(*builder.texts(other), strict=True))
    assert replace_texts(builder.unsigned(one), texts) == builder.unsigned(other)


def test_a_batch_of_all_shapes_is_filled_and_every_document_is_valid() -> None:
    rows = [row for shape in SHAPES for row in pair(shape)]
    batch = issue(make_version(result_descriptions=GRADE), *rows, duplicates=Batch.Duplicates.ISSUE)
    assert (batch.issued, batch.converted) == (len(rows), 0)
    for award in Award.objects.all():
        assert verify(award.document, now=timezone.now()).report.state == "valid"


def test_documents_without_a_template_are_the_same_and_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("openbadges.batch_templates._find_or_make", lambda *_: None)
    batch = issue(make_version(), *people(3))
    assert (batch.issued, batch.converted) == (3, 3)
    assert verify(Award.objects.first().document, now=timezone.now()).report.state == "valid"  # type: ignore[union-attr]


def test_a_template_that_gives_another_document_stops_the_batch(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    fill = Template.prepare
    monkeypatch.setattr(Template, "prepare", lambda self, texts: fill(self, texts)._replace(hashed=bytes(32)))
    batch = issue(make_version(), *people(2))
    assert (batch.state, batch.pause_reason, batch.failed) == ("paused", "failing", 0)
    assert "TemplateMismatch" in caplog.text
    assert not Award.objects.exclude(document="").exists()
