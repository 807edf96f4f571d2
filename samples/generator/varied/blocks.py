"""Parts of a form as HTML, each in one of many looks: parties, dates and numbers, the amount asked for, the bank."""

from __future__ import annotations

import html
import random
import re
from typing import Any, cast

from samples.generator.varied.words import (
    CHIEFS,
    DECOYS,
    ISSUER_LABELS,
    OFFICES,
    RECIPIENT_LABELS,
    TAGLINES,
)

View = dict[str, Any]
esc = html.escape


def div(text: str, style: str = "") -> str:
    """One row of text; nothing for nothing."""
    if not text:
        return ""
    return f'<div style="{style}">{esc(text)}</div>' if style else f"<div>{esc(text)}</div>"


def recipient_block(rng: random.Random, view: View) -> str:  # noqa: PLR0912 - one branch for each look
    """To whom: honorific, address and department in the places where companies put them."""
    party = view["recipient"]
    name, honorific = str(party["name"]), str(view["honorific"])
    department, person = party.get("department") or "", party.get("person") or ""
    address = [f"〒{party['zip']}", str(party["address"]), str(party.get("building") or "")]
    size = f"font-size:{rng.uniform(1.0, 1.5):.2f}em"
    under = "border-bottom:.3mm solid #333;padding-bottom:.5mm" if rng.random() < 0.35 else ""
    kind = rng.randrange(8)
    rows: list[str] = []
    if kind == 0:  # a window envelope
        rows = [*(div(a) for a in address), div(f"{name} {honorific}", f"{size};margin-top:1mm")]
        if department:
            rows.append(div(f"{department} {person} 様"))
    elif kind == 1:  # the honorific ranged right
        spread = f"display:flex;justify-content:space-between;width:78mm;{size};{under}"
        rows = [f'<div style="{spread}"><span>{esc(name)}</span><span>{esc(honorific)}</span></div>']
    elif kind == 2 and department:
        rows = [div(name, size), div(f"{department} {honorific}", f"{size};{under}")]
    elif kind == 3:
        label = rng.choice(RECIPIENT_LABELS)
        rows = [div(f"{label}{rng.choice((':', ' ', ' :'))} {name} {honorific}", size)]
        if rng.random() < 0.5:
            rows += [div(" ".join(address))]
    elif kind == 4:
        rows = [
            div(rng.choice(RECIPIENT_LABELS), "font-size:.85em;color:#555"),
            div(f"{name}{honorific}", f"{size};{under}"),
        ]
        if department:
            rows.append(div(f"{department}"))
    elif kind == 5:  # a narrow box in which the name wraps after its form
        head, tail = _broken(name)
        rows = [div(head, size), div(f"{tail} {honorific}", size)] if tail else [div(f"{name} {honorific}", size)]
    elif kind == 6:
        rows = [div(f"{name} {honorific}", f"{size};{under}"), *(div(a, "font-size:.9em") for a in address)]
        rows.append(div(f"TEL {view['issuer'].get('fax') or ''}", "font-size:.9em") if rng.random() < 0.3 else "")
    else:
        rows = [div(f"{name} {honorific}", f"{size};{under}")]
        if person and rng.random() < 0.5:
            rows.append(div(f"ご担当 {person} 様"))
    number = party.get("number")
    if number:
        rows.append(div(f"{view['registration_label']} {number}", "font-size:.9em"))
    return f'<div class="to">{"".join(rows)}</div>'


def _broken(name: str) -> tuple[str, str]:
    match = re.match(r"((?:株式|有限|合同)会社)\s*(.+)$", name) or re.match(r"(.+?)((?:株式|有限|合同)会社)$", name)
    return (match[1], match[2]) if match else (name, "")


