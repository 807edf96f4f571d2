"""Open the installation a verb works on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from app.cli.output import err, tenths
from app.cli.prefect_home import settle

if TYPE_CHECKING:
    from pipeline.settings import ShokoSettings
    from pipeline.wiring import Shoko


def settings_for(home: Path | None, **overrides: object) -> ShokoSettings:
    """Settings in force, with another data folder where asked; Prefect is pointed there too."""
    from pipeline.settings import load_settings

    if home is not None:
        overrides["data_folder"] = home
    settings = load_settings(**overrides)
    settle(settings.data_folder)
    return settings


def open_home(home: Path | None) -> Shoko:
    """Stores, archive and keys; no engines, no Prefect."""
    return opened(settings_for(home))


def opened(settings: ShokoSettings) -> Shoko:
    """The same from settings; an index that is made anew on opening says how far it is.

    An archive that is made on the way is announced: in the wrong folder every search finds nothing, without an error.
    """
    from pipeline.wiring import open_shoko

    new = not settings.data_folder.exists()
    shoko = open_shoko(settings, indexed=tenths("検索の索引を作り直しています"))
    if new:
        err.print(
            f"新しい書庫を {settings.data_folder.absolute()} に作りました。"
            "別の場所の書庫を使うときは、--home か SHOKO_DATA_FOLDER で指定してください"
        )
    return shoko
