#!/usr/bin/env python3
"""Everything a newcomer types: python3 dev.py run | test | bench | hostile | lint | services | help

Standard library only. Each command does its own set-up and may be repeated: a virtual environment in .venv from the
hashed lock, and in var/ the database, the secrets and what was chosen (HOST, PORT). Neither folder is in git.
"""

import sys

if sys.version_info < (3, 11):  # before anything that an older Python could not read
    import os
    import shutil

    for _name in ("python3.14", "python3.13", "python3.12", "python3.11"):
        if shutil.which(_name):
            os.execvp(_name, [_name, *sys.argv])
    sys.exit("Touchstone needs Python 3.11 or newer; this is %d.%d. Install python3.11." % sys.version_info[:2])

import base64
import fcntl
import hashlib
import ipaddress
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import venv
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from typing import IO, NoReturn

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
INSTANCE = (ROOT / os.environ.get("INSTANCE_DIR", "var")).resolve()
DEMO_EMAIL = "demo@touchstone.example"
USAGE = """python3 dev.py run        set up what is missing and start Touchstone (HOST= and PORT= are remembered)
python3 dev.py test       set up what is missing and run checks and tests; further words go to pytest, without checks
python3 dev.py bench      measure signing and verifying beside the npm libraries; --help says what it takes
python3 dev.py hostile    verify hostile badges by the thousand and print V1 to V11; --help says what it takes
python3 dev.py lint       only the checks: ruff, mypy, imports
python3 dev.py services   throw-away PostgreSQL and Redis until Ctrl-C; or: dev.py services COMMAND... runs it on them
python3 dev.py help       this text"""


def main() -> None:
    commands = {"run": run, "test": test, "bench": bench, "hostile": hostile, "lint": lint, "services": services}
    word, rest = (sys.argv[1] if len(sys.argv) > 1 else "help"), sys.argv[2:]
    if word in {"help", "-h", "--help"}:
        print(USAGE)
    elif word not in commands:
        stop(f"dev.py does not know {word!r}. It knows: run, test, bench, hostile, lint, services, help.")
    else:
        os.chdir(ROOT)
        try:
            commands[word](rest)
        except PermissionError as error:
            stop(f"Touchstone cannot write {error.filename}: {error.strerror}. Use a folder that is yours.")
        except OSError as error:
            stop(f"{error.filename or 'Touchstone'}: {error.strerror or error}.")
        except KeyboardInterrupt:
            stop("Stopped.")


def run(words: list[str]) -> None:
    """Set up, then become the supervisor of web server and worker (config/supervisor.py)."""
    lock = hold_run_lock()
    instance = choose_address()
    install("requirements.txt")
    write_secrets()
    (INSTANCE / "static").mkdir(exist_ok=True)  # whitenoise warns where it is missing
    write_private(INSTANCE / "instance.json", json.dumps(instance, indent=2) + "\n")
    prepare_database()
    os.set_inheritable(lock.fileno(), True)  # the supervisor keeps the lock until it ends
    os.execv(PYTHON, [str(PYTHON), "-P", str(ROOT / "config" / "supervisor.py"), str(INSTANCE)])


def test(words: list[str]) -> None:
    """Checks, then pytest. With words only pytest, which they are passed on to."""
    install("requirements-dev.txt")
    install_node_peers()
    if not words and not check_code():
        sys.exit(1)
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    sys.exit(subprocess.call([PYTHON, "-m", "pytest", *words], env=environment))


def bench(words: list[str]) -> None:
    """Measure the gates of docs/performance.md. What is printed to stdout is the one JSON object of the result."""
    with redirect_stdout(sys.stderr):
        install("requirements-dev.txt")
        install_node_peers()
    sys.exit(subprocess.call([PYTHON, "-m", "tests.bench", *words]))


def hostile(words: list[str]) -> None:
    """Run the corpus of docs/hostile.md through the product."""
    with redirect_stdout(sys.stderr):
        install("requirements-dev.txt")
    sys.exit(subprocess.call([PYTHON, "-m", "tests.hostile", *words]))


def lint(words: list[str]) -> None:
    install("requirements-dev.txt")
    sys.exit(0 if check_code() else 1)


def check_code() -> bool:
    """Every check runs, so that one run shows all findings."""
    checks = (["ruff", "check"], ["ruff", "format", "--check"], ["mypy"], ["lint-imports"])
    failed = [" ".join(check) for check in checks if subprocess.call([VENV / "bin" / check[0], *check[1:]])]
    if failed:
        print(f"Failed: {', '.join(failed)}.", file=sys.stderr)
    return not failed


def services(words: list[str]) -> None:
    """PostgreSQL and Redis on free loopback ports, in a folder that is deleted afterwards."""
    with tempfile.TemporaryDirectory(prefix="touchstone-services-") as name, throw_away_services(Path(name)) as urls:
        if words:
            code = subprocess.call(words, env={**os.environ, **urls})
        else:
            print("\n".join(f"export {key}={value}" for key, value in urls.items()), "\nCtrl-C stops them.", flush=True)
            code = wait_for_a_signal()
    sys.exit(code)


