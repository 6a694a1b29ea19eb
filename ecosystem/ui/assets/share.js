/* Passes an address on: by the device's own sharing where there is one, else by the clipboard. */
const SAID_MS = 4000;
const WORDS = {
  copied: "Link copied",
  toCopy: (address) => `Copy this link: ${address}`,
};

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {  // without https there is no clipboard, and some browsers refuse it
    return false;
  }
}

export default function ({ parentElement, data }) {
  const status = parentElement.querySelector("[role=status]");
  const say = (text, isPassing) => {
    status.textContent = text;
    if (isPassing) setTimeout(() => { if (status.textContent === text) status.textContent = ""; }, SAID_MS);
  };
  const address = () => {
    if (!data.with_view) return data.address;
    const shown = new URL(data.address, location.href);
    shown.search = location.search;
    return shown.href;
  };
  const button = parentElement.querySelector("button");
  button.textContent = data.label;
  button.onclick = async () => {
    const shared = { title: data.title, url: address() };
    if (navigator.share) {
      try {
        await navigator.share(shared);
        return;
      } catch (error) {
        if (error.name === "AbortError") return;  // the visitor thought better of it
      }
    }
    if (await copy(shared.url)) say(WORDS.copied, true);
    else say(WORDS.toCopy(shared.url), false);
  };
}
