"""RDFC-1.0: the working group's vectors, an independent implementation, and graphs made to exhaust us."""

import time
from typing import Any, Literal

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openbadges.canonical import rdfc_nquads
from openbadges.errors import WorkLimitExceeded
from tests.openbadges.published import FOLDER, needs_published, published_entries, published_text

EVALUATIONS = [
    entry for entry in published_entries("rdf-canon/manifest.jsonld", "entries")
    if entry["type"] == "rdfc:RDFC10EvalTest" and (FOLDER / "rdf-canon" / entry["action"]).is_file()
]  # fmt: skip


@needs_published
@pytest.mark.parametrize("entry", EVALUATIONS, ids=lambda entry: entry["id"])
def test_published_vector(entry: dict[str, Any]) -> None:
    name: Literal["sha256", "sha384"] = "sha384" if entry.get("hashAlgorithm") == "SHA384" else "sha256"
    canonical = rdfc_nquads(published_text("rdf-canon/" + entry["action"]), hash=name)
    assert canonical == published_text("rdf-canon/" + entry["result"])


@needs_published
def test_vectors_of_both_hashes_were_run() -> None:
    assert len(EVALUATIONS) > 25
    assert any(entry.get("hashAlgorithm") == "SHA384" for entry in EVALUATIONS)


TERMS = st.sampled_from(["_:x", "_:y", "_:z", "_:w", "<urn:a>"])
# Graphs are named by IRIs: alike nodes in blank graphs are where the specification leaves the labels open.
GRAPHS = st.lists(
    st.tuples(
        TERMS, st.sampled_from(["<urn:p>", "<urn:q>"]), TERMS | st.just('"text \\u0001 \\"é😀"'),
        st.sampled_from(["", "<urn:g>", "<urn:h>"]),
    ),
    max_size=8,
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(GRAPHS)
def test_labels_agree_with_an_independent_implementation(graph: list[tuple[str, str, str, str]]) -> None:
    text = "".join(" ".join(quad) + " .\n" for quad in graph)
    dataset = ox.Dataset(ox.parse(text, format=ox.RdfFormat.N_QUADS))
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    theirs = (ox.serialize(dataset, format=ox.RdfFormat.N_QUADS) or b"").decode()
    assert rdfc_nquads(text) == "".join(sorted(theirs.splitlines(keepends=True)))


@settings(deadline=None)
@given(GRAPHS, st.randoms(use_true_random=False))
def test_names_and_order_of_the_input_do_not_matter(graph: list[tuple[str, str, str, str]], random: Any) -> None:
    text = "".join(" ".join(quad) + " .\n" for quad in graph)
    shuffled = random.sample(graph, len(graph))
    renamed = "".join(" ".join(quad).replace("_:", "_:other") + " .\n" for quad in shuffled)
    assert rdfc_nquads(text) == rdfc_nquads(renamed)


def edges(pairs: list[tuple[int, int]]) -> str:
    return "".join(f"_:n{a} <urn:p> _:n{b} .\n" for a, b in pairs)


POISON = {
    "clique of 9": edges([(a, b) for a in range(9) for b in range(9) if a != b]),
    "clique of 12": edges([(a, b) for a in range(12) for b in range(12) if a != b]),
    "clique of 100": edges([(a, b) for a in range(100) for b in range(100) if a != b]),
    "two sides of 8": edges([(a, 8 + b) for a in range(8) for b in range(8)]),
    "ring of 5000": edges([(a, (a + 1) % 5000) for a in range(5000)]),
    "chains of 400": edges([(1000 * c + a, 1000 * c + a + 1) for c in range(2) for a in range(400)]),
    "too many": "".join(f'<urn:a> <urn:p> "{n}" .\n' for n in range(20_001)),
}


@pytest.mark.parametrize("name", POISON)
def test_a_poison_graph_is_refused_within_a_second(name: str) -> None:
    started = time.process_time()
    with pytest.raises(WorkLimitExceeded):
        rdfc_nquads(POISON[name])
    assert time.process_time() - started < 1


def test_many_alike_nodes_that_are_easy_to_order_are_not_refused() -> None:
    nodes = "".join(f'<urn:a> <urn:p> _:n{n} .\n_:n{n} <urn:q> _:m{n} .\n_:m{n} <urn:r> "x" .\n' for n in range(300))
    assert rdfc_nquads(nodes).count("_:c14n599 ") == 2


def test_a_text_that_is_not_nquads_is_refused() -> None:
    with pytest.raises(ValueError, match="N-Quads"):
        rdfc_nquads("<urn:a> <urn:b> .")
