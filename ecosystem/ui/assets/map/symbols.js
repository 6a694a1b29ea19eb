// Counted symbols: their size, which of them share one, how they are painted.
(function (cv) {
  "use strict";

  // Part of a symbol's radius that its number's ground takes.
  const HOLE = 0.62;
  // Pixels of the label's seal, half its width.
  const SEAL = [5.5, 8.5];
  // Pixels between two symbols, and the widest that one gets.
  const GAP = 1, WIDEST = 2 * 30 + GAP;
  // How far in a click on a shared symbol leads, and how many of its places it names.
  const NEAREST = 12, NAMED = 6;
  let rows = [], layers = [], scene = null;

  function makeSymbols(scene_) {
    scene = scene_;
    rows = scene.symbols.map(read);
    layers = share(rows, cv.map.getZoom()).map(symbol);
    return layers;
  }

  const symbolLayers = () => layers;

  // Where symbols are on the screen, in pixels.
  function symbolDiscs() {
    return layers.map((layer) => {
      const { x, y } = cv.map.latLngToContainerPoint(layer.getLatLng());
      return { x, y, r: layer._radius };
    });
  }

  function radius(n, zoom) {
    const size = n === 1 ? 7.5 : Math.min(8 + 2.4 * Math.sqrt(n), 30);
    return size * Math.min(1, Math.max(0.66, (zoom + 2) / 8));
  }

  // At another zoom other symbols share one.
  function regroupSymbols() {
    if (!scene) return;
    layers.forEach((layer) => cv.group.removeLayer(layer));
    layers = share(rows, cv.map.getZoom()).map(symbol);
    layers.forEach((layer) => layer.addTo(cv.group));
    cv.describe(scene, layers.length);
  }

  // Groups of rows, the largest first, so that the symbols of no two groups touch: symbols that
  // would hide each other become one in their middle, which is wider and may reach the next.
  function share(rows, zoom) {
    let groups = rows.map((row) => ({ at: cv.map.project(row.latlng, zoom), n: row.n, rows: [row] }));
    for (let before = Infinity; groups.length < before;) {
      before = groups.length;
      groups = joinTouching(groups.sort((a, b) => b.n - a.n), zoom);
    }
    return groups;
  }

  function joinTouching(groups, zoom) {
    const kept = [], squares = new Map();
    const square = (at, dx, dy) => `${Math.floor(at.x / WIDEST) + dx} ${Math.floor(at.y / WIDEST) + dy}`;
    groups.forEach((group) => {
      const near = AROUND.flatMap(([dx, dy]) => squares.get(square(group.at, dx, dy)) ?? []);
      const other = nearest(group, near, zoom);
      if (other) {
        const n = other.n + group.n;
        other.at = other.at.multiplyBy(other.n / n).add(group.at.multiplyBy(group.n / n));
        other.n = n;
        other.rows = other.rows.concat(group.rows);
        return;
      }
      kept.push(group);
      const here = square(group.at, 0, 0);
      squares.set(here, [...(squares.get(here) ?? []), group]);
    });
    return kept;
  }

  const AROUND = [-1, 0, 1].flatMap((dx) => [-1, 0, 1].map((dy) => [dx, dy]));

  function nearest(group, others, zoom) {
    const r = radius(group.n, zoom) + GAP;
    let found = null, least = 0;
    others.forEach((other) => {
      const free = group.at.distanceTo(other.at) - r - radius(other.n, zoom);
      if (free < least) [found, least] = [other, free];
    });
    return found;
  }

  const Symbol_ = L.CircleMarker.extend({
    _updatePath() { this._renderer.drawCyberValleysSymbol(this); },
  });

  L.Canvas.include({
    drawCyberValleysSymbol(layer) {
      if (!this._drawing || layer._empty()) return;
      const { x, y } = layer._point;
      const { n, counts, labelled, isSelected } = layer.options.cv;
      const r = layer._radius;
      const ctx = this._ctx;
      ctx.save();
      ctx.globalAlpha = 1;
      let angle = -Math.PI / 2;
      counts.forEach((count, i) => {
        if (!count) return;
        const next = angle + (2 * Math.PI * count) / n;
        ctx.beginPath();
        ctx.moveTo(x, y);
        ctx.arc(x, y, r, angle, next);
        ctx.closePath();
        ctx.fillStyle = cv.options.types[i].colour;
        ctx.fill();
        angle = next;
      });
      ctx.beginPath();
      ctx.arc(x, y, r, 0, 2 * Math.PI);
      ctx.lineWidth = isSelected ? 3.5 : 1.2;
      ctx.strokeStyle = isSelected ? cv.palette.mark : cv.palette.halo;
      ctx.stroke();
      ctx.textAlign = "center";
      ctx.textBaseline = "middle";
      if (n > 1) {
        ctx.beginPath();
        ctx.arc(x, y, r * HOLE, 0, 2 * Math.PI);
        ctx.fillStyle = cv.palette.halo;
        ctx.fill();
        ctx.fillStyle = cv.palette.ink;
        ctx.font = `600 ${Math.max(9, Math.min(r * 0.72, 14))}px sans-serif`;
        ctx.fillText(short(n), x, y + 0.5);
      } else {
        const type = cv.options.types[counts.findIndex((count) => count > 0)];
        ctx.fillStyle = type.dark ? "#000000" : "#ffffff";
        ctx.font = `700 ${Math.max(7.5, r * 1.2)}px sans-serif`;
        ctx.fillText(type.letter, x, y + 0.5);
      }
      if (labelled) paintSeal(ctx, x + r * 0.75, y - r * 0.75, r);
      ctx.restore();
    },
  });

  // On the symbol's edge, where it hides neither the number nor the letter.
  function paintSeal(ctx, x, y, r) {
    const { seal, tick, colour, ink } = cv.options.label;
    const scale = Math.min(Math.max(r * 0.45, SEAL[0]), SEAL[1]) / 10;
    ctx.translate(x - 10 * scale, y - 10 * scale);
    ctx.scale(scale, scale);
    ctx.lineJoin = "round";
    ctx.strokeStyle = ink;
    ctx.lineWidth = 4;
    ctx.stroke(new Path2D(seal));
    ctx.fillStyle = colour;
    ctx.fill(new Path2D(seal));
    ctx.lineWidth = 2.5;
    ctx.stroke(new Path2D(tick));
  }

  function short(n) {
    return n < 1000 ? String(n) : n < 10000 ? (n / 1000).toFixed(1) + "k" : Math.round(n / 1000) + "k";
  }

  // A row of the scene: a town, a valley or a cell, which has no id.
  function read([id, name, lon, lat, counts, labelled = 0]) {
    const dense = new Array(cv.options.types.length).fill(0);
    for (let k = 0; k < counts.length; k += 2) dense[counts[k]] = counts[k + 1];
    return { id, name, latlng: L.latLng(lat, lon), counts: dense, labelled, n: sum(dense) };
  }

  const sum = (numbers) => numbers.reduce((a, b) => a + b, 0);

  function symbol({ at, n, rows }) {
    const zoom = cv.map.getZoom();
    const counts = cv.options.types.map((_, i) => sum(rows.map((row) => row.counts[i])));
    const labelled = sum(rows.map((row) => row.labelled));
    const isSelected = rows.some(({ id }) => id !== "" && id === scene.selected);
    const [{ id, name }] = rows;
    const latlng = rows.length > 1 ? cv.map.unproject(at, zoom) : rows[0].latlng;
    const layer = new Symbol_(latlng, {
      renderer: cv.canvas, radius: radius(n, zoom), cv: { n, counts, labelled, isSelected, places: rows.length },
    });
    const kinds = counts.map((count, i) => count && `${number(count)} ${cv.options.types[i].label}`)
      .filter(Boolean).join(", ");
    const found = `${number(n)} ${cv.options.noun[n === 1 ? 0 : 1]}`;
    const label = labelled ? [`${number(labelled)} with the label ${cv.options.label.name}`] : [];
    if (rows.every((row) => !row.id)) {
      cv.tooltip(layer, () => [found, ...label, "Click to zoom in"]);
      layer.on("click", () => go(latlng, cv.map.getZoom() + 2));
    } else if (rows.length > 1) {
      const names = named(rows);
      cv.tooltip(layer, () => [found, names, kinds, ...label, "Click to part them"]);
      layer.on("click", () => part(rows, latlng));
    } else {
      cv.tooltip(layer, () => [name, found, kinds, ...label]);
      layer.toGeoJSON = cv.answer(scene.kind, id);
    }
    return layer;
  }

  const number = (n) => n.toLocaleString("en");

  // The places of a shared symbol, the largest first; cells have no names.
  function named(rows) {
    const names = rows.filter(({ name }) => name).map(({ name, n }) => `${name} ${number(n)}`);
    const more = names.length - NAMED;
    return [...names.slice(0, NAMED), ...(more > 0 ? [`and ${number(more)} more`] : [])].join(", ");
  }

  // Nearer, until all are in view and not in one symbol any more; a list where that never happens.
  function part(rows, latlng) {
    const bounds = L.latLngBounds(rows.map(({ latlng }) => latlng));
    const { x, y } = cv.map.getSize().multiplyBy(0.15);
    const fits = Math.min(cv.map.getBoundsZoom(bounds, false, L.point(2 * x, 2 * y)), NEAREST);
    let zoom = Math.max(fits, cv.map.getZoom() + 1);
    while (zoom < cv.map.getMaxZoom() && share(rows, zoom).length === 1) zoom += 1;
    if (share(rows, zoom).length > 1) go(bounds.getCenter(), zoom);
    else cv.chooseAmong(latlng, rows.filter(({ id }) => id), scene.kind);
  }

  function go(centre, zoom) {
    cv.map.flyTo(centre, Math.min(zoom, cv.map.getMaxZoom()), { duration: 0.4 });
  }

  Object.assign(cv, { makeSymbols, symbolLayers, symbolDiscs, regroupSymbols });
})(window.CyberValleys ??= {});
