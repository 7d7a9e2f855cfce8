"""`manage.py rotate_key`: retire an issuer's signing keys and make new ones."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from issuers.audit import Actor
from issuers.models import Issuer
from issuers.services import rotate_keys


class Command(BaseCommand):
    help = "Make new signing keys for an issuer. The old ones stay published, so earlier badges keep verifying."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--issuer", required=True, help="Slug of the issuer.")

    def handle(self, *args: Any, **options: Any) -> None:
        issuer = Issuer.objects.filter(slug=options["issuer"]).first()
        if issuer is None:
            raise CommandError(f"There is no issuer “{options['issuer']}”.")
        for key in rotate_keys(issuer=issuer, now=timezone.now(), actor=Actor.command("rotate_key")):
            self.stdout.write(
                f"{issuer.name} now signs {key.get_purpose_display().lower()} with {issuer.did}#{key.fragment}"
            )
