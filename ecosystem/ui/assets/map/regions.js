// Regions below the symbols: shapes, colours, and which of them are named.
(function (cv) {
  "use strict";

  // Paths of a layer are made once; a scene gives them other values and another group.
  const regionLayers = new Map(), boundsOf = new Map();
  let shown = null;

  function regionLayer(name, json) {
    if (!regionLayers.has(name)) regionLayers.set(name, L.geoJSON(json, {
      renderer: cv.canvas,
      onEachFeature: (feature, path) => {
        boundsOf.set(feature, path.getBounds());
        path.toGeoJSON = () => cv.answer(shown.kind, feature.id)();
        cv.tooltip(path, () => [feature.properties.name, shown.values[feature.id][1] || "Not collected for the register"]);
        path.on("mouseover", () => path.setStyle({ weight: 3 }));
        path.on("mouseout", () => path.setStyle({ weight: styleOf(feature.id).weight }));
      },
    }));
    return regionLayers.get(name);
  }

  function addRegions(json, scene) {
    if (shown && shown.group) shown.group.removeLayer(regionLayers.get(shown.layer));
    const layer = regionLayer(scene.regions.layer, json);
    shown = { ...scene.regions, group: cv.group };
    layer.setStyle((feature) => styleOf(feature.id));
    layer.addTo(cv.group);
    layer.eachLayer((path) => path.feature.id === shown.selected && path.bringToFront());
    const chosen = json.features.filter((feature) => feature.id === shown.selected);
    const others = json.features.filter((feature) => feature.id !== shown.selected)
      .sort((a, b) => shown.values[b.id][0] - shown.values[a.id][0]);
    cv.setLabels([
      ...chosen.map(regionLabel),
      ...shown.countries.map(([text, lat, lon]) => cv.label(text, [lat, lon], "country")),
      ...others.map(regionLabel),
    ]);
  }

  function regionLabel(feature) {
    const { name, lat, lon } = feature.properties;
    const needsRoom = shown.layer !== "valley" && feature.id !== shown.selected;
    return cv.label(name, [lat, lon], "region", needsRoom ? boundsOf.get(feature) : null);
  }

  function styleOf(id) {
    return regionStyle(shown.values[id], shown.style, id === shown.selected);
  }

  function regionStyle([n, , number], style, isSelected) {
    const colour = shown.colours[number];
    const line = isSelected ? cv.palette.mark : cv.palette.region;
    if (style === "outline") {
      return { color: line, weight: isSelected ? 3.5 : 1.4, opacity: 0.9,
               fillColor: cv.palette.region, fillOpacity: n ? 0.1 : 0.03 };
    }
    return { color: isSelected ? cv.palette.mark : cv.palette.coast, weight: isSelected ? 3.5 : 0.7,
             fillColor: colour, fillOpacity: 0.9 };
  }

  Object.assign(cv, { addRegions });
})(window.CyberValleys ??= {});