# Set-up of `run`.


def hold_run_lock() -> IO[str]:
    """Only one `run` for an instance folder; the lock ends with the process, however it ends."""
    INSTANCE.mkdir(parents=True, exist_ok=True)
    lock = (INSTANCE / "run.lock").open("a+", encoding="ascii")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.seek(0)
        stop(f"Touchstone already runs from this folder (process {lock.read().strip()}). Stop it there with Ctrl-C.")
    lock.truncate(0)
    lock.write(str(os.getpid()))
    lock.flush()
    return lock


def choose_address() -> dict[str, str]:
    """What var/instance.json shall say: earlier choices, changed by the environment. Stops if the port is taken."""
    path = INSTANCE / "instance.json"
    kept: dict[str, str] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    chosen = {"HOST": "127.0.0.1", "PORT": "8000", **kept}
    chosen.update({name: os.environ[name] for name in ("HOST", "PORT", "PUBLIC_URL") if os.environ.get(name)})
    host, port = chosen["HOST"], chosen["PORT"]
    if not port.isdigit() or not 0 < int(port) < 65536:
        stop(f"PORT={port} is not a port. Write a number from 1 to 65535, such as PORT=8000.")
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, int(port), type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except PermissionError:
        stop(f"Port {port} needs more rights. Choose one above 1023: PORT=8000 python3 dev.py run")
    except socket.gaierror:
        stop(f"HOST={host} is no address of this machine. Try HOST=127.0.0.1")
    except OSError as error:
        stop(f"Port {port} on {host} cannot be used ({error.strerror}). Try: PORT={int(port) + 1} python3 dev.py run")
    # Error pages with details and the demo sign-in are for this machine alone.
    is_loopback = ipaddress.ip_address(address[0]).is_loopback
    return {**chosen, "DEBUG": os.environ.get("DEBUG") or ("true" if is_loopback else "false")}


def write_secrets() -> None:
    """Random secrets, made once; losing master_keys means losing every issuer's signing keys."""
    folder = INSTANCE / "secrets"
    folder.mkdir(mode=0o700, exist_ok=True)
    made = {
        "secret_key": secrets.token_urlsafe(60),
        "master_keys": base64.b64encode(secrets.token_bytes(32)).decode(),
        "demo_password": secrets.token_urlsafe(12),
    }
    for name, value in made.items():
        if not (folder / name).exists():
            write_private(folder / name, value + "\n")


