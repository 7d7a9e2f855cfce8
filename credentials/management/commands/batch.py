"""`manage.py batch`: pause, resume, cancel, try again or recall a batch, and see how far it is."""

from __future__ import annotations

import json
import sys
import uuid
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from credentials import recalls, transitions
from credentials.errors import IssuingError
from credentials.life import LifeError
from credentials.management.following import follow
from credentials.models import Batch
from issuers.audit import Actor

ACTOR = Actor.command("batch")
CHANGES = {
    "begin": transitions.start_held,
    "undo": transitions.undo_batch,
    "pause": transitions.pause_batch,
    "resume": transitions.resume_batch,
    "cancel": transitions.cancel_batch,
    "retry": transitions.retry_failed_rows,
}


class Command(BaseCommand):
    help = "Pause, resume, cancel, retry, undo, begin or recall a batch; without an action say how far it is."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("action", choices=["show", *CHANGES, "recall"])
        parser.add_argument("batch", type=uuid.UUID, help="Its id, as its address has it.")
        parser.add_argument("--wait", action="store_true", help="Show progress and end when the batch is final.")
        parser.add_argument("--reason", choices=dict(recalls.REASONS), help="With recall: why.")
        parser.add_argument("--public-note", default="", help="With recall: what the public reads.")

    def handle(self, *args: Any, **options: Any) -> None:
        batch = Batch.objects.filter(public_id=options["batch"]).first()
        if batch is None:
            raise CommandError(f"There is no batch {options['batch']}.")
        try:
            self._act(batch, options)
        except (IssuingError, LifeError) as error:
            raise CommandError(str(error)) from error
        batch.refresh_from_db()
        if options["action"] == "retry" and batch.state == Batch.State.PAUSED:
            self.stderr.write("The rows wait to be tried again: the batch stays paused until it is resumed.")
        elif options["wait"]:
            follow(batch, self.stderr, wait=True, quiet=False)
        recall = recalls.view_of(batch)
        facts = {
            "batch": str(batch.public_id),
            "state": batch.state,
            "pause_reason": batch.pause_reason,
            "total": batch.total,
            "issued": batch.issued,
            "skipped": batch.skipped,
            "failed": batch.failed,
            "cancelled": batch.cancelled,
            "recalled": recall.done if recall else 0,
        }
        self.stdout.write(json.dumps(facts))
        if batch.pause_reason:
            self.stderr.write(batch.get_pause_reason_display())
            sys.exit(1)

    def _act(self, batch: Batch, options: dict[str, Any]) -> None:
        now, action = timezone.now(), options["action"]
        if action == "recall":
            if not options["reason"]:
                raise CommandError(f"--reason is missing: one of {', '.join(dict(recalls.REASONS))}.")
            recalls.request_recall(
                batch_id=batch.pk,
                reason=options["reason"],
                public_note=options["public_note"],
                requested_by=None,
                actor=ACTOR,
                now=now,
            )
        elif action in CHANGES:
            CHANGES[action](batch_id=batch.pk, now=now, actor=ACTOR)
