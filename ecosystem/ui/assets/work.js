/* Looks for an answer to a challenge: a number with which its hash begins with so many zero bits
   (hashcash). It works beside the page, while somebody types, and tells the number when the form is
   sent: told earlier, it would interrupt what is being shown. */
const answers = new Map();
const working = new Set();
const asking = new Map();

/* All of it runs in the worker. SHA-256 as FIPS 180-4 has it, of one block: the browser's own is
   slower for texts as short as these, and is missing where there is no https. */
function work() {
  const primes = [];
  for (let n = 2; primes.length < 64; n += 1) {
    if (primes.every((prime) => n % prime)) primes.push(n);
  }
  const fraction = (x) => Math.floor((x - Math.floor(x)) * 2 ** 32) | 0;
  const K = Int32Array.from(primes, (prime) => fraction(Math.cbrt(prime)));
  const START = Int32Array.from(primes.slice(0, 8), (prime) => fraction(Math.sqrt(prime)));
  const w = new Int32Array(64);
  const turn = (x, n) => (x >>> n) | (x << (32 - n));

  /* The first of the eight words decides up to 32 bits, which is more than anybody asks for. */
  const firstWord = (text) => {
    w.fill(0);
    for (let i = 0; i < text.length; i += 1) w[i >> 2] |= text.charCodeAt(i) << (24 - (i % 4) * 8);
    w[text.length >> 2] |= 0x80 << (24 - (text.length % 4) * 8);
    w[15] = text.length * 8;
    for (let i = 16; i < 64; i += 1) {
      const a = w[i - 15], b = w[i - 2];
      const s0 = turn(a, 7) ^ turn(a, 18) ^ (a >>> 3);
      const s1 = turn(b, 17) ^ turn(b, 19) ^ (b >>> 10);
      w[i] = (w[i - 16] + s0 + w[i - 7] + s1) | 0;
    }
    let [a, b, c, d, e, f, g, h] = START;
    for (let i = 0; i < 64; i += 1) {
      const s1 = turn(e, 6) ^ turn(e, 11) ^ turn(e, 25);
      const t1 = (h + s1 + ((e & f) ^ (~e & g)) + K[i] + w[i]) | 0;
      const s0 = turn(a, 2) ^ turn(a, 13) ^ turn(a, 22);
      const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g; g = f; f = e; e = (d + t1) | 0; d = c; c = b; b = a; a = (t1 + t2) | 0;
    }
    return (START[0] + a) | 0;
  };

  onmessage = ({ data: { challenge, bits } }) => {
    let answer = 0;
    while (Math.clz32(firstWord(`${challenge}:${answer}`)) < bits) answer += 1;
    postMessage(String(answer));
  };
}

export default function ({ data, setTriggerValue }) {
  const { challenge, bits, wanted } = data;
  const key = `${challenge} ${bits}`;
  const tell = (answer) => setTriggerValue("solved", answer);
  if (wanted) asking.set(key, tell);
  else asking.delete(key);
  if (answers.has(key)) {
    if (wanted) tell(answers.get(key));
    return;
  }
  if (working.has(key)) return;
  const code = URL.createObjectURL(new Blob([`(${work})()`], { type: "text/javascript" }));
  const worker = new Worker(code);
  URL.revokeObjectURL(code);
  working.add(key);
  worker.onmessage = ({ data: answer }) => {
    worker.terminate();
    working.delete(key);
    answers.set(key, answer);
    asking.get(key)?.(answer);
  };
  worker.postMessage({ challenge, bits });
}
