"""Slow hosts hold places, not threads; nobody can make us ask one host without end."""

import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from outbound import limits, resolver
from outbound.deadline import Deadline
from outbound.errors import FetchError, FetchFailed
from outbound.fetcher import Fetcher
from outbound.limits import HostRate
from tests.outbound.web import HostileWeb, Visit

FAST, SLOW = "https://fast.example/", "https://slow.example/"


def outcome(fetcher: Fetcher, url: str, seconds: float = 5) -> str:
    try:
        fetcher.fetch(url, kind="badge", deadline=Deadline.after(seconds))
    except FetchError as error:
        return error.code
    return "fetched"


@pytest.mark.loopback
def test_thirty_slow_hosts_hold_the_places_for_links_and_nothing_else(web: HostileWeb) -> None:
    web.serve(FAST, b"{}")
    web.script(SLOW, Visit.wait)
    fetcher = Fetcher(replace(web.rules(), concurrency=3))
    with ThreadPoolExecutor(30) as pool:
        outcomes = [pool.submit(outcome, fetcher, SLOW, 1.5) for _ in range(30)]
        began = time.monotonic()
        while len(web.visits) < 3:
            time.sleep(0.01)
        assert outcome(fetcher, FAST) == "fetch.busy"
        assert time.monotonic() - began < 1.4
        counted = [each.result() for each in outcomes]
    assert sorted(counted) == ["fetch.busy"] * 27 + ["fetch.timeout"] * 3
    assert outcome(fetcher, FAST) == "fetched"  # every place is free again


@pytest.mark.loopback
def test_every_end_of_a_fetch_gives_its_place_back(web: HostileWeb) -> None:
    fetcher = Fetcher(replace(web.rules(), concurrency=1))
    web.serve(FAST, b"{}")
    web.refuse("closed.example")
    web.names["inside.example"] = [["10.0.0.1"]]
    web.redirect("https://loop.example/", "/")
    for url in (
        "https://closed.example/",
        "https://inside.example/",
        "https://nowhere.example/",
        "https://loop.example/",
    ):
        assert outcome(fetcher, url) != "fetched"
        assert outcome(fetcher, FAST) == "fetched"


@pytest.mark.loopback
def test_a_host_is_asked_sixty_times_a_minute_redirects_counted(web: HostileWeb) -> None:
    fetcher = Fetcher(web.rules())
    web.redirect("https://asked.example/", "/end")
    web.serve("https://asked.example/end", b"{}")
    web.serve(FAST, b"{}")
    outcomes = [outcome(fetcher, "https://ASKED.example./") for _ in range(32)]
    assert outcomes == ["fetched"] * 30 + ["fetch.busy"] * 2
    assert outcome(fetcher, FAST) == "fetched"


def test_the_bucket_of_a_host_fills_evenly_again() -> None:
    now = [0.0]
    rate = HostRate(60, clock=lambda: now[0])

    def allowed() -> int:
        for number in range(1000):
            try:
                rate.count("a.example")
            except FetchFailed:
                return number
        return 1000

    counts = []
    for seconds in (0.0, 0.5, 0.5, 10.0, 3600.0):
        now[0] += seconds
        counts.append(allowed())
    assert counts == [60, 0, 1, 10, 60]


def test_no_more_hosts_are_remembered_than_the_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_HOSTS", 100)
    rate = HostRate(1)
    for number in range(1000):
        rate.count(f"h{number}.example")
    assert len(rate._buckets) == 100
    with pytest.raises(FetchFailed):
        rate.count("h999.example")


@pytest.mark.loopback
def test_a_resolver_that_hangs_holds_few_threads_and_nobody(monkeypatch: pytest.MonkeyPatch, web: HostileWeb) -> None:
    monkeypatch.setattr(resolver, "MOST_QUESTIONS", 4)
    answers = threading.Event()

    def hangs(host: str) -> Sequence[str]:
        answers.wait(10)
        return ["93.184.0.1"]

    fetcher = Fetcher(replace(web.rules(), resolve=hangs, concurrency=20))
    began = time.monotonic()
    with ThreadPoolExecutor(10) as pool:
        outcomes = list(pool.map(lambda number: outcome(fetcher, f"https://h{number}.example/", 0.3), range(10)))
    assert sorted(outcomes) == ["fetch.busy"] * 6 + ["fetch.timeout"] * 4
    assert time.monotonic() - began < 2
    assert sum(thread.name == "outbound-dns" for thread in threading.enumerate()) == 4
    answers.set()
    for thread in threading.enumerate():
        if thread.name == "outbound-dns":
            thread.join(5)
    assert outcome(fetcher, "https://again.example/", 0) != "fetch.busy"  # the questions are free again


@pytest.mark.loopback
def test_dns_has_a_shorter_time_than_the_deadline(monkeypatch: pytest.MonkeyPatch, web: HostileWeb) -> None:
    monkeypatch.setattr(resolver, "MOST_SECONDS", 0.2)
    answers = threading.Event()

    def late(host: str) -> Sequence[str]:
        answers.wait(5)
        return ["93.184.0.1"]

    fetcher = Fetcher(replace(web.rules(), resolve=late))
    began = time.monotonic()
    assert outcome(fetcher, FAST, 9) == "fetch.timeout"
    assert time.monotonic() - began < 1
    answers.set()


def test_a_deadline_counts_down_to_nothing() -> None:
    deadline = Deadline.after(0.05)
    assert 0 < deadline.remaining() <= 0.05
    assert deadline.within(10) == deadline
    assert Deadline.after(10).within(0.01).remaining() <= 0.01
    time.sleep(0.06)
    assert deadline.remaining() == 0.0
