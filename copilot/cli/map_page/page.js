"use strict";
// Draws the map from the data in this page. Every name goes in as text, never as markup.
const map = JSON.parse(document.getElementById("data").textContent);
const SVG = "http://www.w3.org/2000/svg";
const NODE = { width: 184, height: 30, across: 70, down: 16, between: 30 };
const LETTERS = 22;
const READABLE = 0.6;
const SWEEPS = 6;
const LISTED = 200;
const WORDS = ["certain", "likely", "possible"];
const byId = id => document.getElementById(id);
const state = { subject: "", search: "", certainty: 2, lone: false, chosen: "" };
const view = { x: 0, y: 0, scale: 1 };

const jobNode = name => "j:" + name;
const endpointNode = number => "e:" + number;
const links = map.links.map(link => ({
  ...link,
  from: link.direction === "produces" ? jobNode(link.job) : endpointNode(link.endpoint),
  to: link.direction === "produces" ? endpointNode(link.endpoint) : jobNode(link.job),
}));
const nodes = new Map();
for (const job of map.jobs) nodes.set(jobNode(job.name), { kind: "job", label: job.name, job });
map.endpoints.forEach((endpoint, number) => nodes.set(endpointNode(number),
  { kind: "endpoint", label: endpoint.label, isUnknown: !endpoint.name, endpoint, number }));
const usesByJob = grouped(map.uses, use => use.job);
const subjects = new Map(map.subjects.map(subject => [subject.name, subject]));

function grouped(items, key) {
  const found = new Map();
  for (const item of items) {
    const name = key(item);
    if (!found.has(name)) found.set(name, []);
    found.get(name).push(item);
  }
  return found;
}

// What a search matches: a node's own name, its file or folder, and the subjects and fields that it deals with.
function textOf(id, node) {
  const around = links.filter(link => link.from === id || link.to === id).map(link => link.subject || "");
  const used = node.kind === "job" ? (usesByJob.get(node.job.name) || []).flatMap(use => [use.path, use.at]) : [];
  return [node.label, node.job ? node.job.root : node.endpoint.kind, ...around, ...used].join("\n").toLowerCase();
}

function visibleGraph() {
  const shown = links.filter(link => link.certainty <= state.certainty && (!state.subject || link.subject === state.subject));
  const ids = new Set(shown.flatMap(link => [link.from, link.to]));
  if (state.lone && !state.subject) for (const [id, node] of nodes) if (node.kind === "job") ids.add(id);
  const edges = new Map();
  for (const link of shown) {
    const key = link.from + "\n" + link.to;
    const edge = edges.get(key) || { from: link.from, to: link.to, certainty: 2, subjects: new Set() };
    edge.certainty = Math.min(edge.certainty, link.certainty);
    edge.subjects.add(link.subject || "schema unknown");
    edges.set(key, edge);
  }
  return { ids: [...ids], edges: [...edges.values()] };
}

// Left to right: a node stands one column after the last one that leads to it; what closes a circle does not count.
function columnsOf(ids, edges) {
  const next = new Map(ids.map(id => [id, []]));
  const waiting = new Map(ids.map(id => [id, 0]));
  for (const edge of withoutCircles(ids, edges)) { next.get(edge.from).push(edge.to); waiting.set(edge.to, waiting.get(edge.to) + 1); }
  const column = new Map(ids.map(id => [id, 0]));
  const queue = ids.filter(id => !waiting.get(id));
  for (let at = 0; at < queue.length; at++) {
    for (const to of next.get(queue[at])) {
      column.set(to, Math.max(column.get(to), column.get(queue[at]) + 1));
      waiting.set(to, waiting.get(to) - 1);
      if (!waiting.get(to)) queue.push(to);
    }
  }
  // What nothing leads to stands right before the first thing that it leads to, not at the far left.
  const entered = new Set([...next.values()].flat());
  for (const id of ids) {
    if (!entered.has(id) && next.get(id).length) column.set(id, Math.min(...next.get(id).map(to => column.get(to))) - 1);
  }
  return column;
}

// What hangs together, the largest first.
function componentsOf(ids, edges) {
  const around = new Map(ids.map(id => [id, []]));
  for (const edge of edges) { around.get(edge.from).push(edge.to); around.get(edge.to).push(edge.from); }
  const seen = new Set();
  const components = [];
  for (const start of ids) {
    if (seen.has(start)) continue;
    const component = [start];
    seen.add(start);
    for (const id of component) for (const other of around.get(id)) if (!seen.has(other)) { seen.add(other); component.push(other); }
    components.push(component);
  }
  return components.sort((a, b) => b.length - a.length);
}

