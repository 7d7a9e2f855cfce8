"""A filled template is, byte for byte, the document built and converted."""

from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from openbadges import batch_templates
from openbadges.batch_templates import BatchTemplates, TemplateMismatch
from openbadges.canonical import digest, rdfc
from openbadges.data_integrity import ProofMaker, add_proof, verify_proof
from openbadges.jose import claims_for, sign_payload, sign_token
from openbadges.json_types import JsonObject
from openbadges.layout import HashedPattern, NotFillable, Pattern
from openbadges.members import _FORBIDDEN_TEXT, DocumentInvalid
from openbadges.strict_json import dumps
from openbadges.template import Path, PreparedDocument, Template, Texts, replace_texts
from tests.openbadges.cases import ED25519, ED25519_METHOD, P256_METHOD, p256
from tests.openbadges.hostile import ALPHABETS, EXAMPLES, texts
from tests.openbadges.samples import ACHIEVEMENT, AWARDED, ISSUER_DID, eu_complete

SUBJECT = "credentialSubject"
ADDRESSES: tuple[Path, ...] = (("id",), (SUBJECT, "id"), ("evidence", 0, "id"), ("credentialStatus", "id"))
WORDS: tuple[Path, ...] = (
    (SUBJECT, "identifier", 0, "identityHash"), (SUBJECT, "identifier", 1, "identityHash"),
    (SUBJECT, "identifier", 1, "salt"), (SUBJECT, "narrative"), (SUBJECT, "licenseNumber"),
    (SUBJECT, "result", 0, "resultDescription"), (SUBJECT, "result", 1, "value"), ("evidence", 0, "name"),
    ("credentialStatus", "statusListIndex"),
)  # fmt: skip
PATHS = (*ADDRESSES, *WORDS)
SEED = bytes(range(16))
SAMPLE = eu_complete().to_json()
TEMPLATE = Template(SAMPLE, PATHS, seed=SEED)
PROPERTY = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def signable(text: str) -> str:
    return _FORBIDDEN_TEXT.sub("", text) or "-"


def text_at(document: Any, path: Path) -> str:
    for step in path:
        document = document[step]
    assert isinstance(document, str)
    return document


def texts_of(texts_: dict[Path, str]) -> Texts:
    return Texts(tuple(texts_), tuple(texts_.values()))


def filled(**changes: str) -> tuple[dict[Path, str], JsonObject]:
    """The texts of the sample with some of them changed, by the last step of their path, and the document."""
    changed = {path: changes.get(str(path[-1]), text_at(SAMPLE, path)) for path in PATHS}
    return changed, replace_texts(SAMPLE, changed)


WORD_LISTS = ALPHABETS.flatmap(
    lambda alphabet: st.lists(texts(alphabet).map(signable), min_size=len(WORDS), max_size=len(WORDS))
)
LAST_LETTERS = st.lists(st.sampled_from("abéß漢😀%~#"), min_size=len(ADDRESSES), max_size=len(ADDRESSES))


@PROPERTY
@given(WORD_LISTS, LAST_LETTERS)
def test_hostile_texts_give_the_bytes_of_conversion(words: tuple[str, ...], letters: list[str]) -> None:
    addresses = [text_at(SAMPLE, path) + letter for path, letter in zip(ADDRESSES, letters, strict=True)]
    values = (*addresses, *words)
    try:
        prepared = TEMPLATE.prepare(values)
    except NotFillable:
        return  # equal texts made two objects alike; such documents are converted
    document = replace_texts(SAMPLE, dict(zip(PATHS, values, strict=True)))
    assert prepared == PreparedDocument.of(document)
    assert prepared.digest == digest(document)


