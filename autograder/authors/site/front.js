// The front page: the units with what is reached in each, and its files down and up.
//
// JupyterLite stores notebooks in the browser's IndexedDB, by their paths; this page reads and writes them there.
// The kit's check() stores the points it gave with its output, so a notebook itself says what is reached.
"use strict";

const DATABASE = `JupyterLite Storage - ${new URL("./", location).pathname}`;
const $ = (selector) => document.querySelector(selector);
let site, python;

function say(words, bad = false) {
  $("#said").textContent = words;
  $("#said").classList.toggle("bad", bad);
}

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  Object.entries(attributes).forEach(([name, value]) => (element[name] = value));
  element.append(...children);
  return element;
}

// ---- the browser's storage

function stored(mode, act) {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(DATABASE);
    opening.onupgradeneeded = () => opening.result.createObjectStore("files");
    opening.onerror = () => reject(new Error("this browser does not let the page store anything"));
    opening.onsuccess = () => {
      const database = opening.result;
      const done = (result) => (database.close(), resolve(result));
      if (!database.objectStoreNames.contains("files") && mode === "readonly") return done(undefined);
      const change = database.transaction("files", mode);
      const request = act(change.objectStore("files"));
      change.oncomplete = () => done(request.result);
      change.onerror = change.onabort = () => (database.close(), reject(change.error));
    };
  });
}

const path = (unit) => `${unit.name}/${unit.name}.ipynb`;
const load = async (unit) => (await stored("readonly", (files) => files.get(path(unit))))?.content;

async function save(file, content) {
  const now = new Date().toISOString();
  const model = {
    name: file.split("/").pop(), path: file, type: "notebook", format: "json", mimetype: "application/json",
    content, size: JSON.stringify(content).length, created: now, last_modified: now, writable: true,
  };
  await stored("readwrite", (files) => files.put(model, file));
}

/** Store what is there under another name before it is replaced; that name. */
async function keep(unit) {
  const before = await load(unit);
  if (!before) return "";
  const when = new Date().toISOString().slice(0, 19).replace("T", " ").replaceAll(":", "-");
  const file = `${unit.name}/${unit.name} until ${when}.ipynb`;
  await save(file, before);
  return ` What was here is kept as ${file}: in a notebook, File, Open.`;
}

const blank = async (unit) => (await fetch(`files/${path(unit)}`)).text();

// ---- what is reached

function reached(unit, notebook) {
  const found = {};
  for (const cell of notebook?.cells ?? []) {
    for (const output of cell.outputs ?? []) {
      const about = output.metadata?.gradfn;
      if (about && about.exercise in unit.exercises) found[about.exercise] = about;
    }
  }
  return found;
}

// ---- the units

const RING = 2 * Math.PI * 23;

function ring(number, share) {
  const holder = make("div");
  holder.innerHTML = `<svg class="ring" viewBox="0 0 54 54" aria-hidden="true"><circle cx="27" cy="27" r="23"/>
    <circle class="done" cx="27" cy="27" r="23" stroke-dasharray="${share * RING} ${RING}"
      ${share ? "" : 'visibility="hidden"'}/><text x="27" y="27">${number}</text></svg>`;
  return holder.firstChild;
}

function card(unit, number, notebook) {
  const found = reached(unit, notebook);
  const names = Object.keys(unit.exercises);
  const right = names.filter((name) => found[name] && found[name].points >= found[name].of);
  const points = Object.values(found).reduce((sum, each) => sum + each.points, 0);
  const state = (name) => (right.includes(name) ? "right" : found[name]?.points ? "begun" : "");
  const whole = right.length === names.length;
  const action = (words, act) => make("button", { onclick: () => run(act, unit) }, words);
  const element = make("li", { className: `unit${whole ? " whole" : ""}`, id: unit.name },
    make("div", { className: "top" },
      ring(number, points / unit.points),
      make("div", {},
        make("h2", {}, unit.title),
        make("p", {}, `${points} / ${unit.points} points · ${right.length} of ${names.length} exercises`))),
    make("ul", { className: "steps" }, ...names.map((name) => make("li", { className: state(name) }, name))),
    make("div", { className: "row" },
      make("a", { className: "button main", href: `notebooks/index.html?path=${path(unit)}` },
        whole ? "Look again" : notebook ? "Continue" : "Start"),
      make("details", {},
        make("summary", { ariaLabel: `Files of ${unit.title}` }, "Files ▾"),
        make("div", {},
          action("Download notebook", downloadNotebook),
          action("Download .py", downloadScript),
          action("Upload a file", () => $("#upload").click()),
          action("Start again", startAgain)))));
  return { element, points };
}

async function show() {
  const cards = [];
  for (const [index, unit] of site.units.entries()) {
    cards.push(card(unit, index + 1, await load(unit).catch(() => undefined)));
  }
  $("#units").replaceChildren(...cards.map((each) => each.element));
  const points = cards.reduce((sum, each) => sum + each.points, 0);
  const all = site.units.reduce((sum, unit) => sum + unit.points, 0);
  $(".total span").style.width = `${(100 * points) / all}%`;
  $(".total").ariaLabel = $(".points").textContent = `${points} of ${all} points`;
}

