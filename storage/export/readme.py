"""README of a bundle, in Japanese."""

from __future__ import annotations

from collections.abc import Sequence

TEXT = """\
{title}
{rule}

書き出し番号: {export_id}
書き出し日時: {exported_at}
条件        : {conditions}
書類 {documents} 件、原本 {originals} 件、タイムスタンプ {tokens} 件（付与待ち {pending} 件）
時刻認証    : {authorities}

■ 見る
  index.html をブラウザで開くと、取引年月日・取引金額・取引先・ことばで検索し、原本を開けます。
  ネットワークもサーバーも使いません。
  data/index/index.csv       索引（UTF-8、BOM付き）
  data/index/index-cp932.csv 同じ内容（Shift_JIS / CP932）
  data/index/index.xlsx      同じ内容（Excel）

■ 確かめる（書庫のソフトウェアは不要です）
  sh、openssl 3.0 以上、sha256sum があれば、どの Linux でも動きます。

    sh verify.sh --roots 根証明書.pem --log-key-sha256 指紋

  根証明書（時刻認証局のもの）とログ署名鍵の指紋は、このデータとは別の経路で受け取ってください。
  指定しないと、データの中の整合だけを調べて「判定不能」とし、指紋を表示します。
  このデータの中の指紋と照らしても証明になりません（全体を作り直した人は指紋も作り直せます）。
  verify.sh 自身も、別の経路で受け取ったものを使うのが確実です。
  終了コード: 0 合格、1 不合格、2 使い方の誤り、3 判定不能

■ 中身
  data/originals/    受け取ったままの原本（入力単位ごと）。開くと実行される形式は名前の末尾に _ を付けています
  data/records/      受領・読取・保管・訂正・削除の記録。すべての版。値は .payload.json にあります
  data/tokens/       RFC 3161 タイムスタンプトークン（openssl ts -verify -token_in で検証できます）
  data/certificates/ トークンの検証に要る証明書（信頼の起点ではありません）
  data/log/          記録のハッシュ木 (RFC 9162) の行・包含証明・署名済みの先頭
  data/inventory.sha256 全ファイルのハッシュ値。書き出しの記録としてログに入っています
  bagit.txt ほか     BagIt 1.0 (RFC 8493)
{notes}"""


def render(
    *,
    title: str,
    export_id: str,
    exported_at: str,
    conditions: str,
    documents: int,
    originals: int,
    tokens: int,
    pending: int,
    authorities: Sequence[tuple[str, bool]],
    notes: Sequence[str],
) -> str:
    """The text. ``authorities`` are (name, accredited)."""
    shown = "、".join(f"{name}（{'総務大臣認定' if accredited else '認定なし'}）" for name, accredited in authorities)
    listed = "\n■ 注記\n" + "".join(f"  {note}\n" for note in notes) if notes else ""
    return TEXT.format(
        title=title,
        rule="=" * 60,
        export_id=export_id,
        exported_at=exported_at,
        conditions=conditions or "指定なし",
        documents=documents,
        originals=originals,
        tokens=tokens,
        pending=pending,
        authorities=shown or "なし",
        notes=listed,
    )
