"""Prefect's own processes beside the watch: server on loopback with an auth string, deployments, a worker."""

from __future__ import annotations

import logging
import os
import secrets
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from domain.errors import AppError, ConfigError

logger = logging.getLogger(__name__)

POOL = "shoko"
START_SECONDS = 300.0
"""The first start lays out a database; a busy or slow machine took more than two minutes for it."""
STOP_SECONDS = 15.0
AGAIN_SECONDS = 60


@dataclass(slots=True)
class PrefectServices:
    """Started in order, stopped in reverse."""

    data_folder: Path
    project_folder: Path
    port: int
    kept_open: tuple[int, ...] = ()
    """Descriptors that its processes hold as well: what is locked stays so until the last of them ends."""
    log_folder: Path = field(init=False)
    _processes: list[subprocess.Popen[bytes]] = field(default_factory=list)
    _following: threading.Thread | None = None
    _stop: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        """Logs lie in the data folder."""
        self.log_folder = self.data_folder / "logs"
        self.log_folder.mkdir(parents=True, exist_ok=True)

    def start(self) -> None:
        """Start the server and point this process at it; deployments and worker follow in the background.

        Raises:
            ConfigError: the server does not come up (its log says why).
        """
        auth = self._auth_string()
        os.environ["PREFECT_API_URL"] = f"http://127.0.0.1:{self.port}/api"
        os.environ["PREFECT_API_AUTH_STRING"] = auth
        os.environ["PREFECT_SERVER_API_AUTH_STRING"] = auth
        self._spawn("prefect-server", "server", "start", "--host", "127.0.0.1", "--port", str(self.port))
        self._wait_until_healthy(auth)
        self._following = threading.Thread(target=self._follow, name="prefect-deploy", daemon=True)
        self._following.start()

    def _follow(self) -> None:
        """Deployments of prefect.yaml, then the worker that runs them; the watch does not wait for either.

        Tried again until they stand: without them nothing is verified at night.
        """
        while not self._stop.is_set():
            try:
                self._run("work-pool", "create", POOL, "--type", "process", "--overwrite")
                self._run("--no-prompt", "deploy", "--all")
                self._spawn("prefect-worker", "worker", "start", "--pool", POOL, "--limit", "2")
            except (AppError, subprocess.TimeoutExpired, OSError) as error:
                message = error.message_ja if isinstance(error, AppError) else type(error).__name__
                logger.warning(
                    "夜間の検証などの定期処理をまだ準備できません（%s）。%d 秒後にもう一度試します",
                    message,
                    AGAIN_SECONDS,
                )
                self._stop.wait(AGAIN_SECONDS)
            else:
                return

    def stop(self) -> None:
        """Stop worker and server; what does not stop is killed."""
        self._stop.set()
        if self._following is not None:
            self._following.join(timeout=STOP_SECONDS)
        for process in reversed(self._processes):
            process.terminate()
        for process in reversed(self._processes):
            try:
                process.wait(timeout=STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def died(self) -> bool:
        """Whether one of the processes ended by itself."""
        return any(p.poll() is not None for p in self._processes)

    def _auth_string(self) -> str:
        path = self.data_folder / "keys" / "prefect-auth"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w", encoding="ascii") as file:
                file.write(f"shoko:{secrets.token_urlsafe(24)}")
        return path.read_text(encoding="ascii").strip()

    def _command(self, *arguments: str) -> list[str]:
        # Should this process be killed, its children end by themselves.
        watched = ["-m", "app.cli.with_parent", str(os.getpid()), str(STOP_SECONDS)]
        return [sys.executable, *watched, "prefect", *arguments]

    def _spawn(self, name: str, *arguments: str) -> None:
        if self._stop.is_set():
            return
        with (self.log_folder / f"{name}.log").open("ab") as log:
            self._processes.append(
                subprocess.Popen(  # noqa: S603 - fixed arguments
                    self._command(*arguments),
                    cwd=self.project_folder,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    stdin=subprocess.DEVNULL,
                    start_new_session=True,
                    pass_fds=self.kept_open,
                )
            )

    def _run(self, *arguments: str) -> None:
        if self._stop.is_set():
            return
        log = self.log_folder / "prefect-deploy.log"
        with log.open("ab") as out:
            done = subprocess.run(  # noqa: S603 - fixed arguments
                self._command(*arguments),
                cwd=self.project_folder,
                stdout=out,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                pass_fds=self.kept_open,
                timeout=START_SECONDS,
                check=False,
            )
        if done.returncode != 0:
            raise ConfigError(
                f"prefect {' '.join(arguments)} failed; see {log}",
                message_ja=f"Prefect の準備に失敗しました（{log} を参照）",
            )

    def _wait_until_healthy(self, auth: str) -> None:
        user, _, password = auth.partition(":")
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and not self.died():
            try:
                url = f"http://127.0.0.1:{self.port}/api/health"
                if httpx.get(url, auth=(user, password), timeout=2).status_code == httpx.codes.OK:
                    return
            except httpx.HTTPError:
                pass
            time.sleep(0.25)
        log = self.log_folder / "prefect-server.log"
        if self.died():
            raise ConfigError(
                f"the Prefect server does not start; see {log}",
                message_ja=f"Prefect サーバーを起動できません（原因は {log} の末尾にあります）",
            )
        raise ConfigError(
            f"the Prefect server did not answer within {START_SECONDS:.0f} s; see {log}",
            message_ja=f"Prefect サーバーが {START_SECONDS:.0f} 秒以内に応答しませんでした。"
            f"ほかの重い処理が終わってから、もう一度起動してください（記録: {log}）",
        )


def free_port(wanted: int) -> int:
    """The wanted port if it is free on loopback, else any free one."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise ConfigError("no free port on loopback", message_ja="使えるポートがありません")
