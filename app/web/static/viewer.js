"use strict";
// The scan of a document: pages, zoom, turning, dragging, boxes of fields, words that can be clicked into a field.
window.shokoViewer = (root, signal) => {
  const viewer = root.querySelector("#viewer");
  const sheets = root.querySelector("#sheets");
  const figures = sheets ? [...sheets.querySelectorAll(".sheet")] : [];
  const strip = [...root.querySelectorAll("[data-page-go]")];
  const SVG = "http://www.w3.org/2000/svg";
  const LEAST = 0.05;
  const MOST = 6;
  let page = 0;
  let zoom = "page";
  let turn = 0;
  let onWord = null;

  const sizeOf = (figure) => {
    const image = figure.querySelector("img");
    return [Number(figure.dataset.width) || image.naturalWidth || 1, Number(figure.dataset.height) || image.naturalHeight || 1];
  };
  const layout = () => {
    const figure = figures[page];
    if (!figure) return;
    const [width, height] = sizeOf(figure);
    const lying = turn % 180 !== 0;
    const [wide, tall] = lying ? [height, width] : [width, height];
    const fitWidth = (sheets.clientWidth - 24) / wide;
    const fitPage = Math.min(fitWidth, (sheets.clientHeight - 24) / tall);
    const scale = zoom === "width" ? fitWidth : zoom === "page" ? fitPage : zoom;
    figure.style.width = `${Math.round(wide * scale)}px`;
    figure.style.height = `${Math.round(tall * scale)}px`;
    const turning = figure.querySelector(".turning");
    turning.style.width = `${Math.round(width * scale)}px`;
    turning.style.height = `${Math.round(height * scale)}px`;
    turning.style.transform = turn ? `translate(-50%, -50%) rotate(${turn}deg)` : "translate(-50%, -50%)";
    root.querySelector("#zoom-now").textContent = `${Math.round(scale * 100)}%`;
    sheets.dataset.scale = String(scale);
  };
  const showPage = (index) => {
    if (index < 0 || index >= figures.length) return;
    page = index;
    figures.forEach((figure, at) => { figure.hidden = at !== index; });
    strip.forEach((link, at) => { if (at === index) link.setAttribute("aria-current", "true"); else link.removeAttribute("aria-current"); });
    if (strip[index]) strip[index].scrollIntoView({ block: "nearest", inline: "nearest" });
    const now = root.querySelector("#page-now");
    if (now) now.textContent = String(index + 1);
    layout();
    if (sheets.classList.contains("wording")) loadWords(index);
  };
  const zoomTo = (how, at) => {
    if (!sheets) return;
    const before = Number(sheets.dataset.scale) || 1;
    zoom = how === "in" ? Math.min(before * 1.25, MOST) : how === "out" ? Math.max(before / 1.25, LEAST) : how;
    const [x, y] = at || [sheets.clientWidth / 2, sheets.clientHeight / 2];
    const [left, top] = [sheets.scrollLeft + x, sheets.scrollTop + y];
    layout();
    if (how === "page" || how === "width") { sheets.scrollLeft = 0; sheets.scrollTop = 0; return; }
    const grown = Number(sheets.dataset.scale) / before;
    sheets.scrollLeft = left * grown - x;
    sheets.scrollTop = top * grown - y;
  };
  const turnPage = () => { turn = (turn + 90) % 360; layout(); };

  // a place on a page, brought into view and made readable
  const into = (element) => {
    const at = element.getBoundingClientRect();
    const frame = sheets.getBoundingClientRect();
    if (at.top < frame.top + 8 || at.bottom > frame.bottom - 8) sheets.scrollTop += at.top - frame.top - (frame.height - at.height) / 3;
    if (at.left < frame.left + 8 || at.right > frame.right - 8) sheets.scrollLeft += at.left - frame.left - (frame.width - at.width) / 2;
  };
  const reveal = (element) => {
    const figure = element.closest(".sheet");
    if (!figure) { element.scrollIntoView({ block: "nearest" }); return; }
    if (Number(figure.dataset.page) !== page) showPage(Number(figure.dataset.page));
    into(element);
  };
  const rectangle = (box, name) => {
    const rect = document.createElementNS(SVG, "rect");
    rect.setAttribute("class", name);
    ["x", "y", "width", "height"].forEach((key, at) => rect.setAttribute(key, box[at]));
    return rect;
  };
  // spots: [page, left, top, width, height] of possible answers
  const mark = (spots, { look = true } = {}) => {
    figures.forEach((figure) => { const group = figure.querySelector(".spots"); if (group) group.replaceChildren(); });
    let first = null;
    for (const [at, ...box] of spots) {
      const group = figures[at] && figures[at].querySelector(".spots");
      if (!group) continue;
      const rect = rectangle(box, "spot");
      group.append(rect);
      if (!first) first = rect;
    }
    if (first && look) reveal(first);
    return Boolean(first);
  };

  // words are fetched for a page when somebody wants them
  const asked = new Set();
  const loadWords = async (index) => {
    if (asked.has(index) || !viewer.dataset.words) return;
    asked.add(index);
    const answer = await fetch(`${viewer.dataset.words}/${index + 1}.json?revision=${viewer.dataset.revision}`);
    if (!answer.ok) { asked.delete(index); return; }
    const group = figures[index].querySelector(".words");
    if (!group) return;
    for (const word of (await answer.json()).words) {
      const [left, top, right, bottom] = word.box;
      const rect = rectangle([left, top, right - left, bottom - top], "word");
      const title = document.createElementNS(SVG, "title");
      title.textContent = word.text;
      rect.append(title);
      rect.addEventListener("click", (event) => {
        if (onWord && onWord(word.text, event.shiftKey || event.ctrlKey || event.metaKey)) event.stopPropagation();
      });
      group.append(rect);
    }
  };
  const offerWords = (take) => {
    onWord = take;
    if (!sheets) return;
    sheets.classList.toggle("wording", Boolean(take) || allWords());
    if (take) loadWords(page);
  };
  const allWords = () => Boolean(root.querySelector("#all-words:checked"));

  root.querySelectorAll("[data-zoom]").forEach((button) => {
    button.addEventListener("click", () => zoomTo(button.dataset.zoom));
  });
  root.querySelectorAll("[data-page-step]").forEach((button) => {
    button.addEventListener("click", () => showPage(page + Number(button.dataset.pageStep)));
  });
  root.querySelectorAll("[data-turn]").forEach((button) => button.addEventListener("click", turnPage));
  strip.forEach((link) => link.addEventListener("click", (event) => {
    event.preventDefault();
    showPage(Number(link.dataset.pageGo));
  }));
  if (sheets) {
    sheets.classList.add("live");
    new ResizeObserver(layout).observe(sheets);
    sheets.addEventListener("wheel", (event) => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      const frame = sheets.getBoundingClientRect();
      zoomTo(event.deltaY < 0 ? "in" : "out", [event.clientX - frame.left, event.clientY - frame.top]);
    }, { passive: false });
    // dragging moves the page, with a mouse; fingers scroll by themselves
    let held = null;
    sheets.addEventListener("pointerdown", (event) => {
      if (event.pointerType !== "mouse" || event.button !== 0 || event.target.closest(".box, .word")) return;
      held = [event.clientX + sheets.scrollLeft, event.clientY + sheets.scrollTop];
    });
    addEventListener("pointermove", (event) => {
      if (!held) return;
      sheets.classList.add("dragged");
      sheets.scrollLeft = held[0] - event.clientX;
      sheets.scrollTop = held[1] - event.clientY;
    }, { signal });
    addEventListener("pointerup", () => { held = null; sheets.classList.remove("dragged"); }, { signal });
    sheets.addEventListener("dragstart", (event) => event.preventDefault());
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
    root.querySelector("#all-boxes").addEventListener("change", (event) => sheets.classList.toggle("all", event.target.checked));
    root.querySelector("#all-words").addEventListener("change", () => {
      sheets.classList.toggle("wording", allWords() || Boolean(onWord));
      sheets.classList.toggle("all-words", allWords());
      if (allWords()) loadWords(page);
    });
  }
  const keys = (event) => {
    if (!sheets || event.ctrlKey || event.metaKey || event.altKey) return false;
    if (event.key === "[") showPage(page - 1);
    else if (event.key === "]") showPage(page + 1);
    else if (event.key === "+" || event.key === ";") zoomTo("in");
    else if (event.key === "-") zoomTo("out");
    else if (event.key === "r") turnPage();
    else return false;
    return true;
  };
  return { showPage, zoomTo, turnPage, reveal, mark, offerWords, keys, pages: () => figures.length, page: () => page };
};
