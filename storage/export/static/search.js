// Search of an audit bundle, from file://. Loads nothing but the scripts beside it; values are only ever set as text.
"use strict";

const PAGE = 50;
const NAMES = ["id", "revision", "type", "state", "date", "amount", "currency", "party", "received", "assumed", "files", "shown", "stamps", "accredited"];
const WORDS = {
  ja: { count: (n, all) => `${n.toLocaleString("ja-JP")} 件（全 ${all.toLocaleString("ja-JP")} 件）`, none: "―", pending: "付与待ち", accredited: "総務大臣認定", plain: "認定なし", revision: n => `第${n}版`, assumed: "受領日は仮", shown: "閲覧用", stamp: "タイムスタンプ", place: (a, b) => `${a} / ${b} ページ`, loading: "本文を読み込んでいます…", badAmount: "金額は数字で入れてください", missing: "一部のデータを読み込めませんでした。page フォルダごとコピーされているか確かめてください" },
  en: { count: (n, all) => `${n.toLocaleString("en")} of ${all.toLocaleString("en")}`, none: "–", pending: "pending", accredited: "accredited", plain: "not accredited", revision: n => `revision ${n}`, assumed: "day of receipt assumed", shown: "for reading", stamp: "Timestamp", place: (a, b) => `page ${a} of ${b}`, loading: "Loading texts…", badAmount: "Amounts must be numbers", missing: "Some data could not be loaded. Was the folder 'page' copied as well?" },
};

const rows = [];
const texts = new Map();
let labels = {};
let language = "ja";
let order = { by: "", down: false };
let page = 0;
let hits = [];

function shokoRows(part, list) {
  for (const values of list) {
    const row = { part, at: rows.length };
    NAMES.forEach((name, i) => { row[name] = values[i]; });
    row.key = key(row.party);
    row.number = row.amount === null ? null : Number(row.amount);
    rows.push(row);
  }
}
function shokoTexts(part, list) { texts.set(part, list.map(fold)); }
function shokoLabels(map) { labels = map; }

const field = id => document.getElementById(id);
const say = () => WORDS[language];
// One spelling for what people write in several ways: width, case, kana, company forms, some variant characters.
function fold(text) {
  return (text || "").normalize("NFKC").toLowerCase()
    .replace(/[\u3041-\u3096]/g, c => String.fromCharCode(c.charCodeAt(0) + 0x60))
    .replace(/[‐‑‒–—―−ｰ]/g, "ー").replace(/[・･]/g, "")
    .replace(/髙/g, "高").replace(/﨑/g, "崎").replace(/[邊邉]/g, "辺").replace(/[齋齊]/g, "斎").replace(/[澤]/g, "沢");
}
function key(text) {
  return fold(text).replace(/\s+/g, "").replace(/\(株\)/g, "株式会社").replace(/\(有\)/g, "有限会社")
    .replace(/\(資\)/g, "合資会社").replace(/\(名\)/g, "合名会社");
}
function number(id) {
  const text = field(id).value.normalize("NFKC").replace(/[,、円¥\s]/g, "");
  const bad = text !== "" && !/^-?[0-9]+(\.[0-9]*)?$/.test(text);
  if (bad) field(id).setAttribute("aria-invalid", "true"); else field(id).removeAttribute("aria-invalid");
  return text === "" || bad ? { value: null, bad } : { value: Number(text), bad };
}

// The texts are long: they are loaded when words are looked for.
let wanted = false;
function loadTexts() {
  if (wanted) return;
  wanted = true;
  const parts = Number(document.body.dataset.parts);
  for (let part = 1; part <= parts; part++) {
    const script = document.createElement("script");
    script.src = `page/texts-${String(part).padStart(4, "0")}.js`;
    script.onload = search;
    script.onerror = () => problem(say().missing);
    document.body.append(script);
  }
}
function problem(text) { field("problem").textContent = text; field("problem").hidden = text === ""; }

