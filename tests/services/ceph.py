"""A real S3 server: one-node Ceph (mon, osd, RADOS Gateway) on loopback, made from Debian's packages."""

from __future__ import annotations

import base64
import os
import secrets
import shutil
import subprocess
import uuid
from pathlib import Path

from supervise import Missing, answers, free_port, wait_for

PROGRAMS = ("ceph", "ceph-authtool", "ceph-mon", "ceph-osd", "monmaptool", "radosgw", "radosgw-admin")
PACKAGES = "ceph-mon ceph-mgr ceph-osd radosgw"
DISK_BYTES = 8 << 30  # a sparse file
CAPABILITIES = {
    "mon.": {"mon": "allow *"},
    "client.admin": {"mon": "allow *", "osd": "allow *", "mgr": "allow *"},
    "osd.0": {"mon": "allow profile osd", "osd": "allow *", "mgr": "allow profile osd"},
    "client.rgw": {"mon": "allow rw", "osd": "allow rwx"},
}

CONFIGURATION = """
[global]
fsid = {fsid}
mon host = [v2:127.0.0.1:{mon_port}]
mon initial members = a
public addr = 127.0.0.1
cluster addr = 127.0.0.1
ms bind ipv4 = true
ms bind msgr1 = false
auth cluster required = cephx
auth service required = cephx
auth client required = cephx
keyring = {folder}/keyring
run dir = {folder}/run
admin socket = {folder}/run/$name.asok
pid file =
log file = {folder}/log/$name.log
crash dir = {folder}/run
heartbeat file =
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 8
osd pool default pgp num = 8
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
mon allow pool size one = true
mon max pg per osd = 1000
mon warn on pool no redundancy = false
[mon]
mon data = {folder}/mon
mon data avail warn = 2
mon data avail crit = 1
auth allow insecure global id reclaim = false
[osd]
osd data = {folder}/osd
osd objectstore = bluestore
bluestore block size = {disk_bytes}
osd memory target = 939524096
osd class update on start = false
[client.rgw]
rgw frontends = beast endpoint=127.0.0.1:{port}
rgw data = {folder}/rgw
rgw thread pool size = 64
rgw crypt require ssl = false
rgw crypt s3 kms backend = testing
rgw crypt s3 kms encryption keys = testkey-1={kms_key}
rgw dynamic resharding = false
"""


def start(folder: Path, processes: list[subprocess.Popen[bytes]]) -> dict[str, str]:
    """Make a new cluster and start it; gives endpoint, access_key and secret_key."""
    absent = [program for program in PROGRAMS if shutil.which(program) is None]
    if absent:
        msg = f"{', '.join(absent)} not found: apt-get install --no-install-recommends -y {PACKAGES}"
        raise Missing(msg)
    cluster = _Cluster(folder, processes)
    cluster.make()
    return cluster.serve()


class _Cluster:
    def __init__(self, folder: Path, processes: list[subprocess.Popen[bytes]]) -> None:
        self.folder, self.processes = folder, processes
        self.port, self.mon_port, self.fsid = free_port(), free_port(), str(uuid.uuid4())
        self.configuration, self.keyring = folder / "ceph.conf", folder / "keyring"

    def run(self, *command: str) -> None:
        """One step of the set-up; its output goes to the log."""
        with (self.folder / "log" / "setup.out").open("ab") as log:
            subprocess.run(command, check=True, stdin=subprocess.DEVNULL, stdout=log, stderr=log, timeout=120)

    def daemon(self, *command: str) -> subprocess.Popen[bytes]:
        """A server in the foreground of its own process."""
        with (self.folder / "log" / f"{command[0]}.out").open("ab") as log:
            process = subprocess.Popen(
                [command[0], "-c", str(self.configuration), *command[1:], "-f"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self.processes.append(process)
        return process

    def ceph(self, *command: str) -> None:
        """Ask the monitor."""
        self.run("ceph", "-c", str(self.configuration), "-k", str(self.keyring), "--connect-timeout", "30", *command)

    def make(self) -> None:
        """Keys, the monitor's and the disk's file systems, the place of the disk in the cluster."""
        for name in ("mon", "osd", "run", "log", "rgw"):
            (self.folder / name).mkdir()
        self.configuration.write_text(
            CONFIGURATION.format(
                fsid=self.fsid,
                mon_port=self.mon_port,
                port=self.port,
                folder=self.folder,
                disk_bytes=DISK_BYTES,
                kms_key=base64.b64encode(os.urandom(32)).decode(),
            )
        )
        self.run("ceph-authtool", "-C", str(self.keyring))
        for name, capabilities in CAPABILITIES.items():
            flags = [part for where, may in capabilities.items() for part in ("--cap", where, may)]
            self.run("ceph-authtool", str(self.keyring), "-g", "-n", name, *flags)
        monmap = str(self.folder / "monmap")
        address = f"[v2:127.0.0.1:{self.mon_port}]"
        self.run("monmaptool", "--create", "--clobber", "--fsid", self.fsid, "--addv", "a", address, monmap)
        configured = ("-c", str(self.configuration))
        self.run("ceph-mon", *configured, "--mkfs", "-i", "a", "--monmap", monmap, "-k", str(self.keyring))
        self.daemon("ceph-mon", "-i", "a")
        disk = str(uuid.uuid4())
        self.ceph("osd", "new", disk, "0")
        self.run("ceph-osd", *configured, "-i", "0", "--mkfs", "--osd-uuid", disk, "-k", str(self.keyring))
        self.ceph("osd", "crush", "add", "osd.0", "1.0", "root=default", "host=localhost")

    def serve(self) -> dict[str, str]:
        """Start disk and gateway, make the one user."""
        self.daemon("ceph-osd", "-i", "0")
        gateway = self.daemon("radosgw", "-n", "client.rgw", "-k", str(self.keyring))
        wait_for(lambda: answers(self.port) or gateway.poll() is not None, seconds=120, what="the RADOS Gateway")
        access_key, secret_key = "shoko-tests", secrets.token_hex(20)
        self.run(
            *("radosgw-admin", "-c", str(self.configuration), "-n", "client.rgw", "-k", str(self.keyring)),
            *("user", "create", "--uid=shoko", "--display-name=shoko"),
            *(f"--access-key={access_key}", f"--secret={secret_key}"),
        )
        return {"endpoint": f"http://127.0.0.1:{self.port}", "access_key": access_key, "secret_key": secret_key}
