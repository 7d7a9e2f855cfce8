"""Where a figure was measured: machine, load and versions, without names, addresses or paths."""

from __future__ import annotations

import os
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path

from tests.bench import theirs

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("cryptography", "django", "orjson", "pyld", "pynacl", "pyoxigraph")


def machine() -> dict[str, object]:
    """load_average: of the last 1, 5 and 15 minutes; above the number of cores others were busy, too."""
    return {
        "cpu": _cpu(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "load_average": [round(load, 2) for load in os.getloadavg()],
    }


def versions() -> dict[str, str]:
    return {
        "touchstone": _said_by("git", "describe", "--always", "--dirty"),
        "python": platform.python_version(),
        "node": _said_by("node", "--version"),
        **{name: version(name) for name in PACKAGES},
        **theirs.versions(),
    }


def _said_by(*command: str) -> str:
    """The one line that a command prints; empty where there is no such command or nothing to say."""
    try:
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def _cpu() -> str:
    """The name that Linux knows, elsewhere the kind of processor."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor())
