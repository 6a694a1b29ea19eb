// Counted symbols: their size, how they make room for each other, how they are painted.
(function (cv) {
  "use strict";

  // Pixels that a symbol may move aside.
  const FARTHEST = 18;
  // Part of a symbol's radius that its number's ground takes.
  const HOLE = 0.62;
  // Pixels of the label's seal, half its width.
  const SEAL = [5.5, 8.5];
  let layers = [];

  function makeSymbols(scene) {
    layers = scene.symbols.map((row) => symbol(row, scene))
      .sort((a, b) => b.options.cv.n - a.options.cv.n);
    spread();
    return layers;
  }

  // Where symbols are on the screen, in pixels.
  function symbolDiscs() {
    return layers.map((layer) => {
      const { x, y } = cv.map.latLngToContainerPoint(layer.getLatLng()).add(layer.cvShift);
      return { x, y, r: layer._radius };
    });
  }

  function radius(n) {
    const size = n === 1 ? 7.5 : Math.min(8 + 2.4 * Math.sqrt(n), 30);
    return size * Math.min(1, Math.max(0.66, (cv.map.getZoom() + 2) / 8));
  }

  function resizeSymbols() {
    spread();
    layers.forEach((layer) => layer.setRadius(radius(layer.options.cv.n)));
  }

  // A small symbol that would hide a larger one's number, and take its clicks, moves aside.
  function spread() {
    const discs = layers.map((layer) => {
      const { n } = layer.options.cv;
      return { at: cv.map.project(layer.getLatLng()), shift: L.point(0, 0), r: radius(n), n };
    });
    for (let pass = 0; pass < 3; pass++) {
      discs.forEach((small, i) => {
        for (let j = 0; j < i; j++) if (discs[j].n > 1) moveAside(small, discs[j]);
      });
    }
    layers.forEach((layer, i) => { layer.cvShift = discs[i].shift; });
  }

  function moveAside(small, large) {
    const apart = large.r * HOLE + small.r;
    let x = small.at.x + small.shift.x - large.at.x - large.shift.x;
    let y = small.at.y + small.shift.y - large.at.y - large.shift.y;
    if (x * x + y * y >= apart * apart) return;
    let distance = Math.hypot(x, y);
    if (distance < 0.01) [x, y, distance] = [0, -0.01, 0.01];
    const push = L.point(x, y).multiplyBy(apart / distance - 1);
    const shift = small.shift.add(push);
    const far = Math.hypot(shift.x, shift.y);
    small.shift = far > FARTHEST ? shift.multiplyBy(FARTHEST / far) : shift;
  }

  const Symbol_ = L.CircleMarker.extend({
    _project() {
      this._point = this._map.latLngToLayerPoint(this._latlng).add(this.cvShift);
      this._updateBounds();
    },
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

  function symbol([id, name, lon, lat, counts, labelled = 0], scene) {
    const dense = new Array(cv.options.types.length).fill(0);
    for (let k = 0; k < counts.length; k += 2) dense[counts[k]] = counts[k + 1];
    const n = dense.reduce((a, b) => a + b, 0);
    const layer = new Symbol_([lat, lon], {
      renderer: cv.canvas, radius: radius(n),
      cv: { n, counts: dense, labelled, isSelected: id !== "" && id === scene.selected },
    });
    const kinds = dense.map((count, i) => count && `${count} ${cv.options.types[i].label}`)
      .filter(Boolean).join(", ");
    const found = `${n.toLocaleString("en")} ${cv.options.noun[n === 1 ? 0 : 1]}`;
    const label = labelled ? [`${labelled.toLocaleString("en")} with the label ${cv.options.label.name}`] : [];
    cv.tooltip(layer, () => (id ? [name, found, kinds, ...label] : [found, ...label, "Click to zoom in"]));
    if (id) layer.toGeoJSON = cv.answer(scene.kind, id);
    else layer.on("click", () => cv.map.flyTo([lat, lon], Math.min(cv.map.getZoom() + 2, 15), { duration: 0.4 }));
    return layer;
  }

  Object.assign(cv, { makeSymbols, symbolDiscs, resizeSymbols });
})(window.CyberValleys ??= {});
