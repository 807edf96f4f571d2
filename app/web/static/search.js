"use strict";
// The search page by keyboard, names as they are typed, and what was chosen.

const field = () => document.getElementById("counterparty");
let asked = "";
document.addEventListener("input", async (event) => {
  if (event.target !== field() || event.isComposing) return;
  const typed = event.target.value.trim();
  if (!typed || typed === asked) return;
  asked = typed;
  const answer = await fetch(`/search/suggestions?counterparty=${encodeURIComponent(typed)}`, { headers: { Accept: "application/json" } });
  if (!answer.ok || typed !== asked) return;
  const list = document.getElementById("names");
  list.replaceChildren(...(await answer.json()).names.map((one) => {
    const option = document.createElement("option");
    option.value = one.name;
    return option;
  }));
  list.dataset.for = typed;
});

// On a phone the conditions fold away: the line for a sentence stays.
document.documentElement.classList.add("with-script");
const fold = document.querySelector(".condition-fold");
if (fold && matchMedia("(max-width: 720px)").matches) fold.open = false;

const rows = () => [...document.querySelectorAll("#hits tbody tr")];
function count() {
  const shown = document.querySelector("[data-chosen]");
  const chosen = document.querySelectorAll("#hits input[name=ids]:checked").length;
  shown?.closest(".bulk-acts").classList.toggle("any", chosen > 0);
  if (shown) shown.textContent = chosen.toLocaleString("ja-JP");
}
function go(step) {
  const all = rows();
  if (!all.length) return;
  const at = all.findIndex((row) => row.classList.contains("at") || row.contains(document.activeElement));
  const next = all[Math.min(Math.max(at + step, 0), all.length - 1)];
  for (const row of all) row.classList.toggle("at", row === next);
  next.querySelector(".row-link").focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}
document.addEventListener("keydown", (event) => {
  if (event.target.closest("input:not([type=checkbox]), textarea, select") || event.ctrlKey || event.metaKey || event.altKey) return;
  if (document.querySelector("dialog[open]")) return;
  if (event.key === "j" || event.key === "k") {
    event.preventDefault();
    go(event.key === "j" ? 1 : -1);
  } else if (event.key === "x") {
    const box = document.querySelector("#hits tr.at input[name=ids]");
    if (!box) return;
    event.preventDefault();
    box.checked = !box.checked;
    count();
  }
});
document.addEventListener("change", (event) => {
  if (event.target.matches("#hits input")) count();
});
document.addEventListener("focusin", (event) => {
  const row = event.target.closest("#hits tbody tr");
  if (!row) return;
  for (const one of rows()) one.classList.toggle("at", one === row);
});
// Boxes are for choosing: they change no conditions. A picture that cannot be made leaves its place empty.
document.addEventListener("error", (event) => {
  if (event.target.matches?.(".h-thumb img")) event.target.remove();
}, true);
// What is saved is what the address says now.
document.addEventListener("submit", (event) => {
  const here = event.target.querySelector("[data-here]");
  if (here) here.value = location.search.slice(1);
});
document.addEventListener("click", (event) => {
  const menu = document.querySelector(".saved-menu[open]");
  if (menu && !event.target.closest(".saved-menu")) menu.open = false;
});
