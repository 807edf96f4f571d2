"use strict";
// The scan beside its fields: boxes on hover and focus, selection both ways, pages, zoom, tabs.
(() => {
  const viewer = window.shokoViewer(document, new AbortController().signal);
  const rows = [...document.querySelectorAll("table.fields tr[data-field]")];
  // boxes on a scan, or the cells of a form made of data
  const boxesOf = (field) => [...document.querySelectorAll(`#viewer [data-field="${CSS.escape(field)}"]`)];
  const rowOf = (field) => rows.find((row) => row.dataset.field === field);
  let picked = null;

  // --- tabs
  const tabs = [...document.querySelectorAll("[role=tab]")];
  const openTab = (name, focus) => {
    if (!tabs.some((tab) => tab.getAttribute("aria-controls") === name)) return;
    for (const tab of tabs) {
      const on = tab.getAttribute("aria-controls") === name;
      tab.setAttribute("aria-selected", String(on));
      tab.tabIndex = on ? 0 : -1;
      document.getElementById(tab.getAttribute("aria-controls")).hidden = !on;
      if (on && focus) tab.focus();
    }
  };
  tabs.forEach((tab, index) => {
    tab.addEventListener("click", (event) => {
      event.preventDefault();
      openTab(tab.getAttribute("aria-controls"));
      history.replaceState(null, "", `#${tab.getAttribute("aria-controls")}`);
    });
    tab.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      event.preventDefault();
      openTab(tabs[(index + step + tabs.length) % tabs.length].getAttribute("aria-controls"), true);
    });
  });
  openTab(location.hash.slice(1) || "fields");
  if (!document.querySelector("[role=tab][aria-selected=true]")) openTab("fields");
  // a link or an address to another part of this very page
  window.addEventListener("hashchange", () => openTab(location.hash.slice(1)));

  // --- fields and boxes
  const light = (field, on) => {
    boxesOf(field).forEach((box) => box.classList.toggle("on", on));
    const row = rowOf(field);
    if (row) row.classList.toggle("on", on);
  };
  const reveal = (field) => {
    const box = boxesOf(field)[0];
    if (box) viewer.reveal(box);
  };
  const pick = (field, { focus = false } = {}) => {
    if (picked) {
      boxesOf(picked).forEach((box) => box.classList.remove("picked"));
      const old = rowOf(picked);
      if (old) { old.classList.remove("picked"); old.querySelector(".pick").setAttribute("aria-pressed", "false"); }
    }
    picked = picked === field && !focus ? null : field;
    if (!picked) return;
    boxesOf(field).forEach((box) => box.classList.add("picked"));
    reveal(field);
    const row = rowOf(field);
    if (!row) return;
    row.classList.add("picked");
    const button = row.querySelector(".pick");
    button.setAttribute("aria-pressed", "true");
    if (focus) { openTab("fields"); button.focus({ preventScroll: true }); row.scrollIntoView({ block: "nearest" }); }
  };
  rows.forEach((row, index) => {
    const field = row.dataset.field;
    row.addEventListener("mouseenter", () => light(field, true));
    row.addEventListener("mouseleave", () => light(field, false));
    const button = row.querySelector(".pick");
    button.addEventListener("focus", () => { light(field, true); reveal(field); });
    button.addEventListener("blur", () => light(field, false));
    row.addEventListener("click", (event) => {
      if (!String(getSelection()) || event.target.closest(".pick")) pick(field);
    });
    button.addEventListener("keydown", (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      const next = step && rows[index + step];
      if (!next) return;
      event.preventDefault();
      next.querySelector(".pick").focus();
    });
  });
  document.querySelectorAll("#viewer [data-field]").forEach((box) => {
    box.addEventListener("mouseenter", () => light(box.dataset.field, true));
    box.addEventListener("mouseleave", () => light(box.dataset.field, false));
    box.addEventListener("click", () => pick(box.dataset.field, { focus: true }));
  });
  document.querySelectorAll("[data-goto]").forEach((button) => {
    button.addEventListener("click", () => pick(button.dataset.goto, { focus: true }));
  });
  // a value being corrected: where it was read lights up, and words of the scan can be clicked into it
  const correcting = document.querySelector(".correct-form");
  if (correcting) {
    correcting.addEventListener("focusin", (event) => {
      const box = event.target.closest("[name^='field.']");
      if (!box) { viewer.offerWords(null); return; }
      const field = box.name.slice("field.".length);
      if (picked !== field) pick(field);
      viewer.offerWords((text, more) => {
        box.value = more ? box.value + text : text;
        box.focus();
        return true;
      });
    });
  }
  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      document.querySelectorAll(".sheet").forEach((sheet) => { sheet.querySelector("img").loading = "eager"; });
      print();
    });
  }
  // dividing reads pages again, which takes a while
  for (const form of document.querySelectorAll("form[data-busy]")) {
    form.addEventListener("submit", () => {
      const button = form.querySelector("button[type=submit]");
      button.disabled = true;
      button.textContent = form.dataset.busy;
    });
  }
  if (location.hash === "#divide") openTab("related");
  document.addEventListener("keydown", (event) => {
    if (event.target.closest("input, textarea, select") || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "0") viewer.zoomTo("page");
    else viewer.keys(event);
  });
})();
