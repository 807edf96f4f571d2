"""``shoko up``: web page, Prefect server, worker and inbox watch together; Ctrl-C stops all."""

from __future__ import annotations

import logging
import signal
import threading
import time
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.home import opened, settings_for
from app.cli.one_at_a_time import OneAtATime
from app.cli.options import Home, Json
from app.cli.output import err, print_json
from app.cli.prefect_services import PrefectServices, free_port
from domain.errors import AppError, ConfigError
from domain.evidence import Outcome
from domain.finding_labels import detail_label, finding_label

if TYPE_CHECKING:
    import uvicorn

    from pipeline.reading_pool import ReadingPool
    from pipeline.wiring import Shoko

PROJECT_FOLDER = Path(__file__).resolve().parents[2]


def register(cli: typer.Typer) -> None:
    """Add the verb."""

    @cli.command("up", help="Web画面・Prefect・受付箱の監視をまとめて起動します（Ctrl-C で停止） / start everything")
    def up_verb(
        port: Annotated[int, typer.Option("--port", help="Web画面のポート / web port")] = 8710,
        prefect_port: Annotated[int, typer.Option("--prefect-port", help="Prefect のポート / Prefect port")] = 4200,
        seconds: Annotated[
            float | None, typer.Option("--seconds", help="この秒数で停止（試験用） / stop after so many seconds")
        ] = None,
        json: Json = False,
        home: Home = None,
    ) -> None:
        settings = settings_for(home)
        signal.signal(signal.SIGTERM, _stop)
        held = OneAtATime.take(settings.data_folder, say=lambda text: err.print(text, style="yellow"))
        services = PrefectServices(
            data_folder=settings.data_folder.absolute(),
            project_folder=PROJECT_FOLDER,
            port=free_port(prefect_port),
            kept_open=(held.descriptor,),
        )
        server: uvicorn.Server | None = None
        try:
            if not err.is_terminal:
                err.print("起動しています…（初回は数分かかることがあります）")
            with err.status("起動しています…（初回は数分かかることがあります）"):
                services.start()
                from pipeline.batch import Resident, resident_home
                from pipeline.flows import watch_inbox
                from pipeline.reading_pool import ReadingPool

                logging.getLogger("prefect").setLevel(logging.WARNING)
                shoko = opened(settings)
                pool = ReadingPool(settings=settings)
                server = start_web(shoko, port=free_port(port), pool=pool)
                held.tell(web_port=server.config.port)
                pool.warm()
            if json:
                print_json({"web_port": server.config.port, "prefect_port": services.port, "inbox": inbox_text(shoko)})
            if server.config.port != port:
                err.print(
                    f"ポート {port} はほかのプログラム（別の shoko up など）が使っているため、別のポートにしました",
                    style="yellow",
                )
            err.print(f"Web画面: http://127.0.0.1:{server.config.port}/")
            err.print(
                f"Prefect: http://127.0.0.1:{services.port}/  "
                f"（利用者とパスワード: {settings.data_folder}/keys/prefect-auth）"
            )
            err.print(f"受付箱: {inbox_text(shoko)}")
            err.print("停止するには Ctrl-C を押してください")
            with pool, resident_home(Resident(shoko=shoko, pool=pool)) as resident:
                _stop_gently(resident.stop)
                threading.Thread(target=_test_store, args=(shoko,), name="store-test", daemon=True).start()
                watch_inbox(max_seconds=seconds)
        except KeyboardInterrupt:
            pass
        finally:
            err.print("停止しています…")
            if server is not None:
                server.should_exit = True
            services.stop()


def _test_store(shoko: Shoko) -> None:
    """What the nightly job does, once at the start: an installation that only runs by day is tested as well."""
    from pipeline.steps.health import try_store

    try:
        report = try_store(shoko)
    except AppError as error:
        err.print(f"保存先を試せませんでした: {error.message_ja}", style="yellow")
        return
    for check in report.checks:
        if check.outcome is Outcome.FAILED:
            label, found = finding_label(check.name)[0], detail_label(check.detail or "")[0]
            err.print(f"警報: 保存先が約束を守っていません: {label} {found}", style="red")


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _stop_gently(stop: threading.Event) -> None:
    """Let the first Ctrl-C (or SIGTERM) end the watch after the batch in work; the second one stops at once."""

    def handle(_number: int, _frame: FrameType | None) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()

    signal.signal(signal.SIGINT, handle)
    signal.signal(signal.SIGTERM, handle)


def inbox_text(shoko: Shoko) -> str:
    """Where staff drop files."""
    if shoko.store.traits("inbox").advisory_retention:
        return (
            f"{(shoko.settings.data_folder / 'store' / 'inbox').absolute()}/paper/2026-11-20/… のように入れてください"
        )
    return f"バケット {shoko.settings.store.bucket_prefix}inbox"


def start_web(shoko: Shoko, *, port: int, pool: ReadingPool) -> uvicorn.Server:
    """The web page in a thread of this process; returns when it answers."""
    from app.web.serve import make_server
    from app.web.warming import warm
    from app.web.wired import application, web_settings
    from pipeline.steps.people import accounts_on

    settings = web_settings(port=port, accounts=accounts_on(shoko))
    app = application(shoko, settings, pool=pool)
    server = make_server(app, settings=settings)
    thread = threading.Thread(target=server.run, name="web", daemon=True)
    thread.start()
    while not server.started:
        if not thread.is_alive():
            raise ConfigError(
                f"the web page cannot listen on {settings.host}:{port}",
                message_ja=f"Web画面が {settings.host}:{port} を使えません。ほかのポートを --port で指定してください",
            )
        time.sleep(0.05)
    threading.Thread(target=warm, args=(app.state.web,), name="warm", daemon=True).start()
    return server
