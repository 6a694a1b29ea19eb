/* Keeps a list in the browser's own storage, the same in all of its tabs.

   Python sends what was added and removed, never the whole list: what another tab has added in the
   meantime stays. What is stored and not yet shown is told to Python. */
const LONGEST = 300;
const MOST = 500;
const watching = new Map();
const applied = new Map();

addEventListener("storage", ({ key }) => {
  // Without a key, everything was cleared.
  for (const [own, look] of watching) if (key === own || key === null) look();
});

const isEntry = (entry) => typeof entry === "string" && entry.length <= LONGEST;

/* What is stored, and how much of it can't be an entry; null if the browser stores nothing. */
const read = (key) => {
  let text;
  try { text = localStorage.getItem(key); } catch { return null; }
  if (text === null) return { items: [], damaged: 0 };
  let held;
  try { held = JSON.parse(text); } catch { held = null; }
  if (!Array.isArray(held)) return { items: [], damaged: 1 };
  const items = [...new Set(held.filter(isEntry))].slice(-MOST);
  return { items, damaged: held.length - items.length };
};

const write = (key, items) => {
  try {
    if (items.length) localStorage.setItem(key, JSON.stringify(items));
    else localStorage.removeItem(key);
    return true;
  } catch { return false; }
};

export default function ({ data, setTriggerValue }) {
  const { name, session, changes, shown, limit } = data;
  const key = `cyber-valleys-${name}`;
  const look = () => {
    const held = read(key);
    if (held && (held.damaged || held.items.join("\n") !== shown.join("\n"))) {
      setTriggerValue("told", held);
    }
  };
  const last = applied.get(session) ?? 0;
  const open = changes.filter(({ number }) => number > last);
  if (open.length) {
    applied.set(session, open.at(-1).number);
    let items = read(key)?.items ?? [];
    for (const { add, remove } of open) {
      items = items.filter((item) => !remove.includes(item));
      items.push(...add.filter((item) => !items.includes(item)));
    }
    // Where nothing can be stored, the list lasts as long as the page is open.
    if (!write(key, items.slice(-limit))) return;
  }
  watching.set(key, look);
  look();
  return () => { if (watching.get(key) === look) watching.delete(key); };
}
