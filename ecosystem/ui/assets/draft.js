/* Keeps what is typed into a form as long as the tab lives, and gives it back to a form that has
   lost it: after a reload, on coming back from another page, after a lost connection. */
const open = new Map();
const compared = new Map();
/* Texts of a form that the server may not have heard of yet: it hears of one when its field is
   left, and an answer that was on its way meanwhile says nothing of it. */
const unheard = new Map();

const read = (key) => {
  try {
    const held = JSON.parse(sessionStorage.getItem(key));
    return held && typeof held === "object" && !Array.isArray(held) ? held : {};
  } catch { return {}; }
};

const write = (key, typed) => {
  try {
    if (Object.keys(typed).length) sessionStorage.setItem(key, JSON.stringify(typed));
    else sessionStorage.removeItem(key);
  } catch { /* the browser keeps nothing */ }
};

const inOrder = (typed) => JSON.stringify(Object.entries(typed).sort());

/* Streamlit hears of a text when its field is left: a reload may come before. */
addEventListener("input", ({ target }) => {
  if (!target.matches?.("input, textarea")) return;
  for (const [key, texts] of open) {
    const name = texts.find((text) => target.closest(`.st-key-${CSS.escape(text)}`));
    if (!name) continue;
    unheard.set(key, { ...unheard.get(key), [name]: target.value });
    write(key, { ...read(key), [name]: target.value });
  }
}, true);

export default function ({ data, setTriggerValue }) {
  const { name, opened, typed, texts } = data;
  const key = `cyber-valleys-draft-${name}`;
  open.set(key, texts);
  const waiting = Object.entries(unheard.get(key) ?? {})
    .filter(([text, value]) => texts.includes(text) && typed[text] !== value);
  unheard.set(key, Object.fromEntries(waiting));
  const before = read(key);
  if (opened && compared.get(key) !== opened) {
    compared.set(key, opened);
    const given = { ...before, ...typed };
    if (inOrder(given) !== inOrder(typed)) setTriggerValue("told", before);
    write(key, given);
  } else {
    write(key, { ...typed, ...unheard.get(key) });
  }
  return () => { if (open.get(key) === texts) open.delete(key); };
}