function search() {
  const words = fold(field("words").value).split(/\s+/).filter(Boolean);
  const party = key(field("counterparty").value);
  const from = field("from").value, to = field("to").value;
  const min = number("min"), max = number("max");
  const blank = { date: field("date-blank").checked, amount: field("amount-blank").checked, party: field("party-blank").checked };
  if (words.length) loadTexts();
  const waiting = words.length && texts.size < Number(document.body.dataset.parts);
  const missing = rows.length !== Number(document.body.dataset.count);
  problem(missing ? say().missing : min.bad || max.bad ? say().badAmount : waiting ? say().loading : "");
  const offsets = new Map();
  for (const row of rows) if (!offsets.has(row.part)) offsets.set(row.part, row.at);
  hits = rows.filter(row =>
    (!blank.date || row.date === null) && (!from || (row.date !== null && row.date >= from)) && (!to || (row.date !== null && row.date <= to)) &&
    (!blank.amount || row.number === null) && (min.value === null || (row.number !== null && row.number >= min.value)) &&
    (max.value === null || (row.number !== null && row.number <= max.value)) &&
    (!blank.party || !row.party) && (!party || row.key.includes(party)) &&
    (!words.length || (texts.has(row.part) && words.every(word => texts.get(row.part)[row.at - offsets.get(row.part)].includes(word)))));
  if (order.by) {
    const value = { date: r => r.date, amount: r => r.number, party: r => r.key || null }[order.by];
    hits.sort((a, b) => {
      const x = value(a), y = value(b);
      if (x === null || y === null) return x === y ? a.at - b.at : x === null ? 1 : -1;
      return x === y ? a.at - b.at : (x < y) === order.down ? 1 : -1;
    });
  }
  page = 0;
  show();
}

function cell(row, text, name) {
  const td = row.insertCell();
  td.className = name;
  td.textContent = text;
  return td;
}
function note(td, text) {
  const span = document.createElement("span");
  span.className = "note";
  span.textContent = text;
  td.append(span, " ");
}
function link(td, name, path) {
  const a = document.createElement("a");
  a.href = path; a.textContent = name; a.target = "_blank"; a.rel = "noopener noreferrer";
  td.append(a);
}
function label(text) { return language === "en" ? labels[text] || text : text; }
function money(row) {
  if (row.number === null) return say().none;
  const shown = row.amount.replace(/\B(?=(\d{3})+(?!\d))(?<!\..*)/g, ",");
  return row.currency === "JPY" ? (language === "ja" ? `${shown} 円` : `¥${shown}`) : `${shown} ${row.currency}`;
}

function show() {
  const w = say(), pages = Math.max(1, Math.ceil(hits.length / PAGE));
  field("count").textContent = w.count(hits.length, rows.length);
  field("place").textContent = w.place(page + 1, pages);
  field("previous").disabled = page === 0;
  field("next").disabled = page + 1 >= pages;
  const body = document.createElement("tbody");
  body.id = "rows";
  for (const d of hits.slice(page * PAGE, (page + 1) * PAGE)) {
    const row = body.insertRow();
    cell(row, d.date || w.none, "date");
    cell(row, label(d.type), "type");
    cell(row, d.party || w.none, "party");
    cell(row, money(d), "amount");
    const files = cell(row, "", "file");
    for (const [name, path] of d.files) link(files, name, path);
    for (const [name, path] of d.shown) link(files, `${w.shown}: ${name}`, path);
    note(files, d.id);
    const stamp = cell(row, d.stamps.length ? d.stamps.join(", ") : w.pending, "stamp");
    stamp.dataset.name = w.stamp;
    if (d.stamps.length) note(stamp, d.accredited ? w.accredited : w.plain);
    const state = cell(row, label(d.state), "state");
    if (d.revision > 1) note(state, w.revision(d.revision));
    if (d.assumed) note(state, w.assumed);
  }
  field("rows").replaceWith(body);
  for (const head of document.querySelectorAll("th[aria-sort]")) {
    const mine = head.querySelector("button").dataset.order === order.by;
    head.setAttribute("aria-sort", mine ? (order.down ? "descending" : "ascending") : "none");
  }
}

function speak(code) {
  language = code;
  document.documentElement.lang = code;
  for (const one of ["ja", "en"]) field(one).setAttribute("aria-pressed", String(one === code));
  search();
}
window.addEventListener("DOMContentLoaded", () => {
  field("form").addEventListener("input", search);
  field("form").addEventListener("reset", () => setTimeout(search));
  field("form").addEventListener("submit", event => event.preventDefault());
  field("previous").addEventListener("click", () => { page -= 1; show(); });
  field("next").addEventListener("click", () => { page += 1; show(); });
  for (const code of ["ja", "en"]) field(code).addEventListener("click", () => speak(code));
  for (const button of document.querySelectorAll("[data-order]")) {
    button.addEventListener("click", () => {
      order = { by: button.dataset.order, down: order.by === button.dataset.order && !order.down };
      search();
    });
  }
  speak("ja");
});
