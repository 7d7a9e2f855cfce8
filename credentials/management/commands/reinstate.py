"""`manage.py reinstate`: lift the suspension of awards."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from credentials.life import reinstate
from credentials.management.award_change import AwardChange
from credentials.models import Award
from issuers.audit import Actor


class Command(AwardChange):
    help = "Lift the suspension of awards. A worker signs a new document of each; files from before stay refused."
    done = "reinstated, as soon as a worker has signed it"

    def change(self, award: Award, options: dict[str, Any]) -> Award:
        return reinstate(award_id=award.pk, actor=Actor.command("reinstate"), now=timezone.now())
