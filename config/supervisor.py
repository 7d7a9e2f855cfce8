"""Keeps web server and worker running side by side until told to stop; started by `dev.py run`.

Run as a file with the instance folder as its only word. Standard library only, so that it starts at once; what to
start is read from the same environment that the children get.
"""

import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException  # noqa: TID251  # asks its own child whether it answers
from pathlib import Path
from types import FrameType

ROOT = Path(__file__).resolve().parent.parent
SECONDS_TO_STOP = 3.5
LONGEST_PAUSE = 10.0
SECONDS_FOR_THE_PAGE = 6.0
PR_SET_PDEATHSIG = 1


@dataclass(slots=True)
class Child:
    """One program that shall run. `pause` grows while it dies soon after each start."""

    name: str
    command: list[str]
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    start_again_at: float = 0.0
    pause: float = 0.0
    environment: dict[str, str] = field(default_factory=lambda: dict(os.environ))

    def start(self) -> None:
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(
            self.command,
            cwd=ROOT,
            env=self.environment,
            start_new_session=True,  # Ctrl-C reaches the supervisor only, which ends the children in order
            preexec_fn=end_with_parent(),
        )

    def look(self) -> None:
        """Notice a death, say so, and start again when its pause is over."""
        now = time.monotonic()
        if self.process is None:
            if now >= self.start_again_at:
                self.start()
        elif (code := self.process.poll()) is not None:
            self.kill_group()  # what it left behind would hold the port or work on
            self.pause = min(LONGEST_PAUSE, max(0.5, self.pause * 2)) if now - self.started_at < 10 else 0.0
            self.start_again_at = now + self.pause
            self.process = None
            say(f"{self.name} ended ({reason(code)}) and is started again")

    def ask_to_end(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.terminate()

    def kill_group(self) -> None:
        if self.process:
            try:
                os.killpg(self.process.pid, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):
                return  # nobody of the group is left (macOS says it the second way)


def main(instance_dir: Path) -> None:
    instance = json.loads((instance_dir / "instance.json").read_text(encoding="utf-8"))
    chosen = {**instance, **{name: value for name in instance if (value := os.environ.get(name))}}
    web = Child("web server", web_command(chosen["HOST"], chosen["PORT"]))
    worker = Child("worker", worker_command(instance_dir))
    # Whoever started us waits for the page: until it is there the worker takes no processor from it.
    worker.start_again_at = time.monotonic() + SECONDS_FOR_THE_PAGE
    ending = catch_signals()
    is_announced = False
    while not ending():
        for child in (web, worker):
            child.look()
        if not is_announced and answers(chosen["HOST"], int(chosen["PORT"])):
            if worker.process is None:
                worker.start()
            announce(chosen, instance_dir)
            is_announced = True
        time.sleep(0.1)
    end([web, worker])


def web_command(host: str, port: str) -> list[str]:
    workers = os.environ.get("WEB_WORKERS", "2")
    # Each fetch from another site may hold a thread for seconds; one more answers everything else meanwhile.
    threads = str(int(os.environ.get("FETCH_CONCURRENCY") or "4") + 1)
    return [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", port),
        *("--workers", workers, "--blocking-threads", threads, "--respawn-failed-workers"),
        *("--workers-kill-timeout", "2", "--log-level", "warning", "config.wsgi:application"),
    ]


def worker_command(instance_dir: Path) -> list[str]:
    """Worker and clock (-B) in one: there is exactly one of each here. In production beat runs apart."""
    return [
        *(
            sys.executable,
            "-W",
            "ignore:You're running the worker with superuser",
            "-m",
            "celery",
            "-A",
            "config",
            "-q",
        ),
        *("worker", "-B", "-Q", "issuing,upkeep", "-l", "warning"),
        *("--concurrency", os.environ.get("ISSUING_WORKERS", "2"), "--schedule", str(instance_dir / "beat-schedule")),
        *("--without-gossip", "--without-mingle", "--without-heartbeat"),
    ]


def end(children: list[Child]) -> None:
    """TERM to all, KILL to what is left after SECONDS_TO_STOP; what was being issued goes on at the next start."""
    say("Stopping")
    for child in children:
        child.ask_to_end()
    deadline = time.monotonic() + SECONDS_TO_STOP
    while time.monotonic() < deadline and any(c.process and c.process.poll() is None for c in children):
        time.sleep(0.05)
    for child in children:
        child.kill_group()


def catch_signals() -> Callable[[], bool]:
    """From now on TERM, Ctrl-C and a closed terminal only set a flag; the returned function reads it."""
    caught: list[int] = []

    def note(number: int, frame: FrameType | None) -> None:
        caught.append(number)

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, note)
    return lambda: bool(caught)


def end_with_parent() -> Callable[[], None] | None:
    """On Linux a child gets TERM even when its supervisor was killed without a chance to say so."""
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None).prctl
    return lambda: prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def answers(host: str, port: int) -> bool:
    wildcard = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  (recognised here, not bound)
    connection = HTTPConnection(wildcard.get(host, host), port, timeout=0.5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def announce(chosen: dict[str, str], instance_dir: Path) -> None:
    url = os.environ.get("PUBLIC_URL") or chosen.get("PUBLIC_URL") or f"http://localhost:{chosen['PORT']}"
    say(f"Touchstone runs at {url} (Ctrl-C stops it)")
    if chosen.get("DEBUG", "").lower() == "true":
        password = (instance_dir / "secrets" / "demo_password").read_text(encoding="utf-8").strip()
        say(f"Demo sign-in: demo@touchstone.example, password {password}")
    else:
        say("DEBUG is off, so the demo sign-in is closed (with HOST=127.0.0.1 it is on)")
    say("Award badges: .venv/bin/python manage.py award --help")


def reason(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit {code}"


def say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
