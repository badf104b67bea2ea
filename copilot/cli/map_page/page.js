// Draws the map from the data in this page. Every name goes in as text, never as markup.
const map = JSON.parse(document.getElementById("data").textContent);
const SVG = "http://www.w3.org/2000/svg";
const LETTERS = 22;
const MARGIN = 20;
const BEND_MAX = 130;
const STEPS = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] };
const LISTED = 200;
const WORDS = ["certain", "likely", "possible"];
const byId = id => document.getElementById(id);
const state = { subject: "", search: "", certainty: 2, lone: false, chosen: "" };
const view = { x: 0, y: 0, scale: 1 };
let picture = { ids: [], edges: [], at: new Map(), flow: "right" };

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
  const { ids, edges, at } = picture;
  const matches = new Set(matching());
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

function matching() {
  const wanted = state.search.toLowerCase();
  return picture.ids.filter(id => !wanted || textOf(id, nodes.get(id)).includes(wanted));
}

function neighbours(id, edges) {
  const near = new Set([id]);
  for (const edge of edges) { if (edge.from === id) near.add(edge.to); if (edge.to === id) near.add(edge.from); }
  return near;
}

function edgeElement(edge, at, stands) {
  const [from, to] = [at.get(edge.from), at.get(edge.to)];
  const isDown = picture.flow === "down";
  const [x1, y1, x2, y2] = isDown ? [from.x + NODE.width / 2, from.y + NODE.height, to.x + NODE.width / 2, to.y]
    : [from.x + NODE.width, from.y + NODE.height / 2, to.x, to.y + NODE.height / 2];
  const bend = Math.min(BEND_MAX, Math.max(30, Math.abs(isDown ? y2 - y1 : x2 - x1) / 2));
  const [bendX, bendY] = isDown ? [0, bend] : [bend, 0];
  const classes = ["edge", edge.certainty ? "unsure" : "", stands(edge.from) && stands(edge.to) ? "" : "faded",
    state.chosen && (edge.from === state.chosen || edge.to === state.chosen) ? "chosen" : ""];
  const path = svg("path", { class: classes.join(" "), "marker-end": "url(#arrow)",
    d: `M${x1} ${y1}C${x1 + bendX} ${y1 + bendY} ${x2 - bendX} ${y2 - bendY} ${x2} ${y2}` });
  path.append(svg("title", {}, [...edge.subjects].join(", ") + " (" + WORDS[edge.certainty] + ")"));
  return path;
}

function nodeElement(id, place, stands) {
  const node = nodes.get(id);
  const classes = ["node", node.kind, node.isUnknown ? "unknown" : "", id === state.chosen ? "chosen" : "", stands ? "" : "faded"];
  const group = svg("g", { class: classes.join(" "), transform: `translate(${place.x} ${place.y})`, tabindex: stands ? 0 : -1,
    "data-node": id, role: "button", "aria-label": node.kind + " " + node.label });
  const short = node.label.length > LETTERS ? node.label.slice(0, 10) + "…" + node.label.slice(11 - LETTERS) : node.label;
  group.append(svg("title", {}, node.label), svg("rect", { width: NODE.width, height: NODE.height,
    rx: node.kind === "job" ? 3 : 15 }), svg("text", { x: 10, y: 19 }, short));
  group.addEventListener("click", event => { event.stopPropagation(); choose(id); });
  group.addEventListener("keydown", event => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); choose(id); } });
  return group;
}

function choose(id) {
  state.chosen = state.chosen === id ? "" : id;
  draw();
  byId("graph").querySelector(`[data-node="${CSS.escape(id)}"]`)?.focus();
}

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

// Shows all of the picture, or of the nodes that are named.
function fit(ids = []) {
  const layer = byId("layer");
  const space = byId("graph").getBoundingClientRect();
  layer.setAttribute("transform", "");
  const box = ids.length ? boxOf(ids.map(id => picture.at.get(id))) : layer.getBBox();
  if (!box.width || !space.width) return;
  view.scale = Math.min(1.3, (space.width - 2 * MARGIN) / box.width, (space.height - 2 * MARGIN) / box.height);
  view.x = (space.width - box.width * view.scale) / 2 - box.x * view.scale;
  view.y = (space.height - box.height * view.scale) / 2 - box.y * view.scale;
  move();
}

function boxOf(places) {
  const [xs, ys] = [places.map(place => place.x), places.map(place => place.y)];
  const [x, y] = [Math.min(...xs), Math.min(...ys)];
  return { x, y, width: Math.max(...xs) - x + NODE.width, height: Math.max(...ys) - y + NODE.height };
}

function fitted() {
  const { ids, edges } = visibleGraph();
  const space = byId("graph").getBoundingClientRect();
  const inside = { width: Math.max(1, space.width - 2 * MARGIN), height: Math.max(1, space.height - 2 * MARGIN) };
  picture = { ids, edges, ...placed(ids, edges, inside) };
  draw();
  fit();
}

function zoom(factor, x, y) {
  const scale = Math.min(4, Math.max(0.05, view.scale * factor));
  view.x = x - (x - view.x) * scale / view.scale;
  view.y = y - (y - view.y) * scale / view.scale;
  view.scale = scale;
  move();
}

function pan(x, y) { view.x += x; view.y += y; move(); }

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
byId("clear").addEventListener("click", reset);
byId("graph").addEventListener("wheel", event => {
  event.preventDefault();
  const space = byId("graph").getBoundingClientRect();
  zoom(event.deltaY < 0 ? 1.15 : 1 / 1.15, event.clientX - space.x, event.clientY - space.y);
}, { passive: false });
let drag = null;
byId("graph").addEventListener("pointerdown", event => { drag = { x: event.clientX, y: event.clientY }; });
window.addEventListener("pointermove", event => {
  if (!drag) return;
  pan(event.clientX - drag.x, event.clientY - drag.y);
  drag = { x: event.clientX, y: event.clientY };
});
window.addEventListener("pointerup", () => { drag = null; });
window.addEventListener("resize", fitted);
window.addEventListener("keydown", event => {
  const isTyping = event.target.matches("input, select");
  if (event.key === "Escape") reset();
  else if (event.key === "Enter" && event.target === byId("search")) fit(matching());
  else if (isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
  else if (event.key === "/") { event.preventDefault(); byId("search").focus(); }
  else if (STEPS[event.key] && byId("picture").contains(event.target)) { event.preventDefault(); pan(...STEPS[event.key]); }
  else if (event.key === "0") fit();
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
