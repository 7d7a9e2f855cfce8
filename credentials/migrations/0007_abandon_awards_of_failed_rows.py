from collections import defaultdict

from django.db import migrations
from django.utils import timezone

from openbadges import status


def abandon(apps, schema_editor):
    """Reservations of rows that failed before are abandoned as `issuing.abandon` does it now.

    Nothing of them was stored, so that only their places in the status lists are left of them; those are spent.
    """
    Award, BatchRow = apps.get_model("credentials", "Award"), apps.get_model("credentials", "BatchRow")
    StatusEntry, StatusList = apps.get_model("credentials", "StatusEntry"), apps.get_model("credentials", "StatusList")
    now = timezone.now()
    rows = BatchRow.objects.filter(state="failed", award__state="reserved")
    award_ids = list(rows.values_list("award_id", flat=True))
    indexes = defaultdict(list)
    for start in range(0, len(award_ids), 500):
        part = award_ids[start : start + 500]
        entries = StatusEntry.objects.filter(award__in=part)
        for list_id, index in entries.values_list("status_list_id", "index"):
            indexes[list_id].append(index)
        Award.objects.filter(replaced_by__in=part).update(replaced_by=None)
        Award.objects.filter(pk__in=part).update(state="abandoned", state_since=now)
        BatchRow.objects.filter(award__in=part).update(award=None)
    for list_id, of_list in indexes.items():
        row = StatusList.objects.only("bits").get(pk=list_id)
        bits = status.set_bits(bytes(row.bits), of_list)
        StatusList.objects.filter(pk=list_id).update(bits=bits, changed_at=now, is_changed=True)


class Migration(migrations.Migration):
    dependencies = [("credentials", "0006_abandoned_awards")]

    operations = [migrations.RunPython(abandon, migrations.RunPython.noop)]
