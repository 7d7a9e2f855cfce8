"""The installation that the journeys walk through, in a process of its own: `python -m tests.journeys.serve`.

Prepares the database of INSTANCE_DIR, prints the facts of its credentials as one line of JSON, then answers each line
of its input by doing the waiting work of a worker. The web server runs beside it, as `dev.py run` starts it.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import django
from django.core.management import call_command
from django.utils import timezone


def main() -> None:
    django.setup()
    from config.supervisor import web_command
    from tests.journeys.seeds import plant, work_off

    folder = Path(os.environ["INSTANCE_DIR"])
    call_command("migrate", verbosity=0)
    call_command("demo", password_file=folder / "password", stdout=sys.stderr)
    facts = plant(now=timezone.now().replace(microsecond=0))
    command = web_command("127.0.0.1", os.environ["PORT"])
    with subprocess.Popen(command, stdout=sys.stderr) as server:
        print(json.dumps(facts), flush=True)
        for _ in sys.stdin:
            work_off()
            print("done", flush=True)
        server.terminate()


if __name__ == "__main__":
    main()
