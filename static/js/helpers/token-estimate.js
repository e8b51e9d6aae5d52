/* How many tokens a text probably has: conversations/estimates.py in the browser's words, with the same prices for
   runs of one kind of characters. */

// Characters that are looked at; of a longer text they stand for the rest.
const SAMPLE = 20_000;
const WORD = /(?<word>(?: |[!-/:-@[-`{-~](?=[A-Za-z]))?[A-Za-z]+)/;
const DIGITS = /(?<digits>[0-9]+)/;
const WIDE = /(?<wide>[\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7ff\uf900-\ufaff\uff00-\uffef\u{20000}-\u{3ffff}])/u;
const REST = /(?<space>\s+)|(?<marks>[!-/:-@[-`{-~]+)|(?<letters>[\p{L}\p{N}]+)|(?<other>.)/su;
const RUNS = new RegExp([WORD, DIGITS, WIDE, REST].map(({ source }) => source).join("|"), "gsu");
const MARKED = 1.3;

const PRICES = {
  // A mark before a word is often one token with it (".append").
  word: (run) => (/^[A-Za-z ]/.test(run) ? 1 : MARKED) + Math.max(0, run.length - 8) / 6,
  digits: (run) => Math.ceil(run.length / 3),
  wide: () => 1,
  space: (run) => (run === " " ? 0 : 1),
  marks: (run) => Math.ceil(run.length / 2),
  letters: (run) => [...run].length / 2.5,
  other: () => 1.5,
};

export function estimateTokens(text) {
  if (!text) return 0;
  const sample = text.slice(-SAMPLE);
  let tokens = 0;
  for (const { groups } of sample.matchAll(RUNS)) {
    for (const kind in groups) if (groups[kind] !== undefined) tokens += PRICES[kind](groups[kind]);
  }
  return Math.max(1, (tokens * text.length) / sample.length);
}