function placed(ids, edges) {
  const at = new Map();
  let top = 0;
  for (const component of componentsOf(ids, edges)) {
    const inside = new Set(component);
    const places = placedComponent(component, edges.filter(edge => inside.has(edge.from)));
    for (const [id, place] of places) at.set(id, { x: place.x, y: place.y + top });
    top = Math.max(...component.map(id => at.get(id).y)) + NODE.height + NODE.between;
  }
  return at;
}

function withoutCircles(ids, edges) {
  const out = grouped(edges, edge => edge.from);
  const mark = new Map();
  const kept = [];
  for (const start of ids) {
    if (mark.has(start)) continue;
    const stack = [[start, 0]];
    mark.set(start, "open");
    while (stack.length) {
      const top = stack[stack.length - 1];
      const edge = (out.get(top[0]) || [])[top[1]++];
      if (!edge) { mark.set(top[0], "done"); stack.pop(); continue; }
      if (mark.get(edge.to) === "open") continue;
      kept.push(edge);
      if (!mark.has(edge.to)) { mark.set(edge.to, "open"); stack.push([edge.to, 0]); }
    }
  }
  return kept;
}

function placedComponent(ids, edges) {
  const column = columnsOf(ids, edges);
  const columns = Array.from({ length: Math.max(0, ...column.values()) + 1 }, () => []);
  for (const id of ids) columns[column.get(id)].push(id);
  const around = new Map(ids.map(id => [id, []]));
  for (const edge of edges) { around.get(edge.from).push(edge.to); around.get(edge.to).push(edge.from); }
  const row = new Map();
  columns.forEach(list => list.sort((a, b) => nodes.get(a).label.localeCompare(nodes.get(b).label))
    .forEach((id, at) => row.set(id, at)));
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    for (const list of sweep % 2 ? [...columns].reverse() : columns) {
      const weight = new Map(list.map(id => {
        const rows = around.get(id).map(other => row.get(other));
        return [id, rows.length ? rows.reduce((a, b) => a + b, 0) / rows.length : row.get(id)];
      }));
      list.sort((a, b) => weight.get(a) - weight.get(b)).forEach((id, at) => row.set(id, at));
    }
  }
  const tallest = Math.max(1, ...columns.map(list => list.length));
  const at = new Map();
  columns.forEach((list, number) => list.forEach((id, index) => at.set(id, {
    x: number * (NODE.width + NODE.across),
    y: (index + (tallest - list.length) / 2) * (NODE.height + NODE.down),
  })));
  return at;
}

function svg(name, attributes, ...children) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

function html(name, attributes, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) key === "onclick" ? element.addEventListener("click", value)
    : element.setAttribute(key, value);
  element.append(...children);
  return element;
}

function draw() {
  const { ids, edges } = visibleGraph();
  const at = placed(ids, edges);
  const wanted = state.search.toLowerCase();
  const matches = new Set(ids.filter(id => !wanted || textOf(id, nodes.get(id)).includes(wanted)));
  const near = state.chosen && at.has(state.chosen) ? neighbours(state.chosen, edges) : null;
  const stands = id => matches.has(id) && (!near || near.has(id));
  const layer = svg("g", { id: "layer" });
  for (const edge of edges) layer.append(edgeElement(edge, at, stands));
  for (const id of ids) layer.append(nodeElement(id, at.get(id), stands(id)));
  const arrow = svg("marker", { id: "arrow", viewBox: "0 0 8 8", refX: 8, refY: 4, markerWidth: 7, markerHeight: 7, orient: "auto" },
    svg("path", { d: "M0 0L8 4L0 8z" }));
  byId("graph").replaceChildren(svg("defs", {}, arrow), layer);
  if (!ids.length) layer.append(svg("text", { x: 20, y: 40, fill: "currentColor" }, "Nothing to draw with these filters."));
  details();
  move();
}

function neighbours(id, edges) {
  const near = new Set([id]);
  for (const edge of edges) { if (edge.from === id) near.add(edge.to); if (edge.to === id) near.add(edge.from); }
  return near;
}

function edgeElement(edge, at, stands) {
  const [from, to] = [at.get(edge.from), at.get(edge.to)];
  const x1 = from.x + NODE.width, y1 = from.y + NODE.height / 2, x2 = to.x, y2 = to.y + NODE.height / 2;
  const bend = Math.max(40, Math.abs(x2 - x1) / 2);
  const classes = ["edge", edge.certainty ? "unsure" : "", stands(edge.from) && stands(edge.to) ? "" : "faded",
    state.chosen && (edge.from === state.chosen || edge.to === state.chosen) ? "chosen" : ""];
  const path = svg("path", { class: classes.join(" "), "marker-end": "url(#arrow)",
    d: `M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}` });
  path.append(svg("title", {}, [...edge.subjects].join(", ") + " (" + WORDS[edge.certainty] + ")"));
  return path;
}