def issuer_block(rng: random.Random, view: View, seal: str) -> str:
    """Who made it: name, logo, address, numbers, seal, in the order of some letterhead."""
    party = view["issuer"]
    name = str(party["name"])
    size = f"font-size:{rng.uniform(1.0, 1.7):.2f}em"
    rows: list[str] = []
    logo = rng.random()
    if logo < 0.12:
        rows.append(div(rng.choice(TAGLINES), "font-size:.8em;color:#667"))
    elif logo < 0.24:
        mark = str(party.get("kana") or party["stem"])[:2]
        rows.append(div(f"{mark} {party['stem']}", "font-size:1.4em;color:#245;font-weight:bold"))
    if rng.random() < 0.12:
        rows.append(div(rng.choice(ISSUER_LABELS), "font-size:.85em;color:#555"))
    label = f"{rng.choice(ISSUER_LABELS)}: " if rng.random() < 0.06 else ""
    head, tail = _broken(name)
    if tail and rng.random() < 0.1:  # the form small above the name, or the name wrapped
        rows += [div(head, "font-size:.95em"), div(tail, size)]
    else:
        rows.append(div(label + name, size))
    more: list[str] = []
    if rng.random() < 0.3:
        more.append(div(rng.choice(OFFICES)))
    if rng.random() < 0.25:
        more.append(div(f"{rng.choice(CHIEFS)}  {party['person']}"))
    address = f"〒{party['zip']}{rng.choice((' ', '  '))}{party['address']}"
    where = [div(address)] if rng.random() < 0.5 else [div(f"〒{party['zip']}"), div(str(party["address"]))]
    if party.get("building"):
        where.append(div(str(party["building"])))
    phone, fax = str(party["phone"]), str(party.get("fax") or party["phone"])
    style = rng.randrange(5)
    calls = (
        [div(f"TEL {phone}  FAX {fax}")],
        [div(f"TEL:{phone}"), div(f"FAX:{fax}")],
        [div(f"電話 {phone}")],
        [div(f"Tel.{phone} / Fax.{fax}")],
        [div(f"TEL {phone}"), div("mail info@example.jp")],
    )[style]
    number = [div(f"{view['registration_label']} {party['number']}")] if party.get("number") else []
    order = rng.randrange(4)
    parts = (
        [*more, *where, *calls, *number],
        [*number, *more, *where, *calls],
        [*where, *more, *number, *calls],
        [*more, *where, *number, *calls],
    )[order]
    rows += parts
    if rng.random() < 0.25:
        rows.append(div(f"担当:{party['person'].split(' ')[0]}"))
    stamp = (
        f'<img class="seal" src="{seal}" style="right:{rng.choice((-4, 0, 6, 14))}mm;top:{rng.choice((-3, 0, 4))}mm">'
        if seal
        else ""
    )
    return f'<div class="from" style="position:relative;text-align:{rng.choice(("left", "left", "left", "right"))}">{"".join(rows)}{stamp}</div>'


def meta_block(rng: random.Random, view: View) -> str:
    """Dates and numbers, with some that are neither."""
    pairs: list[tuple[str, str]] = [(label, day) for label, day in view["dates"]]
    if view["number"]:
        pairs.append((str(view["number_label"]), str(view["number"])))
    pairs += [(label, day) for label, day in view["other_dates"]]
    if rng.random() < 0.3:
        code = rng.choice(DECOYS)
        pairs.append((code, "1/1" if code == "ページ" else str(rng.randrange(10000, 999999))))
    if view["subject"] and rng.random() < 0.5:
        pairs.append((str(view["subject_label"]), str(view["subject"])))
    if rng.random() < 0.5:
        rng.shuffle(pairs)
    kind = rng.randrange(5)
    if kind == 0:
        cells = "".join(f"<tr><td>{esc(a)}</td><td>{esc(b)}</td></tr>" for a, b in pairs)
        return f'<table class="meta">{cells}</table>'
    if kind == 1:
        cells = "".join(f"<tr><th>{esc(a)}</th><td>{esc(b)}</td></tr>" for a, b in pairs)
        return f'<table class="meta ruled">{cells}</table>'
    if kind == 2:
        return "".join(div(f"{a}{rng.choice((':', ' :', ' '))} {b}" if a else b) for a, b in pairs)
    if kind == 3 and len(pairs) <= 4:  # heads above their values
        heads = "".join(f"<th>{esc(a) or '日付'}</th>" for a, _ in pairs)
        return f'<table class="meta ruled"><tr>{heads}</tr><tr>{"".join(f"<td>{esc(b)}</td>" for _, b in pairs)}</tr></table>'
    mark = rng.choice((":", " ", ":", " : "))
    return "".join(div(f"{a}{mark}{b}" if a else b) for a, b in pairs)


