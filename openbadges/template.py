"""Many credentials that differ in a few texts: convert one of them with marks in place of the texts, then only fill in.

The awards of one achievement say the same two hundred statements over and over; an address, a name, a date and a
place in a list change. A Template is one such document, converted once: statements that never change are ready to be
written, the others have slots. Filling it gives exactly the bytes that building and converting would give.
openbadges.batch_templates chooses the template for each document and checks it. See docs/fast-path.md.
"""

from __future__ import annotations

import re
import string
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import NamedTuple

import orjson

from openbadges import jsonld
from openbadges.canonical import convert_sha256, digest
from openbadges.compiled_context import NotCompiled
from openbadges.converter import to_statements
from openbadges.data_integrity import ProofMaker
from openbadges.jose import claims_for
from openbadges.json_types import JsonObject, JsonValue
from openbadges.layout import CanonicalLayout, Marks, NotFillable
from openbadges.members import check_iri, check_text
from openbadges.picker import picker
from openbadges.statements import Tie
from openbadges.strict_json import dumps

Path = tuple[str | int, ...]
"""Where a text stands in a document: ("credentialSubject", "identifier", 0, "identityHash")."""


class Texts(NamedTuple):
    """The texts in which one document may differ from others of its batch, and where each stands.

    Documents with the same places must not differ in anything else.
    """

    places: tuple[Path, ...]
    values: Sequence[str]


_CLAIM_SOURCES = ("id", "issuer", "credentialSubject", "validFrom", "validUntil")
"""The members of a document that the claims of its token repeat."""

_UNLIKE_IRIS = re.compile(rb"\n(?!https?://[a-z0-9]|urn:uuid:|did:web:)").search
_PLAIN_IN_LINES_OF_IRIS = (string.ascii_letters + string.digits + ":/._#%~-\n").encode("ascii")
"""How addresses start, and their letters, as is nearly always; check_iri, which takes longer, decides about others."""
_PLAIN_IN_TEXTS = "".join(filter(str.isprintable, map(chr, range(128)))).translate({34: None, 92: None}).encode("ascii")
"""Letters that stand for themselves in JSON and in N-Quads, and that may always be signed."""


class PreparedDocument(NamedTuple):
    """An unsigned document in every form that issuing needs.

    context: its @context. unclosed: compact JSON, members in their order, without the last brace. hashed: the SHA-256
    of its canonical N-Quads. digest: the record key (canonical.digest). claim_sources: what claims of its token repeat.
    """

    context: JsonValue
    unclosed: bytes
    hashed: bytes
    digest: bytes
    claim_sources: bytes

    @classmethod
    def of(cls, document: JsonObject) -> PreparedDocument:
        """Prepare a document without a template. Raises what canonical.rdfc raises."""
        return cls(
            context=document.get("@context"),
            unclosed=dumps(document)[:-1],
            hashed=convert_sha256(document),
            digest=digest(document),
            claim_sources=dumps(_claim_sources(document)),
        )

    def with_proof(self, maker: ProofMaker) -> bytes:
        """Return the JSON of the document with an embedded proof, exactly as dumps(add_proof(...)) gives it."""
        proof = maker.proof_json(self.hashed, context=self.context)
        return b"".join((self.unclosed, b',"proof":[', proof, b"]}"))

    def payload(self) -> bytes:
        """Return the payload of its token, exactly as dumps(claims_for(...)) gives it. Raises what that raises."""
        sources: JsonObject = orjson.loads(self.claim_sources)
        claims: JsonObject = {name: claim for name, claim in claims_for(sources).items() if name not in sources}
        return b"".join((self.unclosed, b",", dumps(claims)[1:]))