function nodeElement(id, place, stands) {
  const node = nodes.get(id);
  const classes = ["node", node.kind, node.isUnknown ? "unknown" : "", id === state.chosen ? "chosen" : "", stands ? "" : "faded"];
  const group = svg("g", { class: classes.join(" "), transform: `translate(${place.x} ${place.y})`, tabindex: stands ? 0 : -1,
    role: "button", "aria-label": node.kind + " " + node.label });
  const short = node.label.length > LETTERS ? node.label.slice(0, 10) + "…" + node.label.slice(11 - LETTERS) : node.label;
  group.append(svg("title", {}, node.label), svg("rect", { width: NODE.width, height: NODE.height,
    rx: node.kind === "job" ? 3 : 15 }), svg("text", { x: 10, y: 19 }, short));
  group.addEventListener("click", event => { event.stopPropagation(); choose(id); });
  group.addEventListener("keydown", event => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); choose(id); } });
  return group;
}

function choose(id) { state.chosen = state.chosen === id ? "" : id; draw(); }

// The panel: the chosen node; else the chosen subject; else what there is and what could not be read.
function details() {
  const node = nodes.get(state.chosen);
  const parts = node ? (node.kind === "job" ? jobDetails(node.job) : endpointDetails(node))
    : state.subject ? subjectDetails(subjects.get(state.subject)) : overview();
  byId("details").replaceChildren(...parts);
  byId("details").scrollTop = 0;
}

const list = (items, make) => [html("ul", {}, ...items.slice(0, LISTED).map(item => html("li", {}, ...[make(item)].flat()))),
  ...(items.length > LISTED ? [html("p", {}, `… and ${items.length - LISTED} more; map --format json has all.`)] : [])];
const part = (title, items, make) => items.length ? [html("h3", {}, `${title} (${items.length})`), ...list(items, make)] : [];
const code = text => html("code", {}, text);
const to = (id, text) => html("button", { type: "button", onclick: () => { state.chosen = id; draw(); } }, text);
const toSubject = name => name ? html("button", { type: "button",
  onclick: () => { state.subject = byId("subject").value = name; state.chosen = ""; fitted(); } }, name) : "schema unknown";
const linkWords = link => [link.decoder ? `, ${link.decoder}` : "", link.certainty ? `, ${WORDS[link.certainty]}` : "",
  ...link.proof.flatMap(place => [html("br", {}), code(place)])];

function jobDetails(job) {
  const side = direction => links.filter(link => link.job === job.name && link.direction === direction);
  const line = link => [to(endpointNode(link.endpoint), map.endpoints[link.endpoint].label), "  ", toSubject(link.subject), ...linkWords(link)];
  return [html("h2", {}, job.name), html("p", {}, "job in ", code(job.root)), ...part("Reads", side("consumes"), line),
    ...part("Writes", side("produces"), line), ...part("Deployed", job.deployments, one => [one.name, " ", code(one.at)]),
    ...part("Uses fields", usesByJob.get(job.name) || [], useLine),
    ...part("Names that can't be read", job.blind_spots, one => [code(one.at), " ", one.reason])];
}

function useLine(use) {
  return [`${use.path}: ${use.mode}${use.certainty ? ", " + WORDS[use.certainty] : ""}${use.is_test ? ", test" : ""} `, code(use.at)];
}

function endpointDetails(node) {
  const side = direction => links.filter(link => link.endpoint === node.number && link.direction === direction);
  const line = link => [to(jobNode(link.job), link.job), "  ", toSubject(link.subject), ...linkWords(link)];
  const none = direction => side(direction).length ? [] : [html("p", {},
    direction === "produces" ? "No writer was found in this repository." : "No reader was found in this repository.")];
  return [html("h2", {}, node.label), html("p", {}, node.endpoint.kind), ...part("Written by", side("produces"), line), ...none("produces"),
    ...part("Read by", side("consumes"), line), ...none("consumes")];
}

