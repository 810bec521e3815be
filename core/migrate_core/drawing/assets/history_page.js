"use strict";
const facts = JSON.parse(document.getElementById("facts").textContent);
const rows = Array.from(document.querySelectorAll(".row"));
const panel = document.getElementById("panel");
const search = document.getElementById("search");
const count = document.getElementById("count");

function element(name, text) {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}

function tell(row) {
  const [id, message, known, operations] = facts[rows.indexOf(row)];
  const list = document.createElement("dl");
  for (const [name, value] of known) list.append(element("dt", name), element("dd", value));
  panel.replaceChildren(element("h2", id), element("div", message), list);
  if (operations.length) panel.append(element("pre", operations.join("\n")));
}

function at(event) {
  return event.target.closest ? event.target.closest(".row") : null;
}

function go(row) {
  const fold = row.closest("details");
  if (fold) fold.open = true;
  row.scrollIntoView({ block: "center" });
  row.focus({ preventScroll: true });
}

for (const kind of ["mouseover", "focusin"]) {
  document.addEventListener(kind, (event) => { const row = at(event); if (row) tell(row); });
}

document.addEventListener("keydown", (event) => {
  if (event.key === "/" && event.target !== search) {
    event.preventDefault();
    search.select();
    return;
  }
  const row = at(event) || event.target.closest("summary");
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!row || !step) return;
  event.preventDefault();
  const shown = Array.from(document.querySelectorAll(".row, summary")).filter(
    (each) => each.matches("summary") || !each.closest("details:not([open])"));
  const next = shown[shown.indexOf(row) + step];
  if (next) next.focus();
});

let found = [];
search.addEventListener("input", () => {
  const asked = search.value.trim().toLowerCase();
  for (const row of found) row.classList.remove("found");
  found = asked ? rows.filter((row, number) => JSON.stringify(facts[number]).toLowerCase().includes(asked)) : [];
  for (const row of found) row.classList.add("found");
  count.textContent = asked ? found.length + " found" : "";
});

search.form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (found.length) { go(found[0]); found.push(found.shift()); }
});
