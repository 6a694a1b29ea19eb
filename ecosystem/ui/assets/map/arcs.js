// Links between regions as arcs: one layer on the canvas, however many there are.
(function (cv) {
  "use strict";

  // How far an arc leaves the straight line, and how near a pointer must come, in pixels.
  const BEND = 0.16, NEAR = 6, STEPS = 16;

  const Arcs = L.Path.extend({
    initialize(rows, selected) {
      L.setOptions(this, { renderer: cv.canvas, interactive: true });
      // Weak ones first, so that strong ones lie above them.
      this._arcs = rows.map(([id, lon1, lat1, lon2, lat2, weight, ...texts]) => (
        { id, ends: [[lat1, lon1], [lat2, lon2]].map(L.latLng), weight, texts, isSelected: id === selected }
      )).sort((a, b) => a.isSelected - b.isSelected || a.weight - b.weight);
      this._hit = null;
    },
    _project() {
      this._pxBounds = L.bounds([]);
      this._arcs.forEach((arc) => {
        arc.points = course(...arc.ends.map((end) => this._map.latLngToLayerPoint(end)));
        arc.points.forEach((point) => this._pxBounds.extend(point));
      });
      this._pxBounds = this._arcs.length
        ? L.bounds(this._pxBounds.min.subtract([8, 8]), this._pxBounds.max.add([8, 8]))
        : L.bounds([0, 0], [0, 0]);
    },
    _reset() { this._project(); this._update(); },
    _update() { if (this._map) this._updatePath(); },
    _updatePath() { this._renderer.drawCyberValleysArcs(this); },
    _empty() { return !this._arcs.length; },
    _containsPoint(point) {
      this._hit = this._arcs.findLast((arc) => distance(point, arc.points) <= NEAR) ?? null;
      return this._hit !== null;
    },
    getBounds() { return L.latLngBounds(this._arcs.flatMap((arc) => arc.ends)); },
  });

  L.Canvas.include({
    drawCyberValleysArcs(layer) {
      if (!this._drawing || layer._empty()) return;
      const ctx = this._ctx;
      ctx.save();
      ctx.lineCap = "round";
      layer._arcs.forEach((arc) => {
        const isMarked = arc.isSelected || arc === layer._pointedAt;
        ctx.globalAlpha = isMarked ? 1 : 0.28 + 0.6 * arc.weight;
        ctx.strokeStyle = isMarked ? cv.palette.mark : cv.palette.region;
        ctx.lineWidth = 1 + 4 * arc.weight + (isMarked ? 1.5 : 0);
        ctx.beginPath();
        arc.points.forEach(({ x, y }, i) => (i ? ctx.lineTo(x, y) : ctx.moveTo(x, y)));
        ctx.stroke();
      });
      ctx.restore();
    },
  });

  // Points of a quadratic curve that bends to the north.
  function course(from, to) {
    const [west, east] = from.x <= to.x ? [from, to] : [to, from];
    const control = L.point((west.x + east.x) / 2 + BEND * (east.y - west.y),
                            (west.y + east.y) / 2 - BEND * (east.x - west.x));
    return Array.from({ length: STEPS + 1 }, (_, i) => {
      const t = i / STEPS, u = 1 - t;
      return L.point(u * u * west.x + 2 * u * t * control.x + t * t * east.x,
                     u * u * west.y + 2 * u * t * control.y + t * t * east.y);
    });
  }

  function distance(point, points) {
    let nearest = Infinity;
    for (let i = 1; i < points.length; i++) {
      nearest = Math.min(nearest, L.LineUtil.pointToSegmentDistance(point, points[i - 1], points[i]));
    }
    return nearest;
  }

  function makeArcs({ arcs }) {
    if (!arcs) return [];
    const layer = new Arcs(arcs.rows, arcs.selected);
    layer.toGeoJSON = () => cv.answer("link", layer._hit?.id ?? "")();
    cv.tooltip(layer, () => layer._hit?.texts ?? [""]);
    layer.on("mousemove mouseover", () => pointAt(layer, layer._hit));
    layer.on("mouseout", () => pointAt(layer, null));
    return [layer];
  }

  function pointAt(layer, arc) {
    if (layer._pointedAt === arc) return;
    layer._pointedAt = arc;
    if (arc) layer.getTooltip().update();
    layer.redraw();
  }

  Object.assign(cv, { makeArcs });
})(window.CyberValleys ??= {});
