"""dev.py: what a newcomer types, and one line that says what to do when it cannot work."""

import json
import os
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

import dev

ROOT = Path(dev.__file__).resolve().parent


def type_in(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "dev.py", *words],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def assert_one_line(result: subprocess.CompletedProcess[str], *, says: str) -> None:
    assert result.returncode == 1
    assert says in result.stderr
    assert result.stderr.count("\n") == 1, result.stderr


@pytest.fixture
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(dev, "INSTANCE", tmp_path)
    for name in ("HOST", "PORT", "PUBLIC_URL", "DEBUG"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def test_help_names_every_command() -> None:
    result = type_in("help")
    assert result.returncode == 0
    for word in ("run", "test", "bench", "hostile", "lint", "services"):
        assert f"python3 dev.py {word}" in result.stdout


def test_an_unknown_word_is_answered_with_the_known_ones() -> None:
    assert_one_line(type_in("start"), says="It knows: run, test, bench, hostile, lint, services, help.")


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert_one_line(type_in("run", INSTANCE_DIR=str(tmp_path / "file" / "var")), says=str(tmp_path / "file" / "var"))


def test_a_second_run_is_refused_and_names_the_first(tmp_path: Path) -> None:
    code = "import sys, dev; lock = dev.hold_run_lock(); print(1, flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, "INSTANCE_DIR": str(tmp_path)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as first:
        assert first.stdout is not None
        first.stdout.readline()
        result = type_in("run", INSTANCE_DIR=str(tmp_path))
    assert_one_line(result, says=f"already runs from this folder (process {first.pid})")


@pytest.mark.processes
def test_a_port_that_is_taken_is_named_with_a_free_neighbour(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = type_in("run", INSTANCE_DIR=str(tmp_path), HOST="127.0.0.1", PORT=str(port))
    assert_one_line(result, says=f"Port {port} on 127.0.0.1 cannot be used")
    assert f"PORT={port + 1} python3 dev.py run" in result.stderr


@pytest.mark.parametrize("port", ["eighty", "0", "70000", "-1"])
def test_a_port_that_is_none_is_refused(tmp_path: Path, port: str) -> None:
    assert_one_line(type_in("run", INSTANCE_DIR=str(tmp_path), PORT=port), says=f"PORT={port} is not a port")


@pytest.mark.processes
def test_the_chosen_address_is_remembered(instance: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    port = str(dev.free_ports(1)[0])
    monkeypatch.setenv("PORT", port)
    chosen = dev.choose_address()
    assert chosen == {"HOST": "127.0.0.1", "PORT": port, "DEBUG": "true"}
    (instance / "instance.json").write_text(json.dumps(chosen))
    monkeypatch.delenv("PORT")
    assert dev.choose_address()["PORT"] == port


@pytest.mark.processes
@pytest.mark.parametrize(("host", "debug"), [("127.0.0.1", "true"), ("localhost", "true"), ("0.0.0.0", "false")])
def test_details_of_errors_are_for_this_machine_alone(
    instance: Path, monkeypatch: pytest.MonkeyPatch, host: str, debug: str
) -> None:
    monkeypatch.setenv("HOST", host)
    monkeypatch.setenv("PORT", str(dev.free_ports(1)[0]))
    assert dev.choose_address()["DEBUG"] == debug


def test_secrets_are_made_once_and_only_their_owner_may_read_them(instance: Path) -> None:
    dev.write_secrets()
    made = {path.name: path.read_text() for path in (instance / "secrets").iterdir()}
    assert set(made) == {"secret_key", "master_keys", "demo_password"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in (instance / "secrets").iterdir()} == {0o600}
    dev.write_secrets()
    assert {path.name: path.read_text() for path in (instance / "secrets").iterdir()} == made


def test_a_fingerprint_changes_with_names_and_contents(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dev, "ROOT", tmp_path)
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_text("same")
    two.write_text("same")
    assert dev.fingerprint([one]) != dev.fingerprint([two])
    before = dev.fingerprint([one, two])
    assert before == dev.fingerprint([two, one])
    two.write_text("other")
    assert dev.fingerprint([one, two]) != before


def test_the_locks_name_no_host_and_hold_every_hash() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        text = (ROOT / name).read_text()
        assert "://" not in text
        assert "index-url" not in text
        pins = [line for line in text.splitlines() if line and line[0] not in " #"]
        assert pins
        assert all("==" in pin and pin.endswith("\\") for pin in pins)
    packages = json.loads((ROOT / "tests" / "node" / "package-lock.json").read_text())["packages"]
    assert all("resolved" not in package for package in packages.values())
    assert all("integrity" in package for path, package in packages.items() if path)


def test_an_old_python_gets_one_line() -> None:
    """The first lines run on any Python 3; here they are told that this one is 3.8 and that there is no other."""
    head = (ROOT / "dev.py").read_text().partition("\nimport base64")[0]
    fake = "import sys, shutil\nsys.version_info = (3, 8)\nshutil.which = lambda name: None\n"
    result = subprocess.run([sys.executable, "-c", fake + head], capture_output=True, text=True, check=False)
    assert_one_line(result, says="needs Python 3.11 or newer; this is 3.8")
