"""Take the pictures of the manual and the README anew: ``python -m samples.pictures``.

A made archive in a temporary folder, a page on a free port, Chromium, and one WebP for each scene in
``app/web/static/pictures``. The clock stands still, so the same code gives the same pictures but for what Chromium and
its fonts draw differently. Needs Chromium, a Japanese font and the OCR engine; takes some minutes.
"""

from __future__ import annotations

import io
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from samples.pictures.office import PASSWORD
from samples.pictures.scenes import DESK, PHONE, SCENES, Scene
from samples.pictures.site import PictureSite, open_site

CHROMIUM = "/usr/bin/chromium"
FOLDER = Path(__file__).parents[2] / "app" / "web" / "static" / "pictures"
MOST_BYTES = 150_000
"""Of one picture: the manual opens quickly on a phone."""
_QUALITY = 82
"""Letters of 12 pixels stay sharp; looked at beside the lossless pictures."""
_WAIT_MS = 120_000


def main() -> None:
    """Take all, or those named on the command line."""
    wanted = set(sys.argv[1:])
    FOLDER.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="shoko-pictures-") as folder,
        open_site(Path(folder)) as site,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        for scene in SCENES:
            if wanted and scene.name not in wanted:
                continue
            context = browser.new_context(viewport=PHONE if scene.phone else DESK, locale="ja-JP", color_scheme="light")
            page = context.new_page()
            page.set_default_timeout(_WAIT_MS)
            _keep(scene, _take(page, scene, site))
            context.close()
        browser.close()


def _take(page: Page, scene: Scene, site: PictureSite) -> bytes:
    page.goto(f"{site.url}/login")
    page.fill("#login", scene.login)
    page.fill("#password", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url(lambda url: "/login" not in url)
    answer = page.goto(site.url + scene.path.format(**site.values))
    if answer is None or not answer.ok:
        msg = f"{scene.name}: {answer.status if answer else 'nothing'} at {page.url}"
        raise ValueError(msg)
    page.wait_for_load_state("networkidle")
    if scene.act is not None:
        scene.act(page, site)
        page.wait_for_load_state("networkidle")
    return page.screenshot()


def _keep(scene: Scene, content: bytes) -> None:
    out = io.BytesIO()
    with Image.open(io.BytesIO(content)) as picture:
        picture.convert("RGB").save(out, "WEBP", quality=_QUALITY, method=6)
    if out.tell() > MOST_BYTES:
        msg = f"{scene.name}: {out.tell():,} bytes"
        raise ValueError(msg)
    (FOLDER / f"{scene.name}{'.phone' if scene.phone else ''}.webp").write_bytes(out.getvalue())
    print(f"{scene.name}: {out.tell():,} bytes")  # noqa: T201 - says what it made


if __name__ == "__main__":
    main()
