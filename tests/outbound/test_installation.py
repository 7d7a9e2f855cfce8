"""The one function that the product calls: what the settings decide, and that none of them opens the guard."""

from __future__ import annotations

import ast
import os
import re
import socket
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

import outbound
from config.env import declared
from openbadges.codes import CODES
from outbound import configured, connection, resolver
from outbound.deadline import Deadline
from outbound.errors import FetchFailed, FetchRefused
from outbound.fetch import fetch
from outbound.rules import Rules
from tests.outbound import watch
from tests.outbound.web import LOOPBACK, HostileWeb

SOURCES = sorted(Path(outbound.__file__).parent.glob("*.py"))


@pytest.mark.loopback
def test_the_product_meets_the_web_that_a_test_installs(web: HostileWeb) -> None:
    web.serve("https://badges.example/b", b"{}")
    with web.installed():
        assert fetch("https://badges.example/b", kind="badge", deadline=Deadline.after(5)).body == b"{}"
        with pytest.raises(FetchRefused) as caught:
            fetch("http://localhost:8000/c/1", kind="badge", deadline=Deadline.after(5))
    assert caught.value.code == "fetch.own_host"


def test_own_places_follow_the_settings(settings: Settings) -> None:
    settings.PUBLIC_URL = "https://badges.uni.example"
    settings.PREVIOUS_URLS = ["https://old.uni.example"]
    for host in ("badges.uni.example", "old.uni.example"):
        with pytest.raises(FetchRefused) as caught:
            fetch(f"https://{host}/c/1", kind="badge", deadline=Deadline.after(5))
        assert caught.value.code == "fetch.own_host"


def test_how_many_at_once_follows_the_settings_and_counters_stay(settings: Settings) -> None:
    settings.FETCH_CONCURRENCY = 7
    assert configured.fetcher().rules.concurrency == 7
    assert configured.fetcher() is configured.fetcher()


def test_an_installation_differs_in_its_own_places_and_its_concurrency_alone() -> None:
    rules, plain = configured.fetcher().rules, Rules()
    differing = {field.name for field in fields(Rules) if getattr(rules, field.name) != getattr(plain, field.name)}
    assert differing <= {"own", "concurrency"}
    assert (rules.resolve, rules.dial, rules.authorities) == (resolver.ask_system, connection.dial, None)
    assert [setting.name for setting in declared() if "FETCH" in setting.name] == ["FETCH_CONCURRENCY"]


def test_the_guard_reads_nothing_from_the_environment() -> None:
    for source in SOURCES:
        names = {
            node.attr for node in ast.walk(ast.parse(source.read_text("utf-8"))) if isinstance(node, ast.Attribute)
        }
        assert not names & {"environ", "getenv"}, source.name
    assert "SSLKEYLOGFILE" not in os.environ


def test_session_keys_are_never_logged(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SSLKEYLOGFILE", str(tmp_path / "keys"))
    assert not connection.tls_context(None).keylog_filename


def test_the_system_is_asked_for_the_whole_name_and_no_search_domain(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []

    def getaddrinfo(*question: Any, **options: Any) -> list[Any]:
        asked.append(question)
        return [
            (2, 1, 6, "", ("93.184.0.1", 443)),
            (10, 1, 6, "", ("2606:4700::1", 443, 0, 0)),
            (2, 1, 6, "", ("93.184.0.1", 443)),
        ]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    assert resolver.ask_system("badges.example") == ["93.184.0.1", "2606:4700::1"]
    assert asked == [("badges.example.", 443)]


@pytest.mark.loopback
def test_a_socket_is_opened_to_the_address_itself_without_any_question() -> None:
    with socket.create_server((str(LOOPBACK), 0)) as server, watch.sockets() as heard:
        connection.dial(LOOPBACK, server.getsockname()[1], 1).close()
        assert heard == [("socket.connect", server.getsockname())]
        port = server.getsockname()[1]
    with pytest.raises(OSError, match="refused"):
        connection.dial(LOOPBACK, port, 1)


def test_every_code_is_registered_and_every_registered_code_is_used() -> None:
    text = "".join(source.read_text("utf-8") for source in SOURCES)
    used = set(re.findall(r'"(fetch\.[a-z_]+)"', text)) | {"fetch"}
    assert used == {code for code in CODES if code.partition(".")[0] == "fetch"}


def test_refusals_and_failures_are_one_family_with_codes() -> None:
    assert (FetchRefused("x").code, FetchFailed("x").code, FetchFailed("x").status) == (
        "fetch.host",
        "fetch.unreachable",
        None,
    )
