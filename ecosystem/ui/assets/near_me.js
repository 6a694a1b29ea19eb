/* Asks the browser where it is, on a click only, and tells the site to about a kilometre. */
const WORDS = {
  asking: "Asking your browser …",
  refused: "Your browser keeps your location to itself. Type a town instead.",
  failed: "Your browser can’t tell where you are. Type a town instead.",
};

export default function ({ parentElement, setTriggerValue }) {
  const button = parentElement.querySelector("button");
  const status = parentElement.querySelector("[role=status]");
  const DECIMALS = 2;
  const PERMISSION_DENIED = 1;
  const say = (text) => { status.textContent = text; };

  const found = ({ coords }) => {
    button.disabled = false;
    say("");
    const place = [coords.latitude, coords.longitude].map((degrees) => degrees.toFixed(DECIMALS));
    setTriggerValue("position", place.join(","));
  };
  const failed = (error) => {
    button.disabled = false;
    say(error.code === PERMISSION_DENIED ? WORDS.refused : WORDS.failed);
  };
  button.onclick = () => {
    if (!navigator.geolocation) return failed({});
    button.disabled = true;
    say(WORDS.asking);
    navigator.geolocation.getCurrentPosition(found, failed, { maximumAge: 600000, timeout: 15000 });
  };
}
