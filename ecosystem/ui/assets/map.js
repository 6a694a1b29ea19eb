// Draws what ecosystem/ui/map.py sends: land, regions and counted symbols, on one canvas.
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
    labels.forEach((label) => label.remove());
    labels = [];
    symbolLayers = scene.symbols.map((row) => symbol(row, scene));
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
  const regionLayers = new Map();
  let shown = null;

  function regionLayer(name, json) {
    if (!regionLayers.has(name)) regionLayers.set(name, L.geoJSON(json, {
      renderer: canvas,
      onEachFeature: (feature, path) => {
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
    if (!shown.labelled) return;
    json.features
      .sort((a, b) => shown.values[b.id][0] - shown.values[a.id][0])
      .forEach((feature) => addLabel(feature.properties));
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

  function addLabel(properties) {
    const element = document.createElement("span");
    element.textContent = properties.name;
    const icon = L.divIcon({ className: "cv-label", html: element, iconSize: null });
    labels.push(L.marker([properties.lat, properties.lon], {
      icon, interactive: false, keyboard: false, pane: "cv-labels",
    }).addTo(map));
  }

  // Larger ecosystems are labelled first, each where it covers the fewest symbols and no other
  // label; one that finds no room waits for more zoom.
  const PLACES = [[0, 0], [0, -1], [0, 1], [1, 0], [-1, 0], [1, -1], [-1, -1], [1, 1], [-1, 1]];

  function placeLabels() {
    const size = map.getSize();
    const dots = symbolLayers.map((layer) => {
      const { x, y } = map.latLngToContainerPoint(layer.getLatLng());
      return { left: x - layer._radius, right: x + layer._radius,
               top: y - layer._radius, bottom: y + layer._radius };
    });
    const taken = [];
    labels.forEach((label) => {
      const element = label.getElement();
      const text = element.firstChild;
      const { x, y } = map.latLngToContainerPoint(label.getLatLng());
      const [width, height] = [text.offsetWidth, text.offsetHeight];
      const best = PLACES.map(([dx, dy]) => {
        const [ox, oy] = [dx * (width / 2 + 14), dy * (height / 2 + 14)];
        const box = { left: x + ox - width / 2, right: x + ox + width / 2,
                      top: y + oy - height / 2, bottom: y + oy + height / 2 };
        const isOut = box.left < 0 || box.top < 0 || box.right > size.x || box.bottom > size.y;
        const isTaken = taken.some((other) => overlap(box, other, 3));
        const covered = dots.filter((dot) => overlap(box, dot, 0)).length;
        return { ox, oy, box, cost: isTaken || isOut ? Infinity : covered + (dx || dy ? 0.5 : 0) };
      }).reduce((a, b) => (b.cost < a.cost ? b : a));
      const isShown = best.cost <= 3;
      if (isShown) taken.push(best.box);
      text.style.transform = `translate(-50%, -50%) translate(${best.ox}px, ${best.oy}px)`;
      element.style.visibility = isShown ? "visible" : "hidden";
    });
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
    symbolLayers.forEach((layer) => layer.setRadius(radius(layer.options.cv.n)));
  }

  const Symbol_ = L.CircleMarker.extend({
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
        ctx.arc(x, y, r * 0.62, 0, 2 * Math.PI);
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
