"""Fill a new folder with made documents: ``python -m pipeline.benchmark.desk FOLDER [COUNT]``."""

from __future__ import annotations

import sys
from pathlib import Path

from domain.calendar import tokyo_day, utc_now
from pipeline.benchmark.desk.filing import SetClock, beginning, fill
from pipeline.settings import load_settings
from pipeline.wiring import open_shoko

_EVERY = 500


def _show(what: str, done: int, total: int) -> None:
    if done % _EVERY == 0 or done == total:
        sys.stderr.write(f"{what} {done}/{total}\n")


def main() -> None:
    """Read the arguments, fill the folder."""
    folder, count = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 10_000
    last_day = tokyo_day(utc_now())
    clock = SetClock(now=beginning(last_day))
    shoko = open_shoko(load_settings(data_folder=folder), clock=clock)
    fill(shoko, clock, count=count, seed=1, last_day=last_day, progress=_show)
    shoko.close()


if __name__ == "__main__":
    main()
