"""A program for tests: upload a long file as the dashboard does, whose check is then left to a worker.

    python -m tests.processes.ask_for_check FILE

Runs on the installation that the environment names; prints the primary key of the batch.
"""

import sys
from pathlib import Path

import django


def main() -> None:
    django.setup()
    from django.utils import timezone

    from credentials import file_checks, uploads
    from credentials.models import Achievement, Batch
    from issuers.audit import Actor

    path, now, actor = Path(sys.argv[1]), timezone.now(), Actor.command("check")
    version = Achievement.objects.get(issuer__slug="sample-it-academy", slug="it-security").current
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
    file_checks.check(batch, meanings={"E-Mail": "email", "Name": "name"}, actor=actor, now=now)
    print(batch.pk)


if __name__ == "__main__":
    main()
