"""Words of the screen that hands entries to an accounting product: (Japanese, English)."""

from __future__ import annotations

from domain.labels import Label

JOURNAL: dict[str, Label] = {
    "journal": ("会計ソフトへの仕訳", "Entries for the books"),
    "journal_lead": (
        (
            "登録済みの書類から仕訳を作ります。金額は書類のとおりで、合計が合わない書類は外します。"
            "勘定科目は「確認」の欄を見て、取り込んだ後に確かめてください。"
        ),
        "Entries made from filed documents. Amounts are as printed; what does not add up is left out.",
    ),
    "journal_product": ("会計ソフト", "Product"),
    "journal_first": ("最初の伝票番号", "First number"),
    "journal_show": ("表示", "Show"),
    "journal_entries": ("仕訳 {n} 件", "{n} entries"),
    "journal_none": ("仕訳にする書類はありません", "There is nothing to book"),
    "journal_number": ("番号", "No."),
    "journal_debit": ("借方", "Debit"),
    "journal_credit": ("貸方", "Credit"),
    "journal_tax": ("税区分", "Tax class"),
    "journal_summary": ("摘要", "Summary"),
    "journal_doubts": ("確認", "To check"),
    "journal_left_out": ("外した書類 {n} 件", "{n} left out"),
    "journal_why": ("理由", "Why"),
    "journal_file": ("取り込み用ファイルを保存", "Download the file"),
    "journal_tie": ("この番号を書類に関連付ける", "Tie the documents to these numbers"),
    "journal_tie_means": (
        (
            "会計ソフトに取り込んだ後に押してください。帳簿との関連付け（スキャナ保存の要件）として記録され、"
            "次からはこの一覧に出ません。"
        ),
        "After the import: it is recorded as the tie to the books (law: scan-book-link); they are not offered again.",
    ),
    "journal_changed": (
        (
            "表示した後に書類が変わりました。もう取り込んだときは「保存したファイルから関連付ける」を、"
            "まだのときはもう一度表示して、ファイルも取り直してください"
        ),
        "The documents changed meanwhile: tie from the file if it was taken in, else show and take it again",
    ),
    "journal_tie_file": ("保存したファイルから関連付ける", "Tie from a file that was kept"),
    "journal_tie_file_means": (
        (
            "取り込んだ後に書類が増えたときや、関連付けが途中で止まったときは、会計ソフトに取り込んだファイルを選んでください。"
            "ファイルのとおりの番号を関連付けます（続きから再開できます）。"
        ),
        "Choose the file that was taken in, where documents came since or the work broke off: its numbers are tied.",
    ),
    "journal_tie_do": ("関連付ける", "Tie"),
    "journal_kept_file": ("取り込んだファイル", "The file"),
    "journal_tied": ("{n} 件の書類を帳簿と関連付けました", "{n} documents were tied to the books"),
    "journal_of_these": ("仕訳", "Entries"),
}
