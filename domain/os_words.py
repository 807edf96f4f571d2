"""What the operating system answers, in words for people."""

from __future__ import annotations

import errno

_WORDS = {
    errno.ENOENT: "ファイルかフォルダがありません",
    errno.ENOTDIR: "途中の名前がフォルダではありません",
    errno.EISDIR: "フォルダです",
    errno.EEXIST: "同じ名前のものが既にあります",
    errno.EACCES: "アクセス権がありません",
    errno.EPERM: "許可されていません",
    errno.EROFS: "書き込めない（読み取り専用の）場所です",
    errno.ENOSPC: "空き容量がありません",
    errno.EDQUOT: "割り当てられた容量を使い切りました",
    errno.ENAMETOOLONG: "名前が長すぎます",
    errno.EIO: "ディスクの読み書きに失敗しました",
    errno.EMFILE: "開いているファイルが多すぎます",
    errno.ECONNREFUSED: "接続先が応答しません",
    errno.EADDRINUSE: "ほかのプログラムが使用中です",
    errno.ETIMEDOUT: "時間内に応答がありません",
}


def why_ja(error: OSError) -> str:
    """Why it failed, in Japanese; the system's own words where this has none for it."""
    return _WORDS.get(error.errno or 0) or error.strerror or type(error).__name__
