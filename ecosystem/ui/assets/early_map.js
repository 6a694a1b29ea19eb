/* Hands the map what a rerun draws on it as soon as that comes. Streamlit does so too, with the same
   message, but not before the whole page is rendered: the map then sees that nothing is new. What
   this file doesn't understand goes Streamlit's way alone. */
(() => {
  const STREAM = "/_stcore/stream";
  /* Numbers in Streamlit's protocol: delta, new_element, component_instance and json_args; the hash
     of a message, and the hash that comes instead of a message that the page has already. */
  const WAY = [5, 3, 37, 2];
  const HASH = 1, REPEATED = 11;
  const MAP = 'iframe[src*="streamlit_folium"]';
  const RENDER = "streamlit:render";
  const LONGEST = 100;
  const MOST = 30;
  const text = new TextDecoder();
  const early = new WeakMap();  // of each map, what it has and Streamlit hasn't handed over yet
  const seen = new Map();  // what messages said to maps, by their hash
  let key = null;  // of the map that is shown: another has another base

  /* A message or text inside a message of a protocol buffer; null if there is none. */
  const inner = (bytes, number) => {
    let at = 0;
    const varint = () => {
      let value = 0;
      for (let unit = 1; at < bytes.length; unit *= 128) {
        const byte = bytes[at++];
        value += (byte % 128) * unit;
        if (byte < 128) break;
      }
      return value;
    };
    while (at < bytes.length) {
      const tag = varint();
      const kind = tag % 8;
      if (kind === 0) varint();
      else if (kind === 1) at += 8;
      else if (kind === 5) at += 4;
      else if (kind !== 2) return null;
      else {
        const length = varint();
        if (Math.floor(tag / 8) === number) return bytes.subarray(at, at + length);
        at += length;
      }
    }
    return null;
  };

  /* What a message says to a map; null if it is for something else. */
  const read = (data) => {
    if (!(data instanceof ArrayBuffer)) return null;
    const whole = new Uint8Array(data);
    const repeated = inner(whole, REPEATED);
    if (repeated) return seen.get(text.decode(repeated)) ?? null;
    const found = WAY.reduce((bytes, number) => bytes && inner(bytes, number), whole);
    if (!found) return null;
    let args = {};
    try { args = JSON.parse(text.decode(found)); } catch { return null; }
    if (!args.feature_group) return null;
    seen.set(text.decode(inner(whole, HASH) ?? new Uint8Array()), args);
    if (seen.size > MOST) seen.delete(seen.keys().next().value);
    return args;
  };

  /* The window of the map that is shown, if it is the one that this is said to. */
  const mapFor = (args) => {
    const isShown = args.key === key;
    key = args.key;
    const [frame, another] = document.querySelectorAll(MAP);
    return isShown && !another ? frame?.contentWindow : null;
  };

  const hand = (map, args) => {
    const data = { type: RENDER, args, dfs: [], disabled: false };
    map.dispatchEvent(new MessageEvent("message", { data }));
  };
  const handEarly = (map, args) => {
    if (!early.has(map)) map.addEventListener("message", keepLast);
    early.set(map, args);
    hand(map, args);
  };

  /* After two quick clicks Streamlit hands over the first drawing when the second is there: the
     map has drawn it already, and draws the second again before anything is painted. */
  const keepLast = (event) => {
    const map = event.currentTarget;
    const last = early.get(map);
    if (!last || !event.isTrusted || event.data?.type !== RENDER) return;
    if (event.data.args.feature_group === last.feature_group) early.set(map, null);
    else hand(map, last);
  };

  const Socket = window.WebSocket;
  window.WebSocket = class extends Socket {
    #held = null;  // messages that come before the map is painted: rendering them takes long

    constructor(...about) {
      super(...about);
      if (!String(about[0]).includes(STREAM)) return;
      this.addEventListener("message", (event) => this.#take(event));
      this.addEventListener("close", () => this.#release());
    }

    #take(event) {
      if (!event.isTrusted) return;
      const args = read(event.data);
      const map = args && mapFor(args);
      if (map) handEarly(map, args);
      if (map && !this.#held && !document.hidden) {
        this.#held = [];
        requestAnimationFrame(() => setTimeout(() => this.#release()));
        setTimeout(() => this.#release(), LONGEST);
      }
      if (!this.#held) return;
      event.stopImmediatePropagation();
      this.#held.push(event.data);
    }

    #release() {
      const held = this.#held ?? [];
      this.#held = null;
      for (const data of held) this.dispatchEvent(new MessageEvent("message", { data }));
    }
  };
})();
