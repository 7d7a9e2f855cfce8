"""`manage.py renew`: give awards anew, by the current version of their achievement."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from credentials.life import renew
from credentials.management.award_change import AwardChange
from credentials.models import Award
from issuers.audit import Actor


class Command(AwardChange):
    help = "Give awards anew, from today on, by the current version of their achievement; the old links lead to them."
    done = "renewed, replaced"

    def change(self, award: Award, options: dict[str, Any]) -> Award:
        return renew(award_id=award.pk, actor=Actor.command("renew"), now=timezone.now())
