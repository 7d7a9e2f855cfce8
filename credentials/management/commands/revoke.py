"""`manage.py revoke`: withdraw awards for good."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.utils import timezone

from credentials.life import Reason, revoke
from credentials.management.award_change import AwardChange
from credentials.models import Award
from issuers.audit import Actor


class Command(AwardChange):
    help = "Withdraw awards for good."
    done = "revoked"

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--reason", required=True, choices=Reason.values, help="Why, for the audit log.")
        parser.add_argument("--public-note", default="", help="What the public reads about it.")

    def change(self, award: Award, options: dict[str, Any]) -> Award:
        return revoke(
            award_id=award.pk,
            reason=options["reason"],
            public_note=options["public_note"],
            actor=Actor.command("revoke"),
            now=timezone.now(),
        )
