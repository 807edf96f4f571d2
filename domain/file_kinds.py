"""Kinds of files in words for people, and what somebody does with one that is not read."""

from __future__ import annotations

from domain.labels import Label

FILE_KINDS: dict[str, Label] = {
    "application/pdf": ("PDF", "PDF"),
    "image/jpeg": ("JPEG画像", "JPEG picture"),
    "image/png": ("PNG画像", "PNG picture"),
    "image/tiff": ("TIFF画像", "TIFF picture"),
    "image/heic": ("HEIC画像", "HEIC picture"),
    "image/webp": ("WebP画像", "WebP picture"),
    "image/gif": ("GIF画像", "GIF picture"),
    "image/bmp": ("BMP画像", "BMP picture"),
    "image/vnd.microsoft.icon": ("アイコン", "Icon"),
    "application/xml": ("XML", "XML"),
    "message/rfc822": ("電子メール", "E-mail"),
    "text/html": ("Webページ（HTML）", "Web page (HTML)"),
    "text/csv": ("CSV", "CSV"),
    "text/plain": ("テキスト", "Text"),
    "application/zip": ("ZIPファイル", "ZIP file"),
    "application/x-ole-storage": (
        "Office文書（doc・xls・ppt、またはパスワード付き）",
        "Office document (doc, xls, ppt, or protected)",
    ),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ("Word文書", "Word document"),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ("Excelブック", "Excel workbook"),
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": (
        "PowerPointの資料",
        "PowerPoint slides",
    ),
    "application/octet-stream": ("種類の分からないファイル", "File of an unknown kind"),
}
"""Media type as sniffed → what people call it."""

_ZIP = "application/zip"


def file_kind(media_type: str) -> Label:
    """What people call it; the media type itself where it has no name here."""
    return FILE_KINDS.get(media_type, (media_type, media_type))


def why_unread(media_type: str) -> str:
    """What is said of a file of a kind that is not read: what it is, where it is now, what to do."""
    said = f"{file_kind(media_type)[0]}は自動で読み取れません。原本のまま保存し、確認待ちにしました。"
    if media_type == _ZIP:
        return said + "中に書類があれば、取り出して一つずつ入れてください"
    return said + "原本を開き、確認待ちの画面で日付・金額・取引先を入力してください"
