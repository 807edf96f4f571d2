"use strict";
// The scan beside its fields: boxes on hover and focus, selection both ways, pages, zoom, tabs.
(() => {
  const sheets = document.getElementById("sheets");
  const figures = sheets ? [...sheets.querySelectorAll(".sheet")] : [];
  const rows = [...document.querySelectorAll("table.fields tr[data-field]")];
  // boxes on a scan, or the cells of a form made of data
  const boxesOf = (field) => [...document.querySelectorAll(`#viewer [data-field="${CSS.escape(field)}"]`)];
  const rowOf = (field) => rows.find((row) => row.dataset.field === field);
  let picked = null;
  let page = 0;
  let zoom = "page";

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

  // --- pages and zoom
  const sizeOf = (figure) => {
    const image = figure.querySelector("img");
    return [Number(figure.dataset.width) || image.naturalWidth || 1, Number(figure.dataset.height) || image.naturalHeight || 1];
  };
  const layout = () => {
    const figure = figures[page];
    if (!figure) return;
    const [width, height] = sizeOf(figure);
    const room = sheets.clientWidth - 32;
    const tall = sheets.clientHeight - 32;
    const fitWidth = room / width;
    const scale = zoom === "width" ? fitWidth : zoom === "page" ? Math.min(fitWidth, tall / height) : zoom;
    figure.style.width = `${Math.round(width * scale)}px`;
    document.getElementById("zoom-now").textContent = `${Math.round(scale * 100)}%`;
    sheets.dataset.scale = String(scale);
  };
  const showPage = (index) => {
    if (index < 0 || index >= figures.length) return;
    page = index;
    figures.forEach((figure, at) => { figure.hidden = at !== index; });
    const now = document.getElementById("page-now");
    if (now) now.textContent = String(index + 1);
    layout();
  };
  const zoomTo = (how) => {
    const scale = Number(sheets.dataset.scale) || 1;
    zoom = how === "in" ? Math.min(scale * 1.25, 6) : how === "out" ? Math.max(scale / 1.25, 0.05) : how;
    layout();
  };
  document.querySelectorAll("[data-zoom]").forEach((button) => {
    button.addEventListener("click", () => zoomTo(button.dataset.zoom));
  });
  document.querySelectorAll("[data-page-step]").forEach((button) => {
    button.addEventListener("click", () => showPage(page + Number(button.dataset.pageStep)));
  });
  if (sheets) {
    new ResizeObserver(layout).observe(sheets);
    sheets.addEventListener("wheel", (event) => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      zoomTo(event.deltaY < 0 ? "in" : "out");
    }, { passive: false });
    figures.forEach((figure) => {
      const image = figure.querySelector("img");
      const failed = () => {
        image.hidden = true;
        figure.classList.add("failed");
        figure.querySelector(".no-image").hidden = false;
      };
      image.addEventListener("error", failed);
      image.addEventListener("load", layout);
      if (image.complete && !image.naturalWidth && image.getAttribute("loading") !== "lazy") failed();
    });
    showPage(0);
  }

  // --- fields and boxes
  const light = (field, on) => {
    boxesOf(field).forEach((box) => box.classList.toggle("on", on));
    const row = rowOf(field);
    if (row) row.classList.toggle("on", on);
  };
  const reveal = (field) => {
    const box = boxesOf(field)[0];
    if (!box) return;
    const figure = box.closest(".sheet");
    if (!figure) { box.scrollIntoView({ block: "nearest" }); return; }
    if (Number(figure.dataset.page) !== page) showPage(Number(figure.dataset.page));
    const at = box.getBoundingClientRect();
    const frame = sheets.getBoundingClientRect();
    if (at.top < frame.top || at.bottom > frame.bottom) sheets.scrollTop += at.top - frame.top - frame.height / 3;
    if (at.left < frame.left || at.right > frame.right) sheets.scrollLeft += at.left - frame.left - frame.width / 3;
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
  if (sheets) {
    document.getElementById("all-boxes").addEventListener("change", (event) => {
      sheets.classList.toggle("all", event.target.checked);
    });
  }
  document.querySelectorAll("[data-goto]").forEach((button) => {
    button.addEventListener("click", () => pick(button.dataset.goto, { focus: true }));
  });
  document.addEventListener("keydown", (event) => {
    if (event.target.closest("input, textarea, select") || event.ctrlKey || event.metaKey || event.altKey || !sheets) return;
    if (event.key === "[") showPage(page - 1);
    else if (event.key === "]") showPage(page + 1);
    else if (event.key === "+" || event.key === ";") zoomTo("in");
    else if (event.key === "-") zoomTo("out");
    else if (event.key === "0") zoomTo("page");
  });
})();
