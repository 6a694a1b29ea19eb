// Names on the map: written where they cover no symbol and no other name.
(function (cv) {
  "use strict";

  // Font as in map.css, so that a name can be measured before it is written.
  const FONT = "600 11.5px system-ui, sans-serif", LINE = 13.5, LONGEST = 16;
  // Countries are named until the names of their regions find room.
  const REGIONS_FROM = 6;
  const ink = document.createElement("canvas").getContext("2d");
  let labels = [];

  function label(text, latlng, kind, bounds = null) {
    const lines = inLines(text);
    ink.font = FONT;
    const width = Math.max(...lines.map((line) => Math.ceil(ink.measureText(line).width))) + 2;
    return { text, latlng: L.latLng(latlng), kind, bounds, width, height: lines.length * LINE, marker: null };
  }

  function inLines(text) {
    return text.match(/[^ -]+-*|-+/g)?.reduce((lines, word) => {
      const last = lines.at(-1) ?? "";
      const longer = last && !last.endsWith("-") ? `${last} ${word}` : last + word;
      return longer.length <= LONGEST ? [...lines.slice(0, -1), longer] : [...lines, word];
    }, []) ?? [];
  }

  function removeLabels() {
    labels.forEach((label) => label.marker?.remove());
    labels = [];
  }

  function setLabels(labels_) {
    labels = labels_;
    placeLabels();
  }

  // What comes first is named first; a name that finds no room waits for more zoom.
  function placeLabels() {
    const dots = cv.symbolDiscs();
    const taken = [];
    labels.forEach((label) => {
      const place = mayBeNamed(label) && places(label, dots).find((place) => isFree(place, dots, taken));
      if (place) taken.push(place.box);
      write(label, place);
    });
  }

  function mayBeNamed({ kind, bounds, width, height }) {
    if (kind === "country") return cv.map.getZoom() < REGIONS_FROM;
    if (!bounds) return true;
    const room = cv.map.latLngToContainerPoint(bounds.getSouthEast())
      .subtract(cv.map.latLngToContainerPoint(bounds.getNorthWest()));
    return width <= room.x && height <= room.y;
  }

  // A region's own middle first; a name with symbols around it may also be a little beside.
  const DIRECTIONS = [[0, 1], [0, -1], [1, 0], [-1, 0], [1, 1], [-1, 1], [1, -1], [-1, -1]];

  function places({ latlng, bounds, width, height }, dots) {
    const { x, y } = cv.map.latLngToContainerPoint(latlng);
    const at = (ox, oy, own = null, gap = 0) => ({ ox, oy, own, gap, box: {
      left: x + ox - width / 2, right: x + ox + width / 2,
      top: y + oy - height / 2, bottom: y + oy + height / 2 } });
    if (bounds || !dots.length) return [at(0, 0)];
    const under = dots.find((dot) => Math.hypot(dot.x - x, dot.y - y) < dot.r);
    const near = under ? under.r : 0;
    return [at(0, 0), ...[2, 9, 16].flatMap((gap) => DIRECTIONS.map(([dx, dy]) => {
      const far = (near + gap) * (dx && dy ? 0.7 : 1);
      return at(dx * (far + width / 2), dy * (far + height / 2), under, gap);
    }))];
  }

  // Nor may a name be closer to a symbol than to what it names: its own symbol, or its middle.
  function isFree({ box, own, gap }, dots, taken) {
    const size = cv.map.getSize();
    return box.left >= 0 && box.top >= 0 && box.right <= size.x && box.bottom <= size.y &&
      !taken.some((other) => overlap(box, other, 2)) &&
      !dots.some((dot) => touches(box, dot, dot === own ? 0 : gap));
  }

  function touches(box, { x, y, r }, gap) {
    const dx = Math.max(box.left - x, 0, x - box.right), dy = Math.max(box.top - y, 0, y - box.bottom);
    return dx * dx + dy * dy < (r + gap) * (r + gap);
  }

  function write(label, place) {
    if (!place) {
      if (label.marker) label.marker.getElement().style.visibility = "hidden";
      return;
    }
    if (!label.marker) {
      const element = document.createElement("span");
      element.textContent = label.text;
      element.style.width = `${label.width}px`;
      const className = `cv-label cv-label-${label.kind}`;
      label.marker = L.marker(label.latlng, {
        icon: L.divIcon({ className, html: element, iconSize: null }),
        interactive: false, keyboard: false, pane: "cv-labels",
      }).addTo(cv.map);
    }
    const element = label.marker.getElement();
    element.style.visibility = "visible";
    element.firstChild.style.transform = `translate(-50%, -50%) translate(${place.ox}px, ${place.oy}px)`;
  }

  function overlap(a, b, gap) {
    return a.left - gap < b.right && a.right + gap > b.left &&
      a.top - gap < b.bottom && a.bottom + gap > b.top;
  }

  Object.assign(cv, { label, removeLabels, setLabels, placeLabels });
})(window.CyberValleys ??= {});
