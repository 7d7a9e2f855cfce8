"""`manage.py demo`: load the sample issuers, courses, achievements and three credentials. Safe to run again."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from credentials.samples.awards import award_samples
from credentials.samples.load import LoadedIssuer, SampleSlugTaken, load_samples
from learners.models import User
from learners.services import AddressTaken, ensure_demo_user

DEMO_EMAIL = "demo@touchstone.example"


class Command(BaseCommand):
    help = (
        "Load the sample issuers, their courses and achievements, and three credentials. A second run changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--email", default=DEMO_EMAIL, help=f"Address of the sample account (default {DEMO_EMAIL})."
        )
        parser.add_argument(
            "--password-file", type=Path, help="File with the password of the sample account; without it, none is made."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        owner = self._demo_user(options["email"], options["password_file"])
        try:
            loaded = load_samples(now=now, owner=owner)
        except SampleSlugTaken as error:
            raise CommandError(str(error)) from error
        for issuer in loaded:
            self.stdout.write(_line(issuer))
        for award in award_samples(now=now, created_by=owner):
            version = award.achievement_version
            self.stdout.write(f"Sample credential: {version.name}, {award.recipient_name}: {award.address}")

    def _demo_user(self, email: str, password_file: Path | None) -> User | None:
        if password_file is None:
            return None
        try:
            password = password_file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"The password could not be read from {password_file}: {error}") from error
        if not password:
            raise CommandError(f"The file {password_file} holds no password. Write one into it.")
        try:
            return ensure_demo_user(email=email, password=password)
        except AddressTaken as error:
            raise CommandError(str(error)) from error


def _line(loaded: LoadedIssuer) -> str:
    if loaded.is_new:
        what = "new"
    elif loaded.changed:
        what = f"{loaded.changed} brought up to date"
    else:
        what = "unchanged"
    return f"{loaded.issuer.name}: {loaded.achievements} achievements ({what}), {loaded.issuer.address}"
