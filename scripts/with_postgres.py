"""Start a PostgreSQL server of our own in a temporary directory, run a command with it, stop it.

    python scripts/with_postgres.py pytest …

The command sees TRICHTER_DATABASE_URL. The server listens on a local socket and a free port only.
"""

import glob
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _as_postgres(arguments: list[str]) -> list[str]:
    """PostgreSQL refuses to run as root."""
    if os.getuid() != 0:
        return arguments
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--", *arguments]


def main() -> int:
    """Run the command given on the command line; its exit code is ours."""
    binaries = sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda path: int(path.split("/")[-2]))
    if not binaries:
        print("PostgreSQL is not installed (Debian: apt-get install postgresql)", file=sys.stderr)  # noqa: T201
        return 2
    folder = Path(tempfile.mkdtemp(prefix="trichter-pg-", dir="/tmp"))
    folder.chmod(0o755)
    data, port = folder / "data", _free_port()
    data.mkdir()
    if os.getuid() == 0:
        account = pwd.getpwnam("postgres")
        for path in (folder, data):
            os.chown(path, account.pw_uid, account.pw_gid)
    initdb, pg_ctl = f"{binaries[-1]}/initdb", f"{binaries[-1]}/pg_ctl"
    quiet = {"check": True, "stdout": subprocess.DEVNULL, "cwd": str(folder)}
    options = (
        f"-p {port} -k {folder} -c listen_addresses=127.0.0.1 -c fsync=off -c full_page_writes=off"
        " -c synchronous_commit=on -c max_connections=200 -c shared_buffers=256MB"
    )
    try:
        subprocess.run(
            _as_postgres(
                [initdb, "-D", str(data), "-U", "trichter", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"]
            ),
            **quiet,  # type: ignore[call-overload]
        )
        subprocess.run(
            _as_postgres([pg_ctl, "-D", str(data), "-w", "-l", str(folder / "log"), "-o", options, "start"]),
            **quiet,  # type: ignore[call-overload]
        )
        environment = dict(os.environ)
        environment["TRICHTER_DATABASE_URL"] = f"postgres://trichter@127.0.0.1:{port}/postgres"
        return subprocess.run(sys.argv[1:], env=environment, check=False).returncode
    finally:
        subprocess.run(
            _as_postgres([pg_ctl, "-D", str(data), "-m", "immediate", "stop"]),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd="/",
            check=False,
        )
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
