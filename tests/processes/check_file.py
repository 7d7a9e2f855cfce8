"""A program for tests: check a file as the dashboard does, and say how long it took and how much memory.

    python -m tests.processes.check_file FILE

Runs on the installation that the environment names; prints one JSON object.
"""

import json
import resource
import sys
import time
from pathlib import Path

import django


def main() -> None:
    django.setup()
    from django.test import Client  # noqa: F401  (what a web process has loaded, too)
    from django.utils import timezone

    from config.wsgi import application  # noqa: F401
    from credentials import uploads
    from credentials.dry_run import dry_run_view
    from credentials.models import Achievement, Batch
    from issuers.audit import Actor

    path, now, actor = Path(sys.argv[1]), timezone.now(), Actor.command("check")
    version = Achievement.objects.get(issuer__slug="sample-it-academy", slug="it-security").current
    before = _peak_megabytes()
    started = time.monotonic()
    with path.open("rb") as source:
        batch = uploads.receive(
            source,
            name=path.name,
            version=version,
            duplicates=Batch.Duplicates.SKIP,
            created_by=None,
            actor=actor,
            now=now,
        )
    received = time.monotonic()
    batch = uploads.check(batch.pk, meanings={"E-Mail": "email", "Name": "name"}, actor=actor, now=now)
    checked = time.monotonic()
    views = [dry_run_view(batch, now=now, after=place) for place in ("", "r150000")]
    facts = {
        "batch": batch.pk,
        "total": batch.total,
        "failed": batch.failed,
        "foreseen_new": batch.foreseen_new,
        "shown": [len(view.rows) for view in views],
        "seconds_received": round(received - started, 2),
        "seconds_checked": round(checked - received, 2),
        "processor_seconds": round(time.process_time(), 2),
        "seconds_shown": round(time.monotonic() - checked, 3),
        "megabytes_before": before,
        "megabytes": _peak_megabytes(),
    }
    print(json.dumps(facts))


def _peak_megabytes() -> int:
    status = Path("/proc/self/status")
    if status.exists():  # Linux keeps in ru_maxrss what the process that started this one had, too
        peak = next(line for line in status.read_text(encoding="ascii").splitlines() if line.startswith("VmHWM:"))
        return int(peak.split()[1]) // 2**10
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit // 2**20


if __name__ == "__main__":
    main()
