"""Both sides at the same work, on the same documents (tests/bench/sample.py)."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from django.test import override_settings
from nacl import bindings

from openbadges.jose import claims_for
from openbadges.json_types import JsonObject
from openbadges.keys import PublicKey
from tests.bench import ours
from tests.bench.measure import Subject
from tests.bench.sample import ISSUED_AT, VERIFIED_AT, Reserved, World
from tests.bench.theirs import Peer, PeerFailed

TURNS = 5
"""Of a second's work. In each, issuing does a chunk of 500 and more, as a worker does."""


class Unsound(Exception):
    """The two sides do not agree on a document, so that comparing their speed would say nothing."""


@dataclass(slots=True)
class Clock:
    """CPU seconds of this process, all its threads included."""

    seconds: float = field(default=0.0, init=False)

    @contextmanager
    def running(self) -> Iterator[None]:
        before = time.process_time()
        yield
        self.seconds = time.process_time() - before


class Contest:
    """Both sides at the same work. Everyone gets the same documents, and each document only once."""

    def __init__(self, peer: Peer) -> None:
        proof, self._peer_jwk = peer.public_keys()
        self.world = World(other_keys=[("npm", PublicKey.from_multikey(proof))])
        self._peer = peer
        self._npm_method = f"{self.world.did}#npm"
        peer.hold({**self.world.published, **self.world.methods})

    def subjects(self) -> tuple[Subject[Any], ...]:
        world = self.world
        issue = Subject("issue", world.reserve, {"ours": self._issue, "peer": self._issue_npm}, _sign_bare)
        verify = Subject("verify", world.signed, {"ours": self._verify, "peer": self._verify_npm}, _verify_bare)
        sign = Subject("token_sign", world.unsigned, {"ours": self._sign_tokens, "peer": self._sign_tokens_jose})
        read = Subject("token_verify", self._tokens, {"ours": self._check_tokens, "peer": self._check_tokens_jose})
        return tuple(replace(subject, turns=TURNS) for subject in (issue, verify, sign, read))

    def check(self) -> None:
        """Each side accepts what the other signed, and refuses it with one letter changed. Raises Unsound."""
        [document] = self.world.unsigned(1)
        _, theirs = self._peer.issue([document], method=self._npm_method)
        [own] = self.world.signed(1)
        _agree(self._verdict, theirs.encode(), "Touchstone on @digitalbazaar/vc")
        _agree(self._peer_accepts, own, "@digitalbazaar/vc on Touchstone")
        _, their_token = self._peer.sign_tokens([claims_for(document)], kid=self.world.token_method)
        their_key = PublicKey.from_jwk(self._peer_jwk)
        if ours.verify_token(their_token, their_key) != document:
            raise Unsound("Touchstone reads a token of jose differently.")
        self._check_tokens_jose(self._tokens(1))

    def _issue(self, reserved: Sequence[Reserved]) -> float:
        clock = Clock()
        with override_settings(PUBLIC_URL=ISSUED_AT), clock.running():
            issued = sum(len(chunk) for chunk in ours.issue(self.world, reserved))
        assert issued == len(reserved)
        return clock.seconds

    def _issue_npm(self, reserved: Sequence[Reserved]) -> float:
        with override_settings(PUBLIC_URL=ISSUED_AT):
            documents = [self.world.builder.unsigned(one.award) for one in reserved]
        return self._peer.issue(documents, method=self._npm_method)[0]

    def _verify(self, texts: Sequence[bytes]) -> float:
        clock, published, now = Clock(), self.world.published, self.world.now
        with override_settings(PUBLIC_URL=VERIFIED_AT), clock.running():
            outcomes = {ours.verdict(text, published=published, now=now).outcome for text in texts}
        if outcomes != {"valid"}:
            raise Unsound(f"A verdict is not valid: {outcomes}")
        return clock.seconds

    def _verify_npm(self, texts: Sequence[bytes]) -> float:
        return self._peer.verify([text.decode() for text in texts])

    def _verdict(self, text: bytes) -> bool:
        with override_settings(PUBLIC_URL=VERIFIED_AT):
            return ours.verdict(text, published=self.world.published, now=self.world.now).outcome == "valid"

    def _peer_accepts(self, text: bytes) -> bool:
        try:
            self._peer.verify([text.decode()])
        except PeerFailed:
            return False
        return True

    def _tokens(self, number: int) -> list[str]:
        key, kid = self.world.token_key, self.world.token_method
        return [ours.sign_token(document, key, kid=kid) for document in self.world.unsigned(number)]

    def _sign_tokens(self, documents: Sequence[JsonObject]) -> float:
        clock, key, kid = Clock(), self.world.token_key, self.world.token_method
        with clock.running():
            for document in documents:
                ours.sign_token(document, key, kid=kid)
        return clock.seconds

    def _sign_tokens_jose(self, documents: Sequence[JsonObject]) -> float:
        return self._peer.sign_tokens([claims_for(document) for document in documents], kid=self.world.token_method)[0]

    def _check_tokens(self, tokens: Sequence[str]) -> float:
        clock, key = Clock(), self.world.token_key.public
        with clock.running():
            for token in tokens:
                ours.verify_token(token, key)
        return clock.seconds

    def _check_tokens_jose(self, tokens: Sequence[str]) -> float:
        return self._peer.verify_tokens(tokens, jwk=self.world.token_key.public.to_jwk(), issuer=self.world.did)


def _agree(accepts: Callable[[bytes], bool], text: bytes, who: str) -> None:
    if not accepts(text):
        raise Unsound(f"{who}: a good credential is refused.")
    if accepts(text.replace(b"practice network", b"practice Network")):
        raise Unsound(f"{who}: a changed credential is accepted.")


_SIGN_PUBLIC, _SIGN_SECRET = bindings.crypto_sign_seed_keypair(bytes(32))
_MESSAGE = bytes(64)  # two SHA-256 digests: what eddsa-rdfc-2022 signs


def _sign_bare(number: int) -> float:
    clock, sign = Clock(), bindings.crypto_sign
    with clock.running():
        for _ in range(number):
            sign(_MESSAGE, _SIGN_SECRET)
    return clock.seconds


def _verify_bare(number: int) -> float:
    clock, verify = Clock(), bindings.crypto_sign_open
    signed = bindings.crypto_sign(_MESSAGE, _SIGN_SECRET)
    with clock.running():
        for _ in range(number):
            verify(signed, _SIGN_PUBLIC)
    return clock.seconds
