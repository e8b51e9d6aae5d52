/* How long to wait before the next attempt to connect. */

const FIRST_MS = 250;
const LONGEST_MS = 30_000;

/** Milliseconds before attempt `attempt` (0 is the first): doubling, with half of it left to chance, so that the
    pages of one restarted server do not all come back in the same moment. */
export function delayBefore(attempt, random = Math.random) {
  const full = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt, 20));
  return full / 2 + (random() * full) / 2;
}
