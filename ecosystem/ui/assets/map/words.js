// What the map says of itself to whoever can't see it, and the way to the same as a list.
(function (cv) {
  "use strict";

  const count = (n, one, many) => `${n.toLocaleString("en")} ${n === 1 ? one : many}`;

  function describe(scene) {
    const text = `${content(scene)} ${cv.options.sameAsList}`.trim();
    const container = cv.map.getContainer();
    container.setAttribute("role", "application");
    container.setAttribute("aria-roledescription", "map");
    container.setAttribute("aria-label", `${text} Arrow keys move the map, plus and minus zoom.`);
    try { window.frameElement.title = text; } catch { /* framed elsewhere */ }
  }

  function content({ symbols, regions, arcs }) {
    if (arcs) return `Map: ${count(arcs.rows.length, "link", "links")} between regions.`;
    if (symbols.length || !regions) {
      const n = symbols.reduce((sum, [, , , , counts]) => sum + odd(counts), 0);
      return `Map: ${count(symbols.length, "symbol", "symbols")} for ${count(n, ...cv.options.noun)}.`;
    }
    const values = Object.values(regions.values);
    const filled = values.filter(([n]) => n).length;
    return `Map: ${count(values.length, "region", "regions")}, ${count(filled, "has", "have")} organisations.`;
  }

  // Counts lie between the numbers of their types.
  function odd(counts) {
    return counts.reduce((sum, number, i) => sum + (i % 2 ? number : 0), 0);
  }

  // Symbols are painted, so no key reaches them: the list is the way.
  function addWayToList() {
    if (!cv.options.list) return;
    const link = document.createElement("a");
    link.className = "cv-to-list";
    link.href = "#";
    link.textContent = "Go to the list of the same organisations";
    L.DomEvent.disableClickPropagation(link);
    L.DomEvent.on(link, "click", (event) => {
      L.DomEvent.preventDefault(event);
      try {
        const buttons = [...window.parent.document.querySelectorAll(cv.options.list)];
        buttons.find((button) => button.getClientRects().length)?.focus();
      } catch { /* framed elsewhere */ }
    });
    cv.map.getContainer().prepend(link);
  }

  Object.assign(cv, { describe, addWayToList });
})(window.CyberValleys ??= {});
