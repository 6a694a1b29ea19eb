// What the map says of itself to whoever can't see it, and the way to the same as a list.
(function (cv) {
  "use strict";

  const count = (n, one, many) => `${n.toLocaleString("en")} ${n === 1 ? one : many}`;
  const WORDS = {
    keys: (text) => `${text} Arrow keys move the map, plus and minus zoom.`,
    kind: "map",
    links: (n) => `Map: ${count(n, "link", "links")} between regions.`,
    regions: (n, filled) =>
      `Map: ${count(n, "region", "regions")}, ${count(filled, "has", "have")} organisations.`,
    symbols: (n, found) => `Map: ${count(n, "symbol", "symbols")} for ${found}.`,
    toList: "Go to the list of the same organisations",
  };

  // Several towns may share a symbol: how many symbols there are depends on the zoom.
  function describe(scene, drawn) {
    const text = `${content(scene, drawn)} ${cv.options.sameAsList}`.trim();
    const container = cv.map.getContainer();
    container.setAttribute("role", "application");
    container.setAttribute("aria-roledescription", WORDS.kind);
    container.setAttribute("aria-label", WORDS.keys(text));
    try { window.frameElement.title = text; } catch { /* framed elsewhere */ }
  }

  function content({ symbols, regions, arcs }, drawn) {
    if (arcs) return WORDS.links(arcs.rows.length);
    if (symbols.length || !regions) {
      const n = symbols.reduce((sum, [, , , , counts]) => sum + odd(counts), 0);
      return WORDS.symbols(drawn, count(n, ...cv.options.noun));
    }
    const values = Object.values(regions.values);
    const filled = values.filter(([n]) => n).length;
    return WORDS.regions(values.length, filled);
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
    link.textContent = WORDS.toList;
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
