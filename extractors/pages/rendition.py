"""A page as pixels for reading, and the errors of getting there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from domain.errors import AppError, DamagedDocument, DocumentTooLarge
from domain.geometry import IDENTITY, Transform
from domain.page import Fault, Page

if TYPE_CHECKING:
    from domain.page import PixelArray
    from extractors.settings import ExtractorSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderedPage:
    """One page as it is read: pixels, and where they lie on the page."""

    page: Page
    """At the size every box refers to."""
    pixels: PixelArray
    """RGB; smaller than the page where that is very large. ``scaling`` leads back to the page."""
    fault: Fault | None = None
    """Set where the picture is damaged and only a part of it could be decoded."""


def scaling(shape: tuple[int, ...], page: Page) -> Transform:
    """From pixels of a picture of the whole page (``shape``: height, width, …) to the page."""
    height, width = shape[:2]
    if (width, height) == (page.width_px, page.height_px):
        return IDENTITY
    return Transform(matrix=(page.width_px / width, 0.0, 0.0, 0.0, page.height_px / height, 0.0, 0.0, 0.0, 1.0))


def fault_of(error: AppError, *, page_index: int | None) -> Fault:
    """An error as a recorded fault."""
    return Fault(code=error.code, message=error.message, message_ja=error.message_ja, page_index=page_index)


def damaged_page(page_index: int, why: str) -> DamagedDocument:
    """A page that cannot be decoded."""
    number = page_index + 1
    return DamagedDocument(
        f"page {number} cannot be decoded: {why}",
        message_ja=f"{number}ページ目の画像が壊れているため読み取れません。もう一度スキャンしてください",
        page_number=number,
    )


def check_size(width_px: int, height_px: int, *, page_index: int, settings: ExtractorSettings) -> None:
    """Refuse a picture over the limits, before it is decoded.

    Raises:
        DocumentTooLarge: too wide, too high or too many pixels.
    """
    too_long = max(width_px, height_px) > settings.max_side_px
    if too_long or width_px * height_px > settings.max_page_pixels:
        number = page_index + 1
        raise DocumentTooLarge(
            f"page {number} has {width_px} x {height_px} pixels",
            message_ja=(
                f"{number}ページ目の画像（{width_px:,}×{height_px:,}画素）が上限"
                f"（{settings.max_page_pixels:,}画素、一辺{settings.max_side_px:,}画素）を超えています。"
                "解像度を下げてください"
            ),
            page_number=number,
        )


def repaired_file() -> Fault:
    """A file that had to be mended before it could be opened: what is missing in it cannot be told."""
    return Fault(
        code=DamagedDocument.code,
        message="the file is damaged or cut off and was mended to be read; pages or parts of them may be missing",
        message_ja="ファイルが壊れているか途中で切れていたため、修復して読みました。ページや文字が欠けているおそれが"
        "あります。元のファイルを開いて確かめ、正しいファイルを入れ直してください",
    )


def too_many_pages(count: int | None, settings: ExtractorSettings) -> Fault:
    """Pages after the limit are not read, and that is recorded."""
    found = f"{count}" if count is not None else f"more than {settings.max_pages}"
    return Fault(
        code=DocumentTooLarge.code,
        message=f"{found} pages; only the first {settings.max_pages} are read",
        message_ja=f"ページ数が上限（{settings.max_pages}ページ）を超えているため、それより後のページは読み取っていません。"
        "分けて入れ直してください",
        page_index=settings.max_pages,
    )


def too_many_pixels(page_index: int, settings: ExtractorSettings) -> Fault:
    """Pages after the limit on all pixels are not read, and that is recorded."""
    number = page_index + 1
    return Fault(
        code=DocumentTooLarge.code,
        message=f"the pages up to {number} have more than {settings.max_total_pixels} pixels; the rest is not read",
        message_ja=f"画素数の合計が上限を超えたため、{number}ページ目から後は読み取っていません",
        page_index=page_index,
    )
