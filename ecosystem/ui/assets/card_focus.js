/* Brings a card that was asked for into view, says what it is, and leads back when it is closed. */
const WORDS = {
  selected: (heading) => `Selected: ${heading}`,
  closed: "Selection closed",
};
const LONGEST_WAIT = 10000;
const STEP = 50;
const LONGEST_LOADING = 30000;
const OF_VISITOR = ["wheel", "touchstart", "pointerdown", "keydown"];
const TYPED_INTO = "input, textarea, select, [role=dialog], [role=listbox], [role=menu]";

let before = null;  // what the last call was told
let origin = null;  // what the card was opened from, and where that stood in the window
let pressed = null;  // the row of a list that was pressed last
let waiting = 0;

const card = () => document.querySelector(".st-key-card");
const map = () => document.querySelector(".st-key-map_and_card iframe");
/* Streamlit makes a button with an explanation twice, one for fingers, and shows one of them. */
const seen = (selector) => [...document.querySelectorAll(selector)].find((e) => e.getClientRects().length);
const top = (element) => element.getBoundingClientRect().top;

document.addEventListener("click", ({ target }) => {
  const row = target.closest?.('[class*="st-key-list_"], [class*="st-key-closest_"]');
  const name = row && [...row.classList].find((name) => name.startsWith("st-key-"));
  pressed = row && { find: () => seen(`.${CSS.escape(name)} button`), top: top(row) };
}, true);

/* A field, a list of options or a dialog has its own use for the key. */
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented || event.target.closest?.(TYPED_INTO)) return;
  card()?.querySelector(".st-key-close_card button")?.click();
});

function when(isSo, act) {
  clearTimeout(waiting);
  const until = Date.now() + LONGEST_WAIT;
  const look = () => {
    if (isSo()) act();
    else if (Date.now() < until) waiting = setTimeout(look, STEP);
  };
  look();
}

const heading = () => card()?.querySelector("h2");

function name() {
  card().setAttribute("role", "region");
  card().setAttribute("aria-label", heading().textContent);
}

function open(status, byMap) {
  if (byMap && map()) origin = { find: map, top: top(map()) };
  else if (pressed) origin = pressed;
  pressed = null;
  when(heading, () => {
    name();
    status.textContent = WORDS.selected(heading().textContent);
    heading().tabIndex = -1;
    heading().focus({ preventScroll: true });
    card().scrollIntoView({ block: "nearest" });
  });
}

/* What stands above the card gets its height late, the map last: until then, or until the visitor
   goes on, the card is brought back whenever the page has grown. */
let stopKeeping = () => {};

function keepInView() {
  const main = document.querySelector('[data-testid="stMain"]');
  const show = () => {
    if (heading()?.getBoundingClientRect().bottom > innerHeight) card().scrollIntoView({ block: "nearest" });
  };
  const growth = new ResizeObserver(show);
  [main.querySelector('[data-testid="stMainBlockContainer"]'), map()].forEach((e) => e && growth.observe(e));
  const stop = () => {
    growth.disconnect();
    clearTimeout(end);
    OF_VISITOR.forEach((kind) => removeEventListener(kind, stop, true));
  };
  const end = setTimeout(stop, LONGEST_LOADING);
  OF_VISITOR.forEach((kind) => addEventListener(kind, stop, true));
  stopKeeping = stop;
}

/* The card goes when the server has finished the page; only then is the list where it was. */
function close(status) {
  status.textContent = WORDS.closed;
  const back = origin;
  origin = null;
  when(() => !card(), () => {
    const found = back?.find();
    if (!found) return;
    document.querySelector('[data-testid="stMain"]').scrollTop += top(found) - back.top;
    (found.contentDocument?.querySelector(".leaflet-container") ?? found).focus({ preventScroll: true });
  });
}

function forget() {
  clearTimeout(waiting);
  stopKeeping();
  before = origin = pressed = null;
}

export default function ({ parentElement, data }) {
  const told = before;
  before = data;
  if (told && (told.selected !== data.selected || told.choice !== data.choice)) {
    const status = parentElement.querySelector("[role=status]");
    if (data.selected) open(status, data.byMap && told.choice !== data.choice);
    else if (told.selected) close(status);
  } else if (data.selected) {
    when(heading, () => {
      name();
      /* Who followed a link to it sees it too where it is below a phone's map. */
      if (!told) keepInView();
    });
  }
  return forget;
}
