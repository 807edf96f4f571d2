"use strict";
// Small things every page shares: Japanese input, shortcuts, rows by keyboard.

// While an input method is composing, half-converted kana are not a query.
document.addEventListener("input", (event) => {
  if (event.isComposing) event.stopImmediatePropagation();
}, true);
document.addEventListener("compositionend", (event) => {
  event.target.dispatchEvent(new Event("input", { bubbles: true }));
});

// Period shortcuts fill both days of their form.
document.addEventListener("click", (event) => {
  const shortcut = event.target.closest(".shortcut");
  if (!shortcut) return;
  const form = shortcut.closest("form");
  form.querySelector("[name=date_from]").value = shortcut.dataset.from;
  const end = form.querySelector("[name=date_to]");
  end.value = shortcut.dataset.to;
  end.dispatchEvent(new Event("change", { bubbles: true }));
});

// A calendar beside every day that is typed; the day it gives is written as it would be typed.
document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-day-pick]");
  if (!button) return;
  const native = button.nextElementSibling;
  const typed = /^(\d{4})[/.-](\d{1,2})[/.-](\d{1,2})$/.exec(button.previousElementSibling.value.trim());
  native.value = typed ? `${typed[1]}-${typed[2].padStart(2, "0")}-${typed[3].padStart(2, "0")}` : "";
  native.showPicker();
});
const enter = (box, text) => {
  box.value = text;
  box.dispatchEvent(new Event("input", { bubbles: true }));
  box.dispatchEvent(new Event("change", { bubbles: true }));
};
document.addEventListener("change", (event) => {
  if (!event.target.matches(".day-native")) return;
  event.stopPropagation();
  enter(event.target.parentElement.querySelector("input"), event.target.value.replaceAll("-", "/"));
}, true);

// Days and amounts that were typed (or taken from the scan) stand as the page writes them once the box is left.
document.addEventListener("focusout", (event) => {
  const box = event.target;
  if (!box.matches("input[data-kind]")) return;
  const plain = box.value.normalize("NFKC").trim();
  let text = box.value;
  if (box.dataset.kind === "date") {
    const day = /^(\d{4})\s*[/.年-]\s*(\d{1,2})\s*[/.月-]\s*(\d{1,2})\s*日?$/.exec(plain) || /^(\d{4})(\d{2})(\d{2})$/.exec(plain);
    if (day) text = `${day[1]}/${day[2].padStart(2, "0")}/${day[3].padStart(2, "0")}`;
  } else {
    const sum = /^[¥\\]?(-?)[¥\\]?([\d,]+)(\.\d+)?円?$/.exec(plain.replace(/\s/g, ""));
    const digits = sum && sum[2].replaceAll(",", "").replace(/^0+(?=\d)/, "");
    if (digits) text = sum[1] + digits.replace(/\B(?=(\d{3})+$)/g, ",") + (sum[3] || "");
  }
  if (text !== box.value) enter(box, text);
});

// The whole row opens its document; a middle click or a selection of text is left alone.
document.addEventListener("click", (event) => {
  const row = event.target.closest(".grid.rows tbody tr");
  if (!row || event.target.closest("a, button, input, select, label, summary") || String(getSelection())) return;
  const link = row.querySelector(".row-link");
  if (!link) return;
  if (event.ctrlKey || event.metaKey) window.open(link.href, "_blank", "noopener");
  else link.click();
});

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  if (!typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    const box = document.getElementById("words") || document.getElementById("find");
    const keys = document.getElementById("keys");
    if (event.key === "/" && box) {
      event.preventDefault();
      box.focus();
      box.select();
      return;
    }
    if (event.key === "?" && keys && !document.querySelector("dialog[open]")) {
      event.preventDefault();
      keys.showModal();
      return;
    }
  }
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  const links = [...document.querySelectorAll("#hits .row-link, .grid.rows .row-link")];
  const at = links.indexOf(document.activeElement);
  const fromWords = document.activeElement && document.activeElement.id === "words" && event.key === "ArrowDown";
  if (!links.length || (at < 0 && !fromWords)) return;
  event.preventDefault();
  const next = links[at + (event.key === "ArrowDown" ? 1 : -1)];
  if (next) next.focus();
});