function subjectDetails(subject) {
  const side = direction => links.filter(link => link.subject === subject.name && link.direction === direction);
  const line = link => [to(jobNode(link.job), link.job), "  ", map.endpoints[link.endpoint].label, ...linkWords(link)];
  const uses = map.uses.filter(use => use.subject === subject.name);
  const counts = grouped(uses, use => use.path);
  const rows = subject.fields.map(field => html("tr", {}, html("td", {}, field.path), html("td", {}, code(field.type)),
    html("td", {}, `${(counts.get(field.path) || []).length} uses`)));
  return [html("h2", {}, subject.name), html("p", {}, `${subject.format}, keeps ${subject.compatibility}, ${subject.versions} version(s), in `,
    code(subject.at)), ...part("Also in", subject.copies, place => code(place)), ...part("Written by", side("produces"), line),
    ...part("Read by", side("consumes"), line), html("h3", {}, `Fields (${subject.fields.length})`), html("table", {}, ...rows),
    ...part("Field uses", uses, use => [use.job + " ", ...useLine(use)])];
}

function overview() {
  return [html("h2", {}, "What was read"), html("p", {}, "Choose a node, or a subject above."),
    ...part("Subjects", map.subjects, subject => [toSubject(subject.name), `  ${subject.fields.length} fields`]),
    ...part("Not read", map.gaps, gap => [code(gap.at), " ", gap.reason])];
}

function move() {
  const layer = byId("layer");
  if (layer) layer.setAttribute("transform", `translate(${view.x} ${view.y}) scale(${view.scale})`);
}

function fit(least = READABLE) {
  const layer = byId("layer");
  layer.setAttribute("transform", "");
  const box = layer.getBBox(), space = byId("graph").getBoundingClientRect();
  if (!box.width || !space.width) return;
  view.scale = Math.min(1.3, (space.width - 40) / box.width, (space.height - 40) / box.height);
  // Unasked never so small that nothing can be read: then the top left is shown, and the rest is a drag away.
  view.scale = Math.max(least, view.scale);
  view.x = box.width * view.scale < space.width ? (space.width - box.width * view.scale) / 2 - box.x * view.scale : 20 - box.x * view.scale;
  view.y = box.height * view.scale < space.height ? (space.height - box.height * view.scale) / 2 - box.y * view.scale : 20 - box.y * view.scale;
  move();
}

function fitted() { draw(); fit(); }

function zoom(factor, x, y) {
  const scale = Math.min(4, Math.max(0.05, view.scale * factor));
  view.x = x - (x - view.x) * scale / view.scale;
  view.y = y - (y - view.y) * scale / view.scale;
  view.scale = scale;
  move();
}

function middle() { const space = byId("graph").getBoundingClientRect(); return [space.width / 2, space.height / 2]; }

function reset() {
  Object.assign(state, { subject: "", search: "", certainty: 2, lone: false, chosen: "" });
  byId("tools").reset();
  fitted();
}

byId("subject").append(...map.subjects.map(subject => html("option", { value: subject.name }, subject.name)));
byId("tools").addEventListener("submit", event => event.preventDefault());
byId("search").addEventListener("input", event => { state.search = event.target.value; draw(); });
byId("subject").addEventListener("change", event => { state.subject = event.target.value; state.chosen = ""; fitted(); });
byId("certainty").addEventListener("change", event => { state.certainty = Number(event.target.value); fitted(); });
byId("lone").addEventListener("change", event => { state.lone = event.target.checked; fitted(); });
byId("reset").addEventListener("click", reset);
byId("graph").addEventListener("wheel", event => {
  event.preventDefault();
  const space = byId("graph").getBoundingClientRect();
  zoom(event.deltaY < 0 ? 1.15 : 1 / 1.15, event.clientX - space.x, event.clientY - space.y);
}, { passive: false });
let drag = null;
byId("graph").addEventListener("pointerdown", event => { drag = { x: event.clientX, y: event.clientY }; });
window.addEventListener("pointermove", event => {
  if (!drag) return;
  view.x += event.clientX - drag.x; view.y += event.clientY - drag.y;
  drag = { x: event.clientX, y: event.clientY };
  move();
});
window.addEventListener("pointerup", () => { drag = null; });
window.addEventListener("resize", () => fit());
window.addEventListener("keydown", event => {
  const isTyping = event.target.matches("input, select");
  if (event.key === "Escape") reset();
  else if (isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
  else if (event.key === "/") { event.preventDefault(); byId("search").focus(); }
  else if (event.key === "0") fit(0);
  else if (event.key === "+") zoom(1.2, ...middle());
  else if (event.key === "-") zoom(1 / 1.2, ...middle());
});
// #subject=NAME, #job=NAME and #search=TEXT open the page where a link points.
const [what, ...named] = location.hash.slice(1).split("=");
const wantedName = decodeURIComponent(named.join("="));
if (what === "subject" && subjects.has(wantedName)) state.subject = byId("subject").value = wantedName;
if (what === "job" && nodes.has(jobNode(wantedName))) state.chosen = jobNode(wantedName);
if (what === "search") state.search = byId("search").value = wantedName;
fitted();
