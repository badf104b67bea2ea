"use strict";
// Where nodes stand: in layers along the flow, and whole pictures beside each other, so that all of it fills the window.
const NODE = { width: 184, height: 30 };
// How much larger what is more folded has to be.
const WORTH_FOLDING = 1.1;
const SWEEPS = 6;
const APART = 34;
// Ahead lies what a layer leads to, aside its other nodes.
const FLOWS = {
  right: { ahead: "x", aside: "y", node: [NODE.width, NODE.height], gap: [60, 15] },
  down: { ahead: "y", aside: "x", node: [NODE.height, NODE.width], gap: [44, 16] },
};
// From the plainest picture to the most folded: how many nodes a layer may hold side by side, how many layers a line, and below
// which scale it is worth it. Lines send arrows back across the picture, so they come last.
const FOLDS = [
  ...[Infinity, 24, 16, 10, 6, 4].map(wide => ({ wide, long: Infinity, below: 0.65 })),
  ...[12, 8, 5].flatMap(long => [Infinity, 10, 6].map(wide => ({ wide, long, below: 0.4 }))),
];
const ZOOMS = [1, 0.85, 0.72, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1];

// The plainest picture that can be read in `space`; where none can, the largest.
function placed(ids, edges, space) {
  const parts = componentsOf(ids, edges).map(component => {
    const inside = new Set(component);
    return layersOf(component, edges.filter(edge => inside.has(edge.from)));
  });
  let best = { at: new Map(), flow: "right", scale: 0 };
  for (const { wide, long, below } of FOLDS) {
    if (best.scale >= below) continue;
    for (const flow of ["right", "down"]) {
      const boxes = parts.map(layers => folded(layers, FLOWS[flow], wide, long));
      for (const zoom of ZOOMS) {
        const picture = packed(boxes, space.width / zoom);
        const scale = Math.min(space.width / picture.width, space.height / picture.height);
        if (scale > best.scale * WORTH_FOLDING) best = { at: picture.at, flow, scale };
      }
    }
  }
  return best;
}

// Lays layers out along the flow, in lines of at most `long` layers, each at most `wide` nodes across.
function folded(layers, flow, wide, long) {
  const rows = layers.map(layer => chunks(layer, wide));
  const at = new Map();
  let [aside, longest] = [0, 0];
  for (const line of chunks(rows, long)) {
    const across = Math.max(...line.flat().map(row => row.length));
    let ahead = 0;
    for (const layer of line) {
      for (const row of layer) {
        row.forEach((id, index) => at.set(id, { [flow.ahead]: ahead,
          [flow.aside]: aside + (index + (across - row.length) / 2) * (flow.node[1] + flow.gap[1]) }));
        ahead += flow.node[0] + flow.gap[0] / (row === layer[layer.length - 1] ? 1 : 2);
      }
    }
    longest = Math.max(longest, ahead - flow.gap[0]);
    aside += across * (flow.node[1] + flow.gap[1]) + flow.gap[1];
  }
  const size = { [flow.ahead]: longest, [flow.aside]: aside - 2 * flow.gap[1] };
  return { at, width: size.x, height: size.y };
}

// Puts pictures onto shelves of about `limit` wide: the tallest first, small ones stacked beside it.
function packed(boxes, limit) {
  const at = new Map();
  let [top, left, wide, fill, shelf, width] = [0, 0, 0, 0, 0, 0];
  for (const box of [...boxes].sort((a, b) => b.height - a.height)) {
    if (fill && fill + box.height > shelf) { left += wide + APART; wide = fill = 0; }
    if (left && left + box.width > limit) { top += shelf + APART; left = wide = fill = shelf = 0; }
    for (const [id, place] of box.at) at.set(id, { x: place.x + left, y: place.y + top + fill });
    width = Math.max(width, left + box.width);
    wide = Math.max(wide, box.width);
    fill += box.height + APART;
    shelf = Math.max(shelf, fill - APART);
  }
  return { at, width: Math.max(1, width), height: Math.max(1, top + shelf) };
}

function chunks(items, most) {
  if (items.length <= most) return [items];
  const size = Math.ceil(items.length / Math.ceil(items.length / most));
  return Array.from({ length: Math.ceil(items.length / size) }, (_, number) => items.slice(number * size, (number + 1) * size));
}

function neighboursOf(ids, edges) {
  const around = new Map(ids.map(id => [id, []]));
  for (const edge of edges) { around.get(edge.from).push(edge.to); around.get(edge.to).push(edge.from); }
  return around;
}

function grouped(items, key) {
  const found = new Map();
  for (const item of items) {
    const name = key(item);
    if (!found.has(name)) found.set(name, []);
    found.get(name).push(item);
  }
  return found;
}

// What hangs together, the largest first.
function componentsOf(ids, edges) {
  const around = neighboursOf(ids, edges);
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

function layersOf(ids, edges) {
  const column = columnsOf(ids, edges);
  const columns = Array.from({ length: Math.max(0, ...column.values()) + 1 }, () => []);
  for (const id of ids) columns[column.get(id)].push(id);
  const around = neighboursOf(ids, edges);
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
  return columns.filter(list => list.length);
}

// A node stands one column after the last one that leads to it; what closes a circle does not count.
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