// Back to the very results one came from, where there are any.
document.addEventListener("click", (event) => {
  const back = event.target.closest("[data-back]");
  if (!back || !document.referrer) return;
  const from = new URL(document.referrer);
  if (from.origin === location.origin && from.pathname === "/search") {
    event.preventDefault();
    location.href = document.referrer;
  }
});

// Away from an error as the browser's own button goes: what was typed stands there still.
document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-go-back]") || history.length < 2) return;
  event.preventDefault();
  history.back();
});

// What was chosen stands beside the button of our own words.
document.addEventListener("change", (event) => {
  const shown = event.target.matches(".file-box > input") && event.target.parentElement.querySelector(".file-name");
  if (shown) shown.textContent = [...event.target.files].map((file) => file.name).join("、") || shown.dataset.none;
});

// One box ticks every row of its form; Enter in a field of such a form sends nothing by accident.
document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-choose-all]")) return;
  for (const box of event.target.closest("form").querySelectorAll("input[name=ids]")) box.checked = event.target.checked;
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.matches("[data-bulk] input")) event.preventDefault();
});

// A long list beside a box: what does not hold the words that are typed is out of the way; what is ticked stays.
const sifted = (text) => text.normalize("NFKC").toLowerCase().replace(/[ァ-ヶ]/g, (kana) => String.fromCharCode(kana.charCodeAt(0) - 0x60));
for (const box of document.querySelectorAll("[data-sift]")) {
  const said = document.getElementById(`${box.dataset.sift}-said`);
  const items = [...document.querySelectorAll(`#${box.dataset.sift} > :is(.check, tr)`)].map((item) => [item, sifted(`${item.textContent} ${item.dataset.also || ""}`)]);
  const sift = () => {
    const words = sifted(box.value).split(/\s+/).filter(Boolean);
    let left = 0;
    for (const [item, text] of items) {
      const fits = words.every((word) => text.includes(word));
      left += fits;
      item.hidden = !fits && !item.querySelector("input:checked");
    }
    said.textContent = words.length ? (left ? box.dataset.found.replace("{n}", left) : box.dataset.none) : "";
  };
  box.addEventListener("input", sift);
  box.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
  box.closest(".sift").hidden = false;
}

// Who works at this browser types the name once; it stays in the browser.
for (const box of document.querySelectorAll("input[name=by]")) box.value ||= localStorage.getItem("shoko-by") || "";
document.addEventListener("change", (event) => {
  if (event.target.matches("input[name=by]")) localStorage.setItem("shoko-by", event.target.value.trim());
});

// The sheet of a phone closes with Escape and with a touch beside it; a dialog with a touch beside it.
document.addEventListener("click", (event) => {
  for (const open of document.querySelectorAll(".sheet-menu[open], .ask-box[open]")) {
    if (!event.target.closest(".sheet-body, .ask-box, .sheet-menu > summary")) open.open = false;
  }
  if (event.target.matches("dialog.dialog")) event.target.close();
});
document.addEventListener("keydown", (event) => {
  const menu = document.querySelector(".sheet-menu[open], .ask-box[open]");
  if (event.key !== "Escape" || !menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});
document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener) document.getElementById(opener.dataset.opens)?.showModal();
});

// A question opens with its box ready to be written in.
document.addEventListener("toggle", (event) => {
  if (event.target.matches(".ask-box[open]")) event.target.querySelector("input[type=search]").focus();
}, true);

// A word about what was done, for four seconds; it is also read out.
window.shoko = {
  toast(words) {
    const toast = document.createElement("p");
    toast.className = "toast";
    toast.textContent = words;
    document.getElementById("toasts").append(toast);
    setTimeout(() => toast.remove(), 4000);
  },
};
