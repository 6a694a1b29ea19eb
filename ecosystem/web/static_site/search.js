/* The search box of the directory: all organisations stand in organisations.js. */
(() => {
  const MOST = 100;
  const WORDS = {
    label: "Search by name, town, country or domain",
    found: (hits, all) => `${hits} of ${all}`,
    foundMore: (hits, all) => `${hits} of ${all}, the first ${MOST} shown`,
  };
  /* As the index was folded, as far as a browser can: no accents, words of letters and digits. */
  const fold = (text) =>
    text.toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "")
      .replace(/ß/g, "ss").replace(/æ/g, "ae").replace(/œ/g, "oe").replace(/ø/g, "o")
      .replace(/ł/g, "l").replace(/đ/g, "d").replace(/ı/g, "i").replace(/[^0-9a-z]+/g, " ").trim();

  const main = document.querySelector("main");
  const form = document.createElement("form");
  form.setAttribute("role", "search");
  form.addEventListener("submit", (event) => event.preventDefault());
  const label = document.createElement("label");
  label.textContent = `${WORDS.label} `;
  const box = document.createElement("input");
  box.type = "search";
  label.append(box);
  const said = document.createElement("p");
  said.setAttribute("role", "status");
  const found = document.createElement("ul");
  form.append(label, said, found);
  main.querySelector("h1").after(form);

  const entry = ([name, note, file]) => {
    const item = document.createElement("li");
    const link = document.createElement("a");
    link.href = file;
    link.textContent = name;
    const beside = document.createElement("span");
    beside.textContent = note;
    item.append(link, " ", beside);
    return item;
  };
  box.addEventListener("input", () => {
    const words = fold(box.value).split(" ").filter(Boolean);
    const hits = words.length
      ? ORGANISATIONS.filter((row) => words.every((word) => ` ${row[3]}`.includes(` ${word}`)))
      : [];
    found.replaceChildren(...hits.slice(0, MOST).map(entry));
    const tell = hits.length > MOST ? WORDS.foundMore : WORDS.found;
    said.textContent = words.length ? tell(hits.length.toLocaleString("en"), ALL) : "";
  });
})();