async function run(act, ...given) {
  document.querySelectorAll("details[open]").forEach((menu) => (menu.open = false));
  say("");
  try {
    await act(...given);
  } catch (error) {
    say(`That did not work: ${error.message}`, true);
  }
}

// ---- files

function download(name, text, type) {
  const link = make("a", { download: name, href: URL.createObjectURL(new Blob([text], { type })) });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

async function textOf(unit) {
  const notebook = (await load(unit)) ?? JSON.parse(await blank(unit));
  notebook.metadata.kernelspec = { display_name: "Python 3", language: "python", name: "python3" };
  return JSON.stringify(notebook, null, 1);
}

async function downloadNotebook(unit) {
  download(`${unit.name}.ipynb`, await textOf(unit), "application/x-ipynb+json");
  say(`${unit.name}.ipynb: to hand in, or to go on elsewhere.`);
}

async function downloadScript(unit) {
  say(`Writing ${unit.name}.py: this takes a few seconds.`);
  download(`${unit.name}.py`, await convert("script", unit, await textOf(unit)), "text/x-python");
  say(`${unit.name}.py: to hand in, or to go on elsewhere.`);
}

async function startAgain(unit) {
  if (!confirm(`${unit.title}: put the notebook back as it was at first?`)) return;
  const kept = await keep(unit);
  await stored("readwrite", (files) => files.delete(path(unit)));
  await show();
  say(`${unit.title} is as it was at first.${kept}`);
}

async function upload(file) {
  const text = await file.text();
  let unit, notebook;
  if (file.name.endsWith(".ipynb")) {
    try {
      notebook = JSON.parse(text);
    } catch {
      throw new Error(`${file.name} is not a notebook.`);
    }
    const name = notebook.metadata?.gradfn?.unit;
    unit = site.units.find((each) => each.name === name) ?? named(file.name);
    if (!Array.isArray(notebook.cells)) throw new Error(`${file.name} is not a notebook that Jupyter writes today.`);
  } else {
    unit = named(file.name);
  }
  if (!unit) {
    throw new Error(`which unit is ${file.name} of? Name it ${site.units[0].name}.py or ${site.units[0].name}.ipynb.`);
  }
  if (!notebook) {
    say(`Reading ${file.name}: this takes a few seconds.`);
    notebook = JSON.parse(await convert("notebook", unit, text, await blank(unit)));
  }
  notebook.metadata = { ...notebook.metadata, kernelspec: { display_name: "Python", language: "python", name: "python" } };
  const kept = await keep(unit);
  await save(path(unit), notebook);
  await show();
  say(`${unit.title}: you go on with ${file.name}.${kept}`);
}

async function uploads(files) {
  const said = [];
  for (const file of files) {
    await upload(file);
    said.push($("#said").textContent);
  }
  if (said.length) say(said.join(" "));
}

const named = (file) => site.units.find((unit) => file.startsWith(unit.name));

/** A notebook as a script, or a script as a notebook, by the kit's own Python in a worker. */
function convert(to, unit, ...texts) {
  python ??= new Worker("convert.js");
  return new Promise((resolve, reject) => {
    const failed = (words) => ((python = undefined), reject(new Error(words)));
    python.onerror = () => failed("Python could not be loaded. Is there a network?");
    python.onmessage = ({ data }) => (data.error ? reject(new Error(data.error)) : resolve(data.text));
    python.postMessage({ to, unit: unit.name, texts, pyodide: absolute(site.pyodide), wheel: absolute(site.wheel) });
  });
}

const absolute = (address) => new URL(address, location).href;

// ---- the drawing on top: three layers of neurons

function draw() {
  const layers = [[60, 110, 160], [35, 85, 135, 185], [60, 110, 160], [110]];
  const at = (layer, y) => [20 + layer * 88, y];
  let lines = "", dots = "";
  layers.forEach((ys, layer) => ys.forEach((y) => {
    const [x] = at(layer, y);
    (layers[layer + 1] ?? []).forEach((to) =>
      (lines += `<path d="M${x} ${y}L${at(layer + 1)[0]} ${to}" stroke="#fff" stroke-opacity=".28"/>`));
    dots += `<circle cx="${x}" cy="${y}" r="9" fill="#fff" fill-opacity=".75"/>`;
  }));
  $(".net").innerHTML = lines + dots;
}

async function start() {
  draw();
  site = await (await fetch("units.json")).json();
  await show();
  $("#upload").onchange = async ({ target }) => {
    await run(uploads, target.files);
    target.value = "";
  };
  document.ondragover = (event) => (event.preventDefault(), document.body.classList.add("over"));
  document.ondragleave = () => document.body.classList.remove("over");
  document.ondrop = (event) => {
    event.preventDefault();
    document.body.classList.remove("over");
    run(uploads, [...event.dataTransfer.files]);
  };
  // A notebook in another tab may have gone on.
  addEventListener("pageshow", show);
  document.addEventListener("visibilitychange", () => document.hidden || show());
  document.addEventListener("click", ({ target }) =>
    document.querySelectorAll("details[open]").forEach((menu) => menu.contains(target) || (menu.open = false)));
}

start().catch((error) => say(`This page could not be loaded: ${error.message}`, true));
