"""A real PostgreSQL on loopback, from Debian's package. It refuses to run as root: root becomes ``postgres``."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from pathlib import Path
from typing import Any

from supervise import Missing, free_port, wait_for

OPTIONS = {
    "listen_addresses": "127.0.0.1",
    "fsync": "off",  # the machine does not lose power during a test
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "log_min_messages": "warning",
}


def start(folder: Path, processes: list[subprocess.Popen[bytes]]) -> dict[str, str]:
    """Make a new cluster and start it; gives the base URL without a database."""
    programs = _programs()
    data, log = folder / "data", folder / "log"
    log.mkdir()
    identity: dict[str, Any] = {}
    if os.geteuid() == 0:
        account = pwd.getpwnam("postgres")
        identity = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
        os.chown(folder, account.pw_uid, account.pw_gid)
    port = free_port()
    with (log / "postgres.out").open("wb") as out:
        common: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": out, "stderr": out, "cwd": folder, **identity}
        subprocess.run(
            [
                *(programs / "initdb", "-D", data, "-U", "shoko", "--auth=trust"),
                *("--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"),
            ],
            check=True,
            timeout=120,
            **common,
        )
        options = [part for name, value in OPTIONS.items() for part in ("-c", f"{name}={value}")]
        command = [programs / "postgres", "-D", data, "-p", str(port), "-k", folder, *options]
        process = subprocess.Popen(command, **common)
    processes.append(process)
    ready = [programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)]

    def up() -> bool:
        if process.poll() is not None:
            msg = "PostgreSQL ended while starting"
            raise RuntimeError(msg)
        return subprocess.run(ready, check=False).returncode == 0

    wait_for(up, seconds=60, what="PostgreSQL")
    return {"url": f"postgresql+psycopg://shoko@127.0.0.1:{port}"}


def _programs() -> Path:
    found = sorted(
        (p.parent for p in Path("/usr/lib/postgresql").glob("*/bin/postgres")), key=lambda p: float(p.parent.name)
    )
    if found:
        return found[-1]
    elsewhere = shutil.which("postgres")
    if elsewhere is None:
        msg = "no PostgreSQL server found: apt-get install --no-install-recommends -y postgresql"
        raise Missing(msg)
    return Path(elsewhere).parent
