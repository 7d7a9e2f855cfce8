"""A program for tests: let one process after the other die at a failpoint, then see whether the next one ends its work.

    python -m tests.processes.crash_points NAME...

Runs on the installation that the environment names. Prints one JSON object per failpoint: how the process ended, and
what became of its batch. Each batch has three people of its own.
"""

import json
import os
import sys
import time
from typing import Any

import django

ROWS = 3


def main() -> None:
    django.setup()
    for number, name in enumerate(sys.argv[1:]):
        print(json.dumps({"name": name, **crash_and_recover(name, number)}), flush=True)


def crash_and_recover(name: str, number: int) -> dict[str, Any]:
    from django.conf import settings
    from django.db import connection
    from django.utils import timezone

    from credentials.batches import issue_next_chunk
    from credentials.checked_rows import create_batch
    from credentials.imports import RowValues
    from credentials.models import Achievement, Award, Batch, StatusEntry
    from credentials.transitions import start_batch

    achievement = Achievement.objects.get(issuer__slug="sample-it-academy", slug="it-security")
    people = [
        RowValues(f"crash-{number}-{row}-{time.monotonic_ns()}@example.org", f"Learner {row} (SAMPLE)")
        for row in range(ROWS)
    ]
    batch = create_batch(
        version=achievement.current,
        rows=enumerate(people, start=2),
        file_name=name,
        file_digest="0" * 64,
        duplicates=Batch.Duplicates.SKIP,
        created_by=None,
        now=timezone.now(),
    )
    start_batch(batch_id=batch.pk, now=timezone.now())
    connection.close()
    child = os.fork()
    if child == 0:
        settings.TOUCHSTONE_FAILPOINT = name
        issue_next_chunk(batch_id=batch.pk)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    places = set(StatusEntry.objects.filter(award__batch=batch).values_list("status_list", "index"))
    while issue_next_chunk(batch_id=batch.pk):
        pass
    batch.refresh_from_db()
    awards = Award.objects.filter(batch=batch)
    entries = set(StatusEntry.objects.filter(award__batch=batch).values_list("status_list", "index"))
    return {
        "signal": os.WTERMSIG(status) if os.WIFSIGNALED(status) else None,
        "batch": batch.pk,
        "state": batch.state,
        "issued": awards.filter(state=Award.State.ISSUED).count(),
        "awards": awards.count(),
        "places": len(entries),
        "kept_places": places <= entries,
        "open_chunks": batch.chunks.exclude(owner="", finished_at__isnull=False).count(),
    }


if __name__ == "__main__":
    main()
