"""The house's one-way imports hold (contracts in pyproject.toml)."""

import subprocess
import sys
from pathlib import Path


def test_imports_run_one_way() -> None:
    lint = Path(sys.executable).with_name("lint-imports")
    result = subprocess.run([lint, "--no-cache"], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
