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

// The whole row opens its document; a middle click or a selection of text is left alone.
document.addEventListener("click", (event) => {
  const row = event.target.closest("#hits tbody tr");
  if (!row || event.target.closest("a, button, input") || String(getSelection())) return;
  const link = row.querySelector(".row-link");
  if (event.ctrlKey || event.metaKey) window.open(link.href, "_blank", "noopener");
  else link.click();
});

document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  if (event.key === "/" && !typing && document.getElementById("words")) {
    event.preventDefault();
    document.getElementById("words").focus();
    return;
  }
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  const links = [...document.querySelectorAll("#hits .row-link")];
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

// One box ticks every row of its form; Enter in a field of such a form sends nothing by accident.
document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-choose-all]")) return;
  for (const box of event.target.closest("form").querySelectorAll("input[name=ids]")) box.checked = event.target.checked;
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.matches("[data-bulk] input")) event.preventDefault();
});

// Who works at this browser types the name once; it stays in the browser.
for (const box of document.querySelectorAll("input[name=by]")) box.value ||= localStorage.getItem("shoko-by") || "";
document.addEventListener("change", (event) => {
  if (event.target.matches("input[name=by]")) localStorage.setItem("shoko-by", event.target.value.trim());
});
