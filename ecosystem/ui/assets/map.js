// Draws what ecosystem/ui/map/drawing.py sends: land, regions and counted symbols, on one canvas.
// Register text reaches the page as text nodes and canvas text only, never as HTML.
"use strict";

window.CyberValleys = (function () {
  const PALETTES = {
    light: { land: "#f4f2ec", coast: "#cfc9ba", neighbour: "#e9e6dd", sea: "#dbe7f0",
             region: "#4b3f9e", ink: "#1f2430", halo: "#ffffff", mark: "#c2185b" },
    dark: { land: "#2a2f3a", coast: "#4a5160", neighbour: "#232833", sea: "#151a23",
            region: "#a79bff", ink: "#f2f4f8", halo: "#10141b", mark: "#ff7eb3" },
  };
  const EUROPE = [[35.2, -10], [63.5, 32.5]];
  const EAST = 49.9;
  const geometry = new Map();
  let map, options, palette, canvas, clicks = 0, startedAtPlace = false, home = null;

  // ---- start: the constant base ------------------------------------------------------------

  function start(map_, options_) {
    map = map_;
    options = options_;
    palette = PALETTES[options.dark ? "dark" : "light"];
    map.getContainer().style.background = palette.sea;
    document.body.classList.toggle("cv-dark", options.dark);
    map.createPane("cv-land").style.zIndex = 150;
    map.createPane("cv-labels").style.zIndex = 620;
    map.getPane("cv-labels").style.pointerEvents = "none";
    canvas = L.canvas({ padding: 0.3, tolerance: 4 });
    map.attributionControl.setPrefix(false);
    map.attributionControl.addAttribution(options.attribution);
    goToAddress();
    if (options.land) addLand();
    addHomeButton();
    map.on("zoomend", resizeSymbols);
    map.on("zoomend moveend resize", placeLabels);
    map.on("moveend", writeAddress);
    document.addEventListener("keydown", (event) => { if (event.key === "Escape") choose("", ""); });
    // Leaflet focuses the map when it is clicked; only the keyboard needs to see where it is.
    const container = map.getContainer();
    document.addEventListener("keydown", () => container.classList.remove("cv-by-pointer"));
    document.addEventListener("pointerdown", () => container.classList.add("cv-by-pointer"), true);
    // A change of filter replaces the whole address; the position is put back soon after.
    setInterval(writeAddress, 500);
    try { window.parent.addEventListener("popstate", goToAddress); } catch { /* framed elsewhere */ }
  }

  // ---- the position is the map's own part of the address: at=latitude,longitude,zoom -------

  function address() {
    try { return new URL(window.parent.location.href); } catch { return null; }  // framed elsewhere
  }

  function goToAddress() {
    const at = (address()?.searchParams.get("at") ?? "").split(",").map(Number);
    const isPlace = at.length === 3 && at.every(Number.isFinite) && Math.abs(at[0]) < 85;
    if (isPlace) map.setView([at[0], at[1]], at[2], { animate: false });
    else map.fitBounds(EUROPE, { animate: false });
    startedAtPlace = isPlace;
    home = isPlace ? null : position();
  }

  function position() {
    const centre = map.getCenter();
    return [centre.lat.toFixed(2), centre.lng.toFixed(2), map.getZoom()].join(",");
  }

  // replaceState: panning adds no step to the browser's history.
  function writeAddress() {
    const here = address();
    const at = position();
    if (!here || here.searchParams.get("at") === at) return;
    if (at === home && !here.searchParams.has("at")) return;
    here.searchParams.set("at", at);
    const history = window.parent.history;
    history.replaceState(history.state, "", here.toString().replaceAll("%2C", ","));
  }

  function load(layer) {
    if (!geometry.has(layer)) {
      const entry = { json: null };
      entry.promise = fetch(options.geometry + layer + ".json")
        .then((response) => response.json())
        .then((json) => { entry.json = json; return json; });
      geometry.set(layer, entry);
    }
    return geometry.get(layer);
  }

  function whenLoaded(layer, use) {
    const entry = load(layer);
    if (entry.json) use(entry.json);
    else entry.promise.then(use);
  }

  function addLand() {
    const renderer = L.canvas({ pane: "cv-land", padding: 0.3 });
    // The neighbours' outlines end here; a wide window sees further, and it is land there too.
    L.rectangle([[28, EAST], [74, 180]], {
      renderer, interactive: false, pane: "cv-land",
      stroke: false, fillColor: palette.neighbour, fillOpacity: 1,
    }).addTo(map);
    whenLoaded("land", (json) => L.geoJSON(json, {
      renderer, interactive: false, pane: "cv-land",
      style: (feature) => feature.properties.neighbour
        ? { stroke: false, fillColor: palette.neighbour, fillOpacity: 1 }
        : { color: palette.coast, weight: 0.8, fillColor: palette.land, fillOpacity: 1 },
    }).addTo(map));
  }

  function addHomeButton() {
    const Home = L.Control.extend({
      onAdd() {
        const bar = L.DomUtil.create("div", "leaflet-bar");
        const link = L.DomUtil.create("a", "cv-home", bar);
        link.href = "#";
        link.role = "button";
        link.title = "Back to Europe";
        link.setAttribute("aria-label", "Back to Europe");
        link.textContent = "⌂";
        L.DomEvent.disableClickPropagation(bar);
        L.DomEvent.on(link, "click", (event) => {
          L.DomEvent.preventDefault(event);
          map.fitBounds(EUROPE);
          choose("", "");
        });
        return bar;
      },
    });
    new Home({ position: "topleft" }).addTo(map);
  }

  // ---- what is clicked goes back to Python through the layer's own click event ------------

  // (streamlit-folium reports the clicked layer's toGeoJSON; the counter tells two clicks on
  // the same thing apart.)

  let group;
  function answer(kind, id) {
    return () => ({ type: "Feature", geometry: null, properties: { kind, id, click: `${Date.now()}-${++clicks}` } });
  }

  function choose(kind, id) {
    if (group) group.fire("click", { layer: { toGeoJSON: answer(kind, id) } });
  }

  function tooltip(layer, lines) {
    layer.bindTooltip(() => {
      const box = document.createElement("div");
      lines().forEach((line, i) => {
        const element = document.createElement(i ? "div" : "strong");
        element.textContent = line;
        box.append(element);
      });
      return box;
    }, { sticky: true, direction: "top", className: "cv-tooltip" });
  }

  // ---- one draw: regions below, symbols above ----------------------------------------------

  let labels = [], symbolLayers = [];
  function draw(group_, scene) {
    group = group_;
    labels.forEach((label) => label.marker?.remove());
    labels = [];
    symbolLayers = scene.symbols.map((row) => symbol(row, scene))
      .sort((a, b) => b.options.cv.n - a.options.cv.n);
    spread();
    if (scene.regions) {
      whenLoaded(scene.regions.layer, (json) => {
        if (group !== group_) return;
        addRegions(json, scene);
        symbolLayers.forEach((layer) => layer.bringToFront());
      });
    }
    symbolLayers.forEach((layer) => layer.addTo(group));
    if (scene.fit && scene.fit.key !== map._cvFit) {
      const first = map._cvFit === undefined;
      map._cvFit = scene.fit.key;
      if (!(first && startedAtPlace)) {
        if (scene.fit.box) map.fitBounds(scene.fit.box, { maxZoom: 8, padding: [40, 40], animate: !first });
        else if (!first) map.fitBounds(EUROPE);
      }
    }
    map.getContainer().dataset.drawn = String(++draws);
  }
  let draws = 0;

  // Paths of a layer are made once; a scene gives them other values and another group.
  const regionLayers = new Map(), boundsOf = new Map();
  let shown = null;

  function regionLayer(name, json) {
    if (!regionLayers.has(name)) regionLayers.set(name, L.geoJSON(json, {
      renderer: canvas,
      onEachFeature: (feature, path) => {
        boundsOf.set(feature, path.getBounds());
        path.toGeoJSON = () => answer(shown.kind, feature.id)();
        tooltip(path, () => [feature.properties.name, shown.values[feature.id][1] || "No organisation"]);
        path.on("mouseover", () => path.setStyle({ weight: 3 }));
        path.on("mouseout", () => path.setStyle({ weight: styleOf(feature.id).weight }));
      },
    }));
    return regionLayers.get(name);
  }

  function addRegions(json, scene) {
    if (shown && shown.group) shown.group.removeLayer(regionLayers.get(shown.layer));
    const layer = regionLayer(scene.regions.layer, json);
    shown = { ...scene.regions, group };
    layer.setStyle((feature) => styleOf(feature.id));
    layer.addTo(group);
    layer.eachLayer((path) => path.feature.id === shown.selected && path.bringToFront());
    const chosen = json.features.filter((feature) => feature.id === shown.selected);
    const others = json.features.filter((feature) => feature.id !== shown.selected)
      .sort((a, b) => shown.values[b.id][0] - shown.values[a.id][0]);
    labels = [
      ...chosen.map(regionLabel),
      ...shown.countries.map(([text, lat, lon]) => label(text, [lat, lon], "country")),
      ...others.map(regionLabel),
    ];
    placeLabels();
  }

  function styleOf(id) {
    return regionStyle(shown.values[id], shown.style, id === shown.selected);
  }

  function regionStyle([n, , number], style, isSelected) {
    const colour = shown.colours[number];
    const line = isSelected ? palette.mark : palette.region;
    if (style === "outline") {
      return { color: line, weight: isSelected ? 3.5 : 1.4, opacity: 0.9,
               fillColor: palette.region, fillOpacity: n ? 0.1 : 0.03 };
    }
    return { color: isSelected ? palette.mark : palette.coast, weight: isSelected ? 3.5 : 0.7,
             fillColor: colour, fillOpacity: 0.9 };
  }

  // ---- names: written where they cover no symbol and no other name ---------------------------

  // Font as in map.css, so that a name can be measured before it is written.
  const FONT = "600 11.5px system-ui, sans-serif", LINE = 13.5, LONGEST = 16;
  // Countries are named until the names of their regions find room.
  const REGIONS_FROM = 6;
  const ink = document.createElement("canvas").getContext("2d");

  function label(text, latlng, kind, bounds = null) {
    const lines = inLines(text);
    ink.font = FONT;
    const width = Math.max(...lines.map((line) => Math.ceil(ink.measureText(line).width))) + 2;
    return { text, latlng: L.latLng(latlng), kind, bounds, width, height: lines.length * LINE, marker: null };
  }

  function regionLabel(feature) {
    const { name, lat, lon } = feature.properties;
    const needsRoom = shown.layer !== "valley" && feature.id !== shown.selected;
    return label(name, [lat, lon], "region", needsRoom ? boundsOf.get(feature) : null);
  }

  function inLines(text) {
    return text.match(/[^ -]+-*|-+/g)?.reduce((lines, word) => {
      const last = lines.at(-1) ?? "";
      const longer = last && !last.endsWith("-") ? `${last} ${word}` : last + word;
      return longer.length <= LONGEST ? [...lines.slice(0, -1), longer] : [...lines, word];
    }, []) ?? [];
  }

  // What comes first is named first; a name that finds no room waits for more zoom.
  function placeLabels() {
    const dots = symbolLayers.map((layer) => {
      const { x, y } = map.latLngToContainerPoint(layer.getLatLng()).add(layer.cvShift);
      return { x, y, r: layer._radius };
    });
    const taken = [];
    labels.forEach((label) => {
      const place = mayBeNamed(label) && places(label, dots).find((place) => isFree(place, dots, taken));
      if (place) taken.push(place.box);
      write(label, place);
    });
  }

  function mayBeNamed({ kind, bounds, width, height }) {
    if (kind === "country") return map.getZoom() < REGIONS_FROM;
    if (!bounds) return true;
    const room = map.latLngToContainerPoint(bounds.getSouthEast())
      .subtract(map.latLngToContainerPoint(bounds.getNorthWest()));
    return width <= room.x && height <= room.y;
  }

  // A region's own middle first; a name with symbols around it may also stand a little beside.
  const DIRECTIONS = [[0, 1], [0, -1], [1, 0], [-1, 0], [1, 1], [-1, 1], [1, -1], [-1, -1]];

  function places({ latlng, bounds, width, height }, dots) {
    const { x, y } = map.latLngToContainerPoint(latlng);
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

  // Nor may a name stand closer to another symbol than to its own.
  function isFree({ box, own, gap }, dots, taken) {
    const size = map.getSize();
    return box.left >= 0 && box.top >= 0 && box.right <= size.x && box.bottom <= size.y &&
      !taken.some((other) => overlap(box, other, 2)) &&
      !dots.some((dot) => touches(box, dot, own && dot !== own ? gap : 0));
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
      }).addTo(map);
    }
    const element = label.marker.getElement();
    element.style.visibility = "visible";
    element.firstChild.style.transform = `translate(-50%, -50%) translate(${place.ox}px, ${place.oy}px)`;
  }

  function overlap(a, b, gap) {
    return a.left - gap < b.right && a.right + gap > b.left &&
      a.top - gap < b.bottom && a.bottom + gap > b.top;
  }

  // ---- symbols ---------------------------------------------------------------------------

  function radius(n) {
    const size = n === 1 ? 7.5 : Math.min(8 + 2.4 * Math.sqrt(n), 30);
    return size * Math.min(1, Math.max(0.66, (map.getZoom() + 2) / 8));
  }

  function resizeSymbols() {
    spread();
    symbolLayers.forEach((layer) => layer.setRadius(radius(layer.options.cv.n)));
  }

  // A small symbol that would hide a larger one's number, and take its clicks, moves aside.
  const FARTHEST = 18;
  // Part of a symbol's radius that its number's ground takes.
  const HOLE = 0.62;

  function spread() {
    const discs = symbolLayers.map((layer) => {
      const { n } = layer.options.cv;
      return { at: map.project(layer.getLatLng()), shift: L.point(0, 0), r: radius(n), n };
    });
    for (let pass = 0; pass < 3; pass++) {
      discs.forEach((small, i) => {
        for (let j = 0; j < i; j++) if (discs[j].n > 1) moveAside(small, discs[j]);
      });
    }
    symbolLayers.forEach((layer, i) => { layer.cvShift = discs[i].shift; });
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
      const { n, counts, isSelected } = layer.options.cv;
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
        ctx.fillStyle = options.types[i].colour;
        ctx.fill();
        angle = next;
      });
      ctx.beginPath();
      ctx.arc(x, y, r, 0, 2 * Math.PI);
      ctx.lineWidth = isSelected ? 3.5 : 1.2;
      ctx.strokeStyle = isSelected ? palette.mark : palette.halo;
      ctx.stroke();
      ctx.textAlign = "center";
      ctx.textBaseline = "middle";
      if (n > 1) {
        ctx.beginPath();
        ctx.arc(x, y, r * HOLE, 0, 2 * Math.PI);
        ctx.fillStyle = palette.halo;
        ctx.fill();
        ctx.fillStyle = palette.ink;
        ctx.font = `600 ${Math.max(9, Math.min(r * 0.72, 14))}px sans-serif`;
        ctx.fillText(short(n), x, y + 0.5);
      } else {
        const type = options.types[counts.findIndex((count) => count > 0)];
        ctx.fillStyle = type.dark ? "#000000" : "#ffffff";
        ctx.font = `700 ${Math.max(7.5, r * 1.2)}px sans-serif`;
        ctx.fillText(type.letter, x, y + 0.5);
      }
      ctx.restore();
    },
  });

  function short(n) {
    return n < 1000 ? String(n) : n < 10000 ? (n / 1000).toFixed(1) + "k" : Math.round(n / 1000) + "k";
  }

  function symbol([id, name, lon, lat, counts], scene) {
    const dense = new Array(options.types.length).fill(0);
    for (let k = 0; k < counts.length; k += 2) dense[counts[k]] = counts[k + 1];
    const n = dense.reduce((a, b) => a + b, 0);
    const layer = new Symbol_([lat, lon], {
      renderer: canvas, radius: radius(n),
      cv: { n, counts: dense, isSelected: id !== "" && id === scene.selected },
    });
    const kinds = dense.map((count, i) => count && `${count} ${options.types[i].label}`)
      .filter(Boolean).join(", ");
    const found = n === 1 ? "1 organisation" : `${n.toLocaleString("en")} organisations`;
    tooltip(layer, () => (id ? [name, found, kinds] : [found, "Click to zoom in"]));
    if (id) layer.toGeoJSON = answer(scene.kind, id);
    else layer.on("click", () => map.flyTo([lat, lon], Math.min(map.getZoom() + 2, 15), { duration: 0.4 }));
    return layer;
  }

  return { start, draw };
})();