def write_private(path: Path, text: str) -> None:
    """Write a file that only this user may read, whole or not at all."""
    hidden = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(hidden, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    hidden.rename(path)


def prepare_database() -> None:
    """Migrate and load the sample data, unless nothing changed since that was last done on this SQLite file."""
    database = INSTANCE / "touchstone.sqlite3"
    changing = [*ROOT.glob("*/migrations/*.py"), *ROOT.glob("*/samples/**/*"), *ROOT.glob("*/art/**/*")]
    stamp = fingerprint([ROOT / "requirements.txt", *changing])
    path = INSTANCE / "prepared"
    if database.exists() and not os.environ.get("DATABASE_URL") and path.exists() and path.read_text() == stamp:
        return
    password = str(INSTANCE / "secrets" / "demo_password")
    demo = ["demo", "--email", DEMO_EMAIL, "--password-file", password]
    print("Preparing the database and the sample data", flush=True)
    for words in (["migrate", "--verbosity", "0"], demo):
        if subprocess.call([PYTHON, "manage.py", *words], stdout=subprocess.DEVNULL):
            stop(f"Touchstone did not start: `manage.py {words[0]}` failed, see above.")
    path.write_text(stamp)


# Set-up of both.


def install(requirements: str) -> None:
    """Bring .venv to the lock file. The stamp makes a repeated call cost milliseconds."""
    lock_file = ROOT / requirements
    python = Path(sys.executable).resolve()
    stamp = hashlib.sha256(lock_file.read_bytes() + f"{sys.version} {python}".encode()).hexdigest()
    marker = VENV / f".{requirements}.stamp"
    with (ROOT / ".venv.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # `run` and `test` started together take turns
        if marker.exists() and marker.read_text() == stamp and PYTHON.exists():
            return
        print(f"Installing what {requirements} lists into .venv", flush=True)
        if not PYTHON.exists() or venv_version() != f"{sys.version_info.major}.{sys.version_info.minor}":
            # Without pip inside: Debian's Python has venv but not ensurepip, and it is faster.
            venv.EnvBuilder(with_pip=False, symlinks=True, clear=True).create(VENV)
        flags = ["--require-hashes", "--no-deps", "--only-binary", ":all:", "--no-compile", "-qq"]
        command = [*pip(), "install", "--disable-pip-version-check", *flags, "-r", str(lock_file)]
        if subprocess.call(command, env={**os.environ, "PIP_USER": "0"}):
            stop("Installing failed, see above. Is the package index reachable? The command can be repeated.")
        marker.write_text(stamp)


def pip() -> list[str]:
    """A pip of this machine that installs into .venv from outside; without one, pip inside .venv."""
    for python in (sys.executable, f"{sys.base_prefix}/bin/python3", shutil.which("python3") or sys.executable):
        command = [python, "-m", "pip", "--python", str(PYTHON)]
        if subprocess.call([*command, "--version"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0:
            return command
    if subprocess.call([PYTHON, "-m", "ensurepip"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL):
        stop("Touchstone needs pip 22.3 or newer. Debian, Ubuntu: apt-get install python3-pip")
    return [str(PYTHON), "-m", "pip"]


def venv_version() -> str:
    code = "import sys; print('%d.%d' % sys.version_info[:2])"
    return subprocess.run([PYTHON, "-c", code], capture_output=True, text=True, check=False).stdout.strip()


def install_node_peers() -> None:
    """The npm packages that tests compare with; where there is no npm, those tests skip and say so."""
    folder = ROOT / "tests" / "node"
    npm = shutil.which("npm")
    stamp, marker = fingerprint([folder / "package-lock.json"]), folder / "node_modules" / ".stamp"
    if npm is None or (marker.exists() and marker.read_text() == stamp):
        return
    print("Installing what tests/node/package-lock.json lists", flush=True)
    if subprocess.call([npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--silent"], cwd=folder):
        print("npm could not install them; tests that need them will skip.", file=sys.stderr)
    else:
        marker.write_text(stamp)


def fingerprint(paths: list[Path]) -> str:
    digest = hashlib.sha256()
    for path in sorted(path for path in paths if path.is_file() and path.suffix != ".pyc"):
        digest.update(f"{path.relative_to(ROOT)}\0".encode() + path.read_bytes() + b"\0")
    return digest.hexdigest()


# Throw-away services.


@contextmanager
def throw_away_services(folder: Path) -> Iterator[dict[str, str]]:
    """Start both, yield the settings that point at them, stop both."""
    programs = postgres_programs()
    redis = shutil.which("redis-server")
    if programs is None or redis is None:
        stop("PostgreSQL and Redis are needed. Debian, Ubuntu: apt-get install postgresql redis-server")
    user = "postgres" if os.geteuid() == 0 else None  # PostgreSQL refuses to run as root
    if user:
        shutil.chown(folder, user)
    data, (pg_port, redis_port) = folder / "postgres", free_ports(2)
    initdb = [
        f"{programs}/initdb",
        "--auth=trust",
        "--username=touchstone",
        "--encoding=UTF8",
        "--no-sync",
        "-D",
        str(data),
    ]
    subprocess.run(initdb, check=True, stdout=subprocess.DEVNULL, user=user, cwd=folder)
    options = {"listen_addresses": "127.0.0.1", "port": pg_port, "unix_socket_directories": folder, "fsync": "off"}
    postgres = [f"{programs}/postgres", "-D", str(data), *(f"--{key}={value}" for key, value in options.items())]
    log = (folder / "log").open("w")
    children = [
        subprocess.Popen(postgres, user=user, cwd=folder, stdout=log, stderr=log),
        subprocess.Popen(
            [redis, "--bind", "127.0.0.1", "--port", str(redis_port), "--save", "", "--dir", folder],
            user=user, cwd=folder, stdout=log, stderr=log,
        ),
    ]  # fmt: skip
    try:
        for child, port in zip(children, (pg_port, redis_port), strict=True):
            wait_until_it_answers(child, port, folder / "log")
        createdb = [f"{programs}/createdb", "-h", "127.0.0.1", "-p", str(pg_port), "-U", "touchstone", "touchstone"]
        subprocess.run(createdb, check=True)
        yield {
            "DATABASE_URL": f"postgres://touchstone@127.0.0.1:{pg_port}/touchstone",
            "BROKER_URL": f"redis://127.0.0.1:{redis_port}/0",
            "CACHE_URL": f"redis://127.0.0.1:{redis_port}/1",
        }
    finally:
        for child in children:
            child.send_signal(signal.SIGINT)  # PostgreSQL's fast shutdown
        for child in children:
            child.wait(10)


def postgres_programs() -> Path | None:
    """The folder of initdb; Debian keeps it off the PATH."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    return max(Path("/usr/lib/postgresql").glob("*/bin"), default=None, key=lambda path: int(path.parent.name))


def free_ports(count: int) -> list[int]:
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


def wait_until_it_answers(child: subprocess.Popen[bytes], port: int, log: Path) -> None:
    for _ in range(200):
        if child.poll() is not None:
            break
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    stop(f"A service did not start:\n{log.read_text()}")


def wait_for_a_signal() -> int:
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: None)
    signal.pause()
    return 0


def stop(message: str) -> NoReturn:
    sys.exit(message)


if __name__ == "__main__":
    main()
