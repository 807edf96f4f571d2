"""Invented names and goods of the made documents; none is meant to be real."""

from __future__ import annotations

from domain.fields import DocumentType


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


OUR_COMPANY = "株式会社みなと工房"
"""Whose records they are."""
STEMS = _words(
    "青空 北斗 若葉 朝日野 緑川 白浜 桜木 松風 銀河 東雲 八重 "
    "富岳 大和路 海原 山吹 千歳 琥珀 翡翠 竹林 清流 星野 高砂 "
    "明和 三葉 光洋 昭栄 日の出 つばめ ひまわり かもめ "
    "さくらんぼ ミライ アルプス オリオン ノヴァ ポラリス テトラ ルミナス "
    "髙橋 濵田 斎藤 渡邉 山﨑 長谷川 五十嵐 小笠原 久保田 大曽根 "
    "御園 鷺沼 瀬戸 有明 水無月 霜月 神楽 常磐 武蔵野 相模 "
    "播磨 摂津 越前 信濃 出雲 讃岐 伊予 薩摩 日向 筑紫 津軽 南部 庄内 会津 磐城 上州 甲斐 駿河 三河 美濃 近江 丹波"
)
TRADES = _words(
    "商事 印刷 電機 製作所 物流 運輸 建設 設計 不動産 食品 水産 "
    "青果 酒造 製菓 文具 書店 家具 自動車 石油 ガス 電力 通信 "
    "システム ソフト 企画 広告社 会計事務所 法律事務所 社会保険労務士法人 清掃 "
    "警備 旅行社 ホテル 薬品 化学 金属 鋼材 木材 "
    "繊維 服飾 玩具 楽器 カメラ 測量 塗装 造園 倉庫 リース 保険サービス 教育社"
)
FORMS = ("株式会社{}", "{}株式会社", "有限会社{}", "合同会社{}", "(株){}", "{}㈱")
"""How companies write their form; more than one stands for the same words (``domain.text.search_key``)."""
GOODS = _words(
    "コピー用紙A4 トナーカートリッジ 会議室利用料 システム保守料 サーバー利用料 交通費立替 宅配便送料 名刺印刷 "
    "カタログ制作 清掃業務 警備業務 複合機リース料 "
    "ノートパソコン 外付けディスク 電話回線使用料 電気料金 都市ガス料金 "
    "水道料金 事務所賃料 駐車場使用料 研修受講料 翻訳料 設計業務 基板実装 アルミ板 ステンレス丸棒 段ボール箱 緩衝材 "
    "ウェブ広告費 看板製作 観葉植物レンタル 弁当 飲料水 コーヒー豆 茶菓 切手 収入印紙代 書籍 文具一式 工具 作業服"
)
PLACES = _words(
    "東京都港区海岸一丁目 大阪市北区梅田二丁目 名古屋市中区錦三丁目 横浜市西区高島 札幌市中央区北一条 福岡市博多区 "
    "仙台市青葉区一番町 広島市中区紙屋町 京都市下京区四条 金沢市香林坊"
)
HEADINGS = {
    DocumentType.RECEIPT: ("領収書", "領収金額"),
    DocumentType.INVOICE: ("請求書", "ご請求金額"),
    DocumentType.CONTRACT: ("業務委託契約書", "契約金額"),
    DocumentType.QUOTATION: ("御見積書", "御見積金額"),
    DocumentType.PURCHASE_ORDER: ("注文書", "ご注文金額"),
    DocumentType.DELIVERY_NOTE: ("納品書", "納品金額"),
    DocumentType.INSPECTION: ("検収書", "検収金額"),
    DocumentType.PAYMENT_STATEMENT: ("支払通知書", "お支払金額"),
    DocumentType.CREDIT_NOTE: ("返還請求書", "返還金額"),
    DocumentType.OTHER: ("ご案内", "参考金額"),
}
"""Heading and what stands before the total."""
SHARES = {
    DocumentType.RECEIPT: 34,
    DocumentType.INVOICE: 30,
    DocumentType.CONTRACT: 3,
    DocumentType.QUOTATION: 7,
    DocumentType.PURCHASE_ORDER: 7,
    DocumentType.DELIVERY_NOTE: 9,
    DocumentType.INSPECTION: 3,
    DocumentType.PAYMENT_STATEMENT: 3,
    DocumentType.CREDIT_NOTE: 1,
    DocumentType.OTHER: 3,
}
"""Per cent of each class, as an office that buys more than it sells keeps them."""
