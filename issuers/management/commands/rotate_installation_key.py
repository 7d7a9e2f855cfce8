"""`manage.py rotate_installation_key`: retire the key that signs receipts and make a new one."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from issuers.audit import Actor
from issuers.installation import method_id, rotate_installation_key


class Command(BaseCommand):
    help = "Make a new key for receipts. The old one stays published, so earlier receipts keep verifying."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--compromised",
            action="store_true",
            help="Others may have the old key: it leaves the DID document, and its receipts verify no more.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        key = rotate_installation_key(
            now=timezone.now(),
            actor=Actor.command("rotate_installation_key"),
            compromised=options["compromised"],
        )
        self.stdout.write(f"Receipts are now signed with {method_id(key)}")
