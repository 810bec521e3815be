"use strict";
const facts = JSON.parse(document.getElementById("facts").textContent);
const drawing = document.querySelector("main svg");
const tables = Array.from(drawing.querySelectorAll(".table"));
const edges = Array.from(drawing.querySelectorAll(".edge"));
const panel = document.getElementById("panel");
const search = document.getElementById("search");
const count = document.getElementById("count");
const whole = drawing.viewBox.baseVal;
const full = { x: whole.x, y: whole.y, width: whole.width, height: whole.height };
let view = { ...full };

function show() {
  drawing.setAttribute("viewBox", [view.x, view.y, view.width, view.height].join(" "));
}

function scale() {
  const place = drawing.getBoundingClientRect();
  return Math.max(view.width / place.width, view.height / place.height);
}

function zoom(factor, x, y) {
  const place = drawing.getBoundingClientRect();
  const point = new DOMPoint(x ?? place.x + place.width / 2, y ?? place.y + place.height / 2)
    .matrixTransform(drawing.getScreenCTM().inverse());
  const width = Math.min(Math.max(view.width * factor, 200), full.width * 4);
  const by = width / view.width;
  view = { x: point.x - (point.x - view.x) * by, y: point.y - (point.y - view.y) * by,
    width, height: view.height * by };
  show();
}

function move(x, y) {
  view.x += x * scale();
  view.y += y * scale();
  show();
}

function lines(table) {
  const name = table.dataset.name;
  return edges.filter((edge) => edge.dataset.from === name || edge.dataset.to === name);
}

function tell(table) {
  for (const each of drawing.querySelectorAll(".lit")) each.classList.remove("lit");
  table.classList.add("lit");
  for (const edge of lines(table)) edge.classList.add("lit");
  const [first, ...rest] = facts[tables.indexOf(table)].split("\n");
  const heading = document.createElement("h2");
  heading.textContent = first;
  const list = document.createElement("pre");
  list.textContent = [...rest, "", ...lines(table).map((edge) => edge.querySelector("title").textContent)].join("\n");
  panel.replaceChildren(heading, list);
}

function center(table) {
  const place = table.getBoundingClientRect(), around = drawing.getBoundingClientRect();
  if (scale() > 1.5) zoom(1.5 / scale() / 1.5);
  const now = table.getBoundingClientRect();
  move(now.x + now.width / 2 - around.x - around.width / 2, now.y + now.height / 2 - around.y - around.height / 2);
  table.focus({ preventScroll: true });
}

for (const table of tables) {
  table.setAttribute("tabindex", "0");
  table.addEventListener("focus", () => tell(table));
  table.addEventListener("mouseenter", () => tell(table));
}

drawing.addEventListener("wheel", (event) => {
  event.preventDefault();
  if (event.ctrlKey || !event.shiftKey) zoom(event.deltaY > 0 ? 1.15 : 1 / 1.15, event.clientX, event.clientY);
  else move(event.deltaY, 0);
}, { passive: false });

drawing.addEventListener("pointerdown", (event) => {
  drawing.setPointerCapture(event.pointerId);
  drawing.classList.add("held");
});
drawing.addEventListener("pointermove", (event) => {
  if (drawing.classList.contains("held")) move(-event.movementX, -event.movementY);
});
for (const kind of ["pointerup", "pointercancel"]) {
  drawing.addEventListener(kind, () => drawing.classList.remove("held"));
}

const keys = {
  "+": () => zoom(1 / 1.25), "=": () => zoom(1 / 1.25), "-": () => zoom(1.25),
  "0": () => { view = { ...full }; show(); },
  ArrowLeft: () => move(-60, 0), ArrowRight: () => move(60, 0),
  ArrowUp: () => move(0, -60), ArrowDown: () => move(0, 60),
  "/": () => search.select(),
};
document.addEventListener("keydown", (event) => {
  if (event.target === search || event.ctrlKey || event.metaKey || !keys[event.key]) return;
  event.preventDefault();
  keys[event.key]();
});
for (const button of document.querySelectorAll(".zoom button")) {
  button.addEventListener("click", () => keys[button.value]());
}

let found = [];
search.addEventListener("input", () => {
  const asked = search.value.trim().toLowerCase();
  found = asked ? tables.filter((_, number) => facts[number].toLowerCase().includes(asked)) : [];
  found.sort((one, other) => other.dataset.name.toLowerCase().includes(asked) - one.dataset.name.toLowerCase().includes(asked));
  for (const table of tables) table.classList.toggle("lit", found.includes(table));
  count.textContent = asked ? found.length + " found" : "";
});
search.form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (found.length) { center(found[0]); found.push(found.shift()); }
});