def test_every_form_is_the_one_that_the_slow_way_gives() -> None:
    texts_, document = filled(salt="pepper", name='Plan % of "Ada" \\ (SAMPLE)\n')
    prepared = TEMPLATE.prepare(tuple(texts_.values()))
    assert orjson.loads(prepared.unclosed + b"}") == document
    assert prepared.unclosed + b"}" == dumps(document)
    assert prepared.digest == digest(document)
    assert prepared.hashed == sha256(rdfc(document)).digest()
    assert prepared.payload() == dumps(claims_for(document))
    maker = ProofMaker(ED25519, verification_method=ED25519_METHOD, created=AWARDED)
    signed = add_proof(document, ED25519, verification_method=ED25519_METHOD, created=AWARDED)
    assert prepared.with_proof(maker) == dumps(signed)
    verify_proof(signed, maker.proof(prepared.hashed, context=prepared.context), ED25519.public)
    token = sign_token(document, p256(), kid=P256_METHOD, alg="ES256")
    assert sign_payload(prepared.payload(), p256(), kid=P256_METHOD, alg="ES256") == token


@pytest.mark.parametrize(
    "members",
    [{"id": ACHIEVEMENT}, {"id": ISSUER_DID}, {"identityHash": "same", "salt": "same"}],
    ids=["an address of the template", "an address twice", "a text twice"],
)
def test_texts_that_meet_others_are_not_filled_in_wrongly(members: dict[str, str]) -> None:
    texts_, document = filled(**members)
    try:
        hashed = TEMPLATE.prepare(tuple(texts_.values())).hashed
    except NotFillable:
        return
    assert hashed == sha256(rdfc(document)).digest()


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (("id",), "relative"), (("id",), "https://a.example/ b"), (("id",), "_:c14n0"), (("id",), "xsd:x"),
        (("id",), ""),
        (WORDS[0], ""), (WORDS[0], "\0"), (WORDS[0], "\x7f"), (WORDS[0], "\ufffe"), (WORDS[0], "\ud800"),
    ],
)  # fmt: skip
def test_what_must_not_be_signed_is_refused(path: Path, text: str) -> None:
    values = [text if place == path else text_at(SAMPLE, place) for place in PATHS]
    with pytest.raises(DocumentInvalid):
        TEMPLATE.prepare(values)


def test_a_document_that_holds_the_marks_is_no_template() -> None:
    stolen = {**SAMPLE, "name": f"urn:mark:{SEED.hex()}:0."}
    with pytest.raises(NotFillable):
        Template(stolen, PATHS, seed=SEED)
    other = Template(stolen, PATHS, seed=bytes(16))
    assert other.prepare([text_at(stolen, path) for path in PATHS]).digest == digest(stolen)


def test_marks_need_enough_randomness() -> None:
    with pytest.raises(ValueError, match="16 random bytes"):
        Template(SAMPLE, PATHS, seed=b"short")


@pytest.mark.parametrize(
    "path", [("nowhere",), ("issuer",), ("evidence", 5, "id"), ("@context", 0, "x")], ids=lambda path: str(path[0])
)
def test_a_path_that_leads_to_no_text_is_a_mistake(path: Path) -> None:
    with pytest.raises(ValueError, match="document has no"):
        Template(SAMPLE, [path], seed=SEED)


def test_lists_that_stay_the_same_can_be_part_of_a_template() -> None:
    document: Any = eu_complete().to_json()
    document[SUBJECT]["achievement"]["resultDescription"][-1]["allowedValue"] = ["C", "B", "A"]
    template = Template(document, PATHS, seed=SEED)
    changed = replace_texts(document, dict(zip(PATHS, (*[f"urn:x:{n}" for n in range(4)], *"123456789"), strict=True)))
    assert template.prepare([text_at(changed, path) for path in PATHS]) == PreparedDocument.of(changed)


# --- batches ----------------------------------------------------------------------------------------------------


class Batch:
    """A batch of numbered documents; `built` counts how often one was built in full."""

    def __init__(self) -> None:
        self.templates = BatchTemplates(seed=SEED)
        self.built = 0

    def document(self, number: int) -> JsonObject:
        self.built += 1
        until = datetime(2030, 1, 1, tzinfo=UTC) if number % 2 else None
        return eu_complete(
            credential_id=f"https://a.example/c/{number}", name=f"Ada {number}", valid_until=until
        ).to_json()

    def prepare(self, number: int, **wrong: str) -> PreparedDocument:
        texts_: dict[Path, str] = {
            ("id",): f"https://a.example/c/{number}",
            (SUBJECT, "identifier", 0, "identityHash"): f"Ada {number}",
            ("evidence", 0, "id"): f"https://a.example/c/{number}/evidence/1",
        }
        if number % 2:
            texts_["validUntil",] = "2030-01-01T00:00:00Z"
        texts_.update({path: wrong[str(path[-1])] for path in texts_ if path[-1] in wrong})
        return self.templates.prepare(texts_of(texts_), lambda: self.document(number))


