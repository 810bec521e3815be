(() => {
  "use strict";
  const form = document.getElementById("upgrade");
  const at = (id) => document.getElementById(id);
  if (!form || !at("apply") || !window.fetch || !window.ReadableStream) return;
  const button = at("apply"), status = at("status"), statement = at("statement"), progress = at("progress");
  let busy = false;
  let stale = false;  // what is shown is no longer what is pending: the button loads the page again

  const row = (said, revision) => document.querySelector(
    `[data-step="${CSS.escape(`${said.command}.${said.name}.${revision}`)}"]`);
  const mark = (element, state, text) => {
    if (!element) return;
    element.dataset.state = state;
    element.querySelector(".state").textContent = text;
  };
  const message = (element) => element ? element.querySelector("h3").textContent : "";
  const seconds = (number) => number < 1 ? `${Math.round(number * 1000)} ms` : `${number.toFixed(1)} s`;

  const begin = () => {
    busy = true;
    button.setAttribute("aria-disabled", "true");
    button.textContent = "Applying …";
    at("title").textContent = "Applying migrations";
    at("lede").textContent = "What is done is told here. Closing this page stops nothing.";
    for (const each of document.querySelectorAll(".stands")) each.hidden = true;
    at("outcome").hidden = true;
    at("terminal").hidden = true;
    progress.hidden = false;
    progress.value = 0;
    status.textContent = "Starting …";
    for (const each of document.querySelectorAll("[data-step]")) {
      each.removeAttribute("data-state");
      each.querySelector(".state").textContent = "";
    }
  };

  const tell = (said) => {
    const element = said.revision && row(said, said.revision);
    switch (said.event) {
      case "waiting":
        status.textContent = `Waiting for the migration lock, held by ${said.holder} …`;
        break;
      case "started":
        mark(element, "running", "running");
        status.textContent = `${said.number} of ${said.total}: ${message(element) || said.revision}`;
        break;
      case "statement":
        statement.textContent = said.sql.replace(/\s+/g, " ").trim();
        break;
      case "statement_failed":
        statement.textContent = said.reason;
        break;
      case "finished":  // where the run is one transaction, not committed before its end
        mark(element, "ran", seconds(said.seconds));
        progress.value += 1;
        break;
      case "noted":
        status.textContent = said.text;
        break;
      case "ended":
        end(said);
        break;
    }
  };

  const item = (name, problem, next) => {
    const made = document.createElement("div");
    made.className = "item";
    const add = (tag, kind, text) => {
      const element = document.createElement(tag);
      if (kind) element.className = kind;
      element.textContent = text;
      made.append(element);
      return element;
    };
    if (name) add("h3", "", name);
    if (problem) add("p", "problem", problem);
    if (next) {
      const line = add("p", "next", "");
      const label = document.createElement("b"), text = document.createElement("span");
      label.textContent = "Next";
      text.textContent = next;
      line.append(label, " ", text);
    }
    return made;
  };

  const show = (title, lede, good, items) => {
    const outcome = at("outcome");
    outcome.className = `outcome ${good ? "good" : "bad"}`;
    outcome.replaceChildren(...items);
    outcome.hidden = false;
    document.title = title;
    at("title").textContent = title;
    at("lede").textContent = lede;
    status.textContent = "";
    statement.textContent = "";
    progress.hidden = true;
    busy = false;
    if (good) {
      form.querySelector(".bar").hidden = true;
      at("continue").hidden = false;
      at("continue").querySelector("a").focus();
    } else {
      button.removeAttribute("aria-disabled");
      button.textContent = stale ? "Show what is pending now" : "Try again";
      at("terminal").hidden = false;
      at("title").focus();
    }
    window.scrollTo({ top: 0 });
  };

  const end = (said) => {
    const several = said.databases.length > 1;
    const items = said.databases.map((each) => {
      const own = [...form.querySelectorAll("[data-step]")].filter(
        (element) => element.dataset.step.startsWith(`${each.command}.${each.name}.`));
      stale = stale || !each.left || each.left.length !== own.length;
      for (const element of own) {
        const revision = element.dataset.step.slice(`${each.command}.${each.name}.`.length);
        const was = element.dataset.state;
        if (each.applied.includes(revision)) mark(element, "applied", "applied");
        else if (each.left === null) mark(element, "unknown", "not known");
        else if (!each.left.includes(revision)) mark(element, "applied", "applied by somebody else");
        else if (was === "running") mark(element, "failed", "failed");
        else if (was === "ran") mark(element, "back", "rolled back");
        else mark(element, "waiting", "not applied");
      }
      const name = several ? each.name : "";
      if (each.error) return item(name, each.error.problem, each.error.next_step);
      return item(name, each.outcome, "");
    });
    if (!items.length) items.push(item("", "Nothing was left to apply: somebody else has done it.", ""));
    if (said.next_step && !said.databases.some((each) => each.error)) items.push(item("", "", said.next_step));
    if (said.done) show("The database is up to date", "Its migrations are applied, and the app can go on.", true, items);
    else show("Not all migrations were applied", "What is below tells why, and what to do next.", false, items);
  };

  const refuse = (said) => {
    stale = true;
    show("Nothing was applied", "What is below tells why, and what to do next.", false,
      [item("", said.refused, said.next_step)]);
  };

  const lost = () => {
    stale = true;
    show("The connection was lost", "What is shown below may be out of date.", false,
      [item("", "The app did not say how it ended. What it had begun goes on, unless the app was stopped.",
        "Load this page again: it shows what is pending then.")]);
  };

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (busy) return;
    if (stale) {
      window.location.reload();
      return;
    }
    const body = new URLSearchParams(new FormData(form));
    begin();
    let ended = false;
    try {
      const response = await fetch(form.getAttribute("action"), {
        method: "POST", body, headers: { Accept: "application/x-ndjson" }, redirect: "error",
      });
      if (!response.ok) {
        refuse(await response.json());
        return;
      }
      const reader = response.body.getReader(), decoder = new TextDecoder();
      let rest = "";
      for (;;) {
        const { done, value } = await reader.read();
        rest += decoder.decode(value, { stream: !done });
        const lines = rest.split("\n");
        rest = lines.pop();
        for (const line of lines) {
          const said = JSON.parse(line);
          ended = ended || said.event === "ended";
          tell(said);
        }
        if (done) break;
      }
      if (!ended) lost();
    } catch {
      if (!ended) lost();
    }
  });
})();
