"""The compiled converter gives the bytes of the general processor and of an independent one, or refuses with them."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from typing import Any

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings

from openbadges import canonical, compiled_context, contexts, jsonld
from openbadges.canonical import paths, rdfc
from openbadges.checks.proof import CONTRADICT_DATA_MODEL_2
from openbadges.compiled_context import CompiledContext, NotCompiled
from openbadges.contexts import CREDENTIALS_V1, CREDENTIALS_V2, OPEN_BADGES_3_0_3
from openbadges.errors import OpenBadgesError, WorkLimitExceeded
from openbadges.json_types import JsonObject, JsonValue
from openbadges.parts import with_parts
from openbadges.rdfc10 import canonical_nquads
from openbadges.structure import OPEN_BADGES_CONTEXTS
from tests.openbadges.hostile import EXAMPLES, HOSTILE_BADGES, spoiled_badges
from tests.openbadges.npm_canonize import NpmCanonize, NpmGaveUp
from tests.openbadges.published import FOLDER, needs_published
from tests.openbadges.samples import eu_complete

PROPERTY = settings(
    max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def general(document: JsonObject) -> bytes:
    return canonical_nquads(jsonld.to_quads(document)).encode()


def outcome(canonicalise: Any, document: JsonObject) -> bytes | tuple[str, str]:
    try:
        return bytes(canonicalise(document))
    except OpenBadgesError as error:
        return error.code, str(error)


def path_of(document: JsonObject) -> str:
    """Which path a document takes; its bytes must be those of the general processor."""
    before = paths()
    assert rdfc(document) == general(document)
    after = paths()
    return next(path for path, count in after.items() if count > before[path])


@pytest.fixture(scope="module")
def npm() -> Iterator[NpmCanonize]:
    with NpmCanonize.start() as started:
        yield started


def by_npm(npm: NpmCanonize, document: JsonObject) -> bytes | None:
    """What npm gives, as a set: where one address has the same empty list twice, it writes the statement twice."""
    try:
        canonical_text = npm.canonical(document)
    except NpmGaveUp:
        return by_oxigraph(document)
    lines = None if canonical_text is None else canonical_text.encode().splitlines(keepends=True)
    return None if lines is None else b"".join(dict.fromkeys(lines))


def by_oxigraph(document: JsonObject) -> bytes:
    """The canonical form by another independent implementation, which searches on where npm gives up."""
    dataset = ox.Dataset(ox.parse(general(document), ox.RdfFormat.N_QUADS))
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    written = ox.serialize(dataset, format=ox.RdfFormat.N_QUADS)
    assert written is not None
    return b"".join(sorted(written.splitlines(keepends=True)))


def ours(document: JsonObject) -> bytes | None:
    try:
        return rdfc(document)
    except OpenBadgesError:
        return None


# --- properties -------------------------------------------------------------------------------------------------


@PROPERTY
@given(HOSTILE_BADGES)
def test_hostile_badges_give_the_bytes_of_the_general_processor(badge: JsonObject) -> None:
    expected = outcome(general, badge)
    assert outcome(rdfc, badge) == expected
    for _ in range(3):  # as a verifier sees it: with the parts that were kept, then filled in
        assert outcome(rdfc, with_parts(badge)) == expected


@PROPERTY
@given(spoiled_badges())
def test_what_the_general_processor_refuses_is_refused_in_the_same_words(badge: JsonObject) -> None:
    assert outcome(rdfc, badge) == outcome(general, badge)


@pytest.mark.node
@PROPERTY
@given(badge=HOSTILE_BADGES)
def test_hostile_badges_give_the_bytes_of_npm(npm: NpmCanonize, badge: JsonObject) -> None:
    assert ours(badge) == by_npm(npm, badge)


@pytest.mark.node
def test_where_npm_gives_up_among_alike_objects_another_implementation_agrees(npm: NpmCanonize) -> None:
    alike: JsonValue = [{"type": "Alignment", "targetName": ""}] * 3
    results: JsonValue = [{"type": "Result", "alignment": alike}] * 2
    document: JsonObject = {
        "@context": [CREDENTIALS_V2, OPEN_BADGES_3_0_3],
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "credentialSubject": {"type": "AchievementSubject", "result": results},
    }
    with pytest.raises(NpmGaveUp):
        npm.canonical(document)
    assert ours(document) == by_npm(npm, document)
    assert path_of(document) == "tied"


@pytest.mark.node
def test_an_empty_list_that_is_said_twice_is_one_statement(npm: NpmCanonize) -> None:
    described: JsonObject = {"type": "ResultDescription", "id": "urn:x:1", "name": "", "allowedValue": []}
    achievement: JsonObject = {"type": "Achievement", "id": "urn:x:1", "resultDescription": [described, described]}
    document: JsonObject = {
        "@context": [CREDENTIALS_V2, OPEN_BADGES_3_0_3],
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "credentialSubject": {"type": "AchievementSubject", "achievement": achievement},
    }
    assert ours(document) == by_npm(npm, document) == by_oxigraph(document)
    assert (npm.canonical(document) or "").count("#nil> .\n") == 2


@pytest.mark.node
@PROPERTY
@given(badge=spoiled_badges())
def test_npm_in_safe_mode_takes_nothing_that_is_refused_here(npm: NpmCanonize, badge: JsonObject) -> None:
    canonical_text = ours(badge)
    assert canonical_text is None or canonical_text == by_npm(npm, badge)


@pytest.mark.node
@needs_published
def test_published_documents_give_the_bytes_of_npm(npm: NpmCanonize) -> None:
    agreed = 0
    for path in sorted(FOLDER.rglob("*.json")):
        try:
            document = json.loads(path.read_text("utf-8"))
        except ValueError:  # one of the published schemas is not JSON
            continue
        if isinstance(document, dict) and ours(document) is not None:
            assert ours(document) == by_npm(npm, document), path
            agreed += 1
    assert agreed > 20


@pytest.mark.node
@pytest.mark.parametrize("data_model", [CREDENTIALS_V1, CREDENTIALS_V2])
@pytest.mark.parametrize("context", sorted(OPEN_BADGES_CONTEXTS))
def test_contexts_contradict_each_other_where_they_do_for_npm(npm: NpmCanonize, data_model: str, context: str) -> None:
    achievement: JsonObject = {"type": ["Achievement"], "name": "Networking (SAMPLE)", "description": "A sample."}
    badge: JsonObject = {
        "@context": [data_model, context],
        "id": "urn:uuid:33333333-3333-4333-8333-333333333333",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": {"id": "https://academy.example/", "type": ["Profile"], "name": "Sample Academy (SAMPLE)"},
        "credentialSubject": {"type": ["AchievementSubject"], "achievement": achievement},
    }
    assert ours(badge) == by_npm(npm, badge)
    assert (ours(badge) is None) == (data_model == CREDENTIALS_V2 and context in CONTRADICT_DATA_MODEL_2)


# --- examples ---------------------------------------------------------------------------------------------------


def test_the_daily_documents_take_the_compiled_path() -> None:
    document = eu_complete().to_json()
    assert path_of(document) == "compiled"
    assert (
        path_of({"@context": document["@context"], "type": "DataIntegrityProof", "created": "2026-01-01"}) == "compiled"
    )


def test_objects_that_look_alike_take_the_search_among_ties() -> None:
    document: Any = eu_complete().to_json()
    document["credentialSubject"]["identifier"] *= 2
    assert path_of(document) == "tied"


def test_the_same_achievement_twice_is_not_merged() -> None:
    document: Any = eu_complete().to_json()
    subject = document["credentialSubject"]
    document["credentialSubject"] = [subject, {"type": ["AchievementSubject"], "achievement": subject["achievement"]}]
    assert path_of(document) == path_of(deepcopy(document)) == "tied"


def test_a_list_keeps_its_order_and_an_empty_one_is_said() -> None:
    document: Any = eu_complete().to_json()
    scale = document["credentialSubject"]["achievement"]["resultDescription"][-1]
    scale["allowedValue"] = ["C", "B", "A"]
    assert path_of(document) == "compiled"
    other = deepcopy(document)
    other["credentialSubject"]["achievement"]["resultDescription"][-1]["allowedValue"].reverse()
    assert rdfc(document) != rdfc(other)
    scale["allowedValue"] = []
    assert path_of(document) == "compiled"
    assert b"22-rdf-syntax-ns#nil>" in rdfc(document)


def presentation(**members: Any) -> JsonObject:
    inner = {**eu_complete().to_json(), "proof": [{"type": "DataIntegrityProof", "proofValue": "zSAMPLE"}]}
    return {"@context": CREDENTIALS_V2, "type": "VerifiablePresentation", "verifiableCredential": [inner], **members}


def test_contained_credentials_with_contexts_and_proofs_of_their_own_are_compiled() -> None:
    assert path_of(presentation(proof={"type": "DataIntegrityProof", "proofPurpose": "authentication"})) == "compiled"


@pytest.mark.node
def test_contained_credentials_give_the_bytes_of_npm(npm: NpmCanonize) -> None:
    assert ours(presentation()) == by_npm(npm, presentation())


def test_a_presented_credential_does_not_inherit_the_contexts_around_it() -> None:
    document: Any = presentation()
    document["@context"] = [CREDENTIALS_V2, OPEN_BADGES_3_0_3]
    document["verifiableCredential"][0]["@context"] = [CREDENTIALS_V2]
    assert ours(document) is None


def test_contexts_with_a_default_vocabulary_go_to_the_general_processor() -> None:
    document: JsonObject = {"@context": [CREDENTIALS_V2, contexts.CREDENTIALS_EXAMPLES_V2], "colour": "red"}
    assert path_of(document) == "general"


@pytest.mark.parametrize("url", contexts.PINNED)
def test_every_pinned_context_is_compiled_or_left_alone(url: str) -> None:
    try:
        place = compiled_context.start().with_contexts([url])
    except NotCompiled:
        assert "@vocab" in json.dumps(contexts.load(url))
        return
    # An address that may be issued is never taken for a word with a prefix.
    assert place.prefixes.isdisjoint({"http", "https", "urn", "did"})


def test_too_many_statements_and_too_deep_objects_are_refused_as_before() -> None:
    document: Any = {
        "@context": CREDENTIALS_V2,
        "type": ["VerifiableCredential"],
        "name": [str(n) for n in range(20_001)],
    }
    assert outcome(rdfc, document)[0] == WorkLimitExceeded.code
    deep: Any = {}
    for _ in range(5_000):
        deep = {"type": "VerifiableCredential", "evidence": deep}
    with pytest.raises(WorkLimitExceeded):
        rdfc({"@context": CREDENTIALS_V2, "type": "VerifiableCredential", "evidence": deep})


def test_numbers_too_long_for_json_of_64_bits_are_converted() -> None:
    document: Any = eu_complete().to_json()
    document["credentialSubject"]["achievement"]["creditsAvailable"] = 10**20 + 1
    assert path_of(document) == "compiled"


def test_compiled_places_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled_context, "_MAX_COMPILED", 5)
    further = [OPEN_BADGES_3_0_3, contexts.OPEN_BADGES_EXTENSIONS, contexts.DATA_INTEGRITY_V2, contexts.MULTIKEY_V1]
    places: set[CompiledContext] = set()
    for url in further * 2:
        places.add(compiled_context.start())
        named: JsonValue = [CREDENTIALS_V2, OPEN_BADGES_3_0_3, url]
        assert path_of({**eu_complete().to_json(), "@context": named}) == "compiled"
    assert len(places) > 3  # a full tree was dropped and begun anew


def test_threads_share_what_is_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled_context, "_start", None)
    documents = [eu_complete(name=f"Ada {number % 7} (SAMPLE)").to_json() for number in range(60)]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(rdfc, documents))
    assert found == [canonical.rdfc(document) for document in documents]
    assert len(set(found)) == 7