@pytest.fixture(autouse=True)
def no_templates_of_other_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    batch_templates._templates.clear()


def test_each_shape_has_its_template_and_few_documents_are_built_in_full() -> None:
    batch = Batch()
    for number in range(1_100):
        prepared = batch.prepare(number)
    assert orjson.loads(prepared.unclosed + b"}")["id"] == "https://a.example/c/1099"
    batch.templates.finish()
    assert (batch.templates.filled, batch.templates.converted) == (1_100, 0)
    # Two shapes, each built once to be made and checked; the 500th and the 1,000th; the last.
    assert batch.built == 2 + 2 + 1


def test_the_next_batch_finds_the_templates_again() -> None:
    Batch().prepare(0)
    made = len(batch_templates._templates)
    Batch().prepare(2)
    assert len(batch_templates._templates) == made == 1


@pytest.mark.parametrize("number", [0, 500])
def test_a_difference_stops_the_batch(number: int) -> None:
    batch = Batch()
    for earlier in range(number):
        batch.prepare(2 * earlier)
    with pytest.raises(TemplateMismatch):
        batch.prepare(2 * number, identityHash="Eve")


def test_a_difference_in_the_last_document_stops_the_batch() -> None:
    batch = Batch()
    batch.prepare(0)
    batch.prepare(2, identityHash="Eve")
    with pytest.raises(TemplateMismatch):
        batch.templates.finish()


def test_an_empty_batch_has_nothing_to_check() -> None:
    Batch().templates.finish()


def test_documents_with_ties_are_converted_and_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    batch = Batch()
    build = batch.document

    def alike(number: int) -> JsonObject:
        document: Any = build(number)
        document[SUBJECT]["achievement"]["alignment"] *= 2
        return dict(document)

    monkeypatch.setattr(batch, "document", alike)
    assert [batch.prepare(number) for number in range(3)] == [PreparedDocument.of(alike(number)) for number in range(3)]
    assert (batch.templates.filled, batch.templates.converted) == (0, 3)


def test_a_text_that_makes_two_objects_alike_is_converted_and_counted() -> None:
    batch = Batch()
    batch.prepare(0)
    texts_: dict[Path, str] = {("id",): ACHIEVEMENT, (SUBJECT, "identifier", 0, "identityHash"): "Ada",
                               ("evidence", 0, "id"): f"{ACHIEVEMENT}/evidence/1"}  # fmt: skip
    document = eu_complete(credential_id=ACHIEVEMENT, name="Ada", valid_until=None).to_json()
    assert batch.templates.prepare(texts_of(texts_), lambda: document) == PreparedDocument.of(document)
    assert (batch.templates.filled, batch.templates.converted) == (1, 1)


def test_the_kept_hash_of_a_head_is_right_for_each_value_and_each_length() -> None:
    pieces = (b"<start> ", b" <a long piece that is the same in every document> ", b" ", b" <end>")
    pattern = Pattern(pieces, (1, 0, 1))
    hashed = HashedPattern(pattern)
    for values in ((b"1", b"2"), (b"3", b"2"), (b"1", b""), (b"", b"x" * 1_000), (b"1", b"2"), (b"9", b"x" * 1_000)):
        assert hashed.sha256(values) == sha256(pattern.fill(values)).digest()
    for number in range(1_000):
        values = (b"1", b"%d" % number)
        assert hashed.sha256(values) == sha256(pattern.fill(values)).digest()
    assert len(hashed._begun) == 32
    assert HashedPattern(Pattern((b"no slots",), ())).sha256(()) == sha256(b"no slots").digest()