class Template:
    """One document with slots, immutable once made. Threads may share it."""

    def __init__(self, document: JsonObject, paths: Sequence[Path], *, seed: bytes) -> None:
        """Make a template of a document whose texts at `paths` will change.

        seed: 16 random bytes or more, drawn after every text of the document was chosen: the marks are made of them.
        Raises NotFillable when the document has ties or is outside the compiled subset, and as CanonicalLayout does.
        """
        marks = Marks(seed, len(paths))
        if marks.are_in(orjson.dumps(document).decode("utf-8")):
            raise NotFillable("The document holds the marks.")
        marked = replace_texts(document, dict(zip(paths, marks.texts, strict=True)))
        try:
            statements = to_statements(marked)
            example = statements.canonical_text()
        except (NotCompiled, Tie) as error:
            raise NotFillable("The document needs more than the compiled subset.") from error
        self._context = document["@context"]
        self._unclosed = marks.pattern(dumps(marked).decode()[:-1])
        self._sorted_json = marks.pattern(orjson.dumps(marked, option=orjson.OPT_SORT_KEYS).decode())
        self._claim_sources = marks.pattern(dumps(_claim_sources(marked)).decode())
        self._iris = [number for number, is_iri in enumerate(marks.stand_for_iris([example])) if is_iri]
        self._iris_of = picker(self._iris)
        self._layout = CanonicalLayout(statements, marks)
        self._members = [_member(path) for path in paths]

    def prepare(self, texts: Sequence[str]) -> PreparedDocument:
        """Return the document with these texts, in the order of the paths. Raises DocumentInvalid, NotFillable."""
        json_texts, terms = self._written(texts)
        return PreparedDocument(
            self._context,
            self._unclosed.fill(json_texts),
            self._layout.sha256(terms),
            sha256(self._sorted_json.fill(json_texts)).digest(),
            self._claim_sources.fill(json_texts),
        )

    def _written(self, texts: Sequence[str]) -> tuple[Sequence[bytes], Sequence[bytes]]:
        """Check the texts; return each as it stands between quotes of JSON and in N-Quads, as UTF-8."""
        try:
            written = list(map(str.encode, texts))
        except UnicodeEncodeError:  # half a character
            written = []
        if written and self._are_plain(written):
            return written, written
        for number in self._iris:
            check_iri(self._members[number], texts[number])
        for text, member in zip(texts, self._members, strict=True):
            check_text(member, text)
        return [dumps(text)[1:-1] for text in texts], [jsonld.escape(text).encode("utf-8") for text in texts]

    def _are_plain(self, written: Sequence[bytes]) -> bool:
        """Whether these texts can stand as they are, and check_iri and check_text would take each of them."""
        # Deleting all plain letters is the fastest way to see that there are no others.
        if not all(written) or b"".join(written).translate(None, _PLAIN_IN_TEXTS):
            return False
        iris = b"\n".join((b"", *self._iris_of(written)))  # a line break is no plain letter, so that none is in them
        return not iris.translate(None, _PLAIN_IN_LINES_OF_IRIS) and not _UNLIKE_IRIS(iris)


def replace_texts(document: JsonObject, texts: Mapping[Path, str]) -> JsonObject:
    """Return a copy with other texts at these paths. Raises ValueError where the document has no text there."""
    copy: JsonObject = orjson.loads(orjson.dumps(document))
    for path, text in texts.items():
        place: JsonValue = copy
        for step in path[:-1]:
            place = _at(place, step)
        if not isinstance(_at(place, path[-1]), str):
            raise ValueError(f"The document has no text at {path}.")
        place[path[-1]] = text  # type: ignore[index]
    return copy


def _at(place: JsonValue, step: str | int) -> JsonValue:
    try:
        return place[step]  # type: ignore[index]
    except (LookupError, TypeError) as error:
        raise ValueError(f"The document has nothing at {step}.") from error


def _member(path: Path) -> str:
    return next(step for step in reversed(path) if isinstance(step, str))


def _claim_sources(document: JsonObject) -> JsonObject:
    def slim(value: JsonValue) -> JsonValue:
        return {"id": value["id"]} if isinstance(value, dict) and "id" in value else value

    return {name: slim(document[name]) for name in _CLAIM_SOURCES if name in document}
