"""Eight threads award fifty batches from lists of 64 places: `python -m tests.processes.draw`.

Runs on the database of INSTANCE_DIR, where threads have connections of their own. Prints what it found as JSON.
"""

import json
import threading
from unittest.mock import patch

import django

THREADS, BATCHES, PEOPLE, PLACES = 8, 50, 4, 64


def main() -> None:
    django.setup()
    from celery import current_app
    from django.db import connection

    from credentials.models import Award, Batch, StatusEntry, StatusList
    from openbadges import status
    from tests.factories import make_batch, make_issuer, make_version, people, started, work_off

    errors: list[str] = []

    def work(batches: list[Batch]) -> None:
        try:
            for batch in batches:
                work_off(batch)
        except Exception as error:
            errors.append(f"{type(error).__name__}: {error}")
        finally:
            connection.close()

    with patch.object(status, "LIST_LENGTH", PLACES), patch.object(current_app, "send_task"):
        issuer = make_issuer("draw")
        version = make_version(issuer)
        rows = people(PEOPLE)
        waiting = [started(make_batch(version, *rows, duplicates=Batch.Duplicates.ISSUE)) for _ in range(BATCHES)]
        threads = [threading.Thread(target=work, args=(waiting[number::THREADS],)) for number in range(THREADS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    places = list(StatusEntry.objects.filter(status_list__issuer=issuer).values_list("status_list", "index"))
    lists = StatusList.objects.filter(issuer=issuer).order_by("pk").values_list("used", "is_open")
    issued = Award.objects.filter(issuer=issuer, state=Award.State.ISSUED).count()
    facts = {"errors": errors, "places": len(places), "distinct": len(set(places)), "issued": issued}
    print(json.dumps({**facts, "lists": list(lists)}))


if __name__ == "__main__":
    main()
