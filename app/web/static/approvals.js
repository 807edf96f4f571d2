"use strict";
// An approver's keys, and the next scan fetched ahead. Without this every form and link works as it stands.
(() => {
  const go = (id) => document.getElementById(id)?.click();
  const form = document.querySelector("form[data-decide]");
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat) return;
    if (event.target.closest("input, textarea, select, [contenteditable]") || document.querySelector("dialog[open]")) return;
    if (event.key === "j") go("next");
    else if (event.key === "k") go("previous");
    else if (event.key === "a" && form) form.querySelector("[value=approve]").click();
    else if (event.key === "r" && form) form.querySelector("[data-words]").focus();
    else return;
    event.preventDefault();
  });
  // Enter in the words of a return would be taken for the first button, which approves: it sends nothing.
  form?.querySelector("[data-words]").addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();
  });
  // A return needs words: say so before it is sent. Twice the same button sends once.
  form?.addEventListener("submit", (event) => {
    const words = form.querySelector("[data-words]");
    words.setCustomValidity("");
    if (event.submitter?.value === "return" && !words.value.trim()) {
      event.preventDefault();
      words.required = true;
      words.reportValidity();
      words.required = false;
      return;
    }
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "1";
  });
  const next = document.getElementById("next");
  if (next?.dataset.picture) new Image().src = next.dataset.picture;
})();