def total_block(rng: random.Random, view: View) -> str:
    """The amount asked for, large, boxed, underlined, or not on top at all."""
    if not view["total"]:
        return ""
    label, amount = str(view["total_label"]), str(view["total"])
    kind = rng.randrange(7)
    big = f"font-size:{rng.uniform(1.2, 2.0):.2f}em"
    if kind == 0:
        return f'<table class="ruled total"><tr><th>{esc(label)}</th><td style="{big}">{esc(amount)}</td></tr></table>'
    if kind == 1:
        return f'<div style="{big};border-bottom:.5mm solid #222;display:inline-block;padding:0 4mm;margin:3mm 0">{esc(label)}  {esc(amount)}</div>'
    if kind == 2:
        return f'<div class="boxed"><div style="font-size:.9em">{esc(label)}</div><div style="{big}">{esc(amount)}</div></div>'
    if kind == 3 and view.get("sum"):
        return ""  # only in the summary
    if kind == 4:
        return f'<div style="display:flex;gap:10mm;align-items:baseline;margin:3mm 0"><span>{esc(label)}</span><b style="{big}">{esc(amount)}</b></div>'
    if kind == 5:
        return f'<div style="margin:3mm 0"><b style="{big}">{esc(label)}:{esc(amount)}</b></div>'
    return f'<div class="boxed" style="display:flex;justify-content:space-between"><span>{esc(label)}</span><b style="{big}">{esc(amount)}</b></div>'


def bank_block(rng: random.Random, view: View) -> str:
    """Where to pay: a table, a line, or labelled rows."""
    bank = cast("dict[str, Any] | None", view["bank"])
    if not bank:
        return ""
    title = rng.choice(
        ("お振込先", "振込先", "お振込先口座", "【お振込先】", "■振込先", "振込先銀行", "お支払先口座", "銀行口座")
    )
    kind, number, holder = str(bank["type"] or ""), str(bank["number"]), str(bank["holder"])
    if not bank["branch"]:  # a post office account by its symbol
        symbol, _, digits = number.partition("-")
        rows = [f"ゆうちょ銀行 記号 {symbol} 番号 {digits}", f"口座名義 {holder}"]
        return f'<div class="bank">{div(title)}{"".join(map(div, rows))}</div>'
    name, branch = str(bank["bank"]), str(bank["branch"])
    way = rng.randrange(8)
    label = rng.choice(("口座名義", "名義", "口座名義人", "口座名", "受取人名", "名義人"))
    if way == 0:
        return f'<div class="bank">{div(f"{title}:{name} {branch} {kind} {number} {holder}")}</div>'
    if way == 1:
        rows = [f"{name} {branch}", f"{kind}預金 {number}", f"{label} {holder}"]
    elif way == 2:
        rows = [f"{name}  {branch}({rng.randrange(100, 999)})", f"({kind[0]}){number}", f"{label}:{holder}"]
    elif way == 3:
        cells = "".join(
            f"<tr><th>{a}</th><td>{esc(b)}</td></tr>"
            for a, b in (
                ("金融機関名", name),
                ("支店名", branch),
                ("預金種別", kind),
                ("口座番号", number),
                (label, holder),
            )
        )
        return f'<div class="bank">{div(title)}<table class="ruled">{cells}</table></div>'
    elif way == 4:
        heads = "".join(f"<th>{a}</th>" for a in ("銀行名", "支店名", "種別", "口座番号", label))
        cells = "".join(f"<td>{esc(a)}</td>" for a in (name, branch, kind, number, holder))
        return f'<div class="bank">{div(title)}<table class="ruled"><tr>{heads}</tr><tr>{cells}</tr></table></div>'
    elif way == 5:
        rows = [f"銀行名:{name}", f"支店名:{branch}", f"口座種別:{kind}", f"口座番号:{number}", f"{label}:{holder}"]
    elif way == 6:
        return f'<div class="bank">{div(f"{title} {name}/{branch}/{kind}口座/{number}/{holder}")}</div>'
    else:
        rows = [f"{name} {branch} {kind}No.{number}", f"{holder}"]
    return f'<div class="bank">{div(title)}{"".join(map(div, rows))}{div(str(view["bank_note"]))}</div>'
