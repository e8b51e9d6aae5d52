/* What the arrivals of a course of frames say about the way they took: knows nothing of the page. */

// A frame that comes this much after the one before it was held back: networks are late, but seldom for so long.
const HELD_MS = 400;
// Frames that come this close together came in one piece.
const TOGETHER_MS = 15;

/** `arrivals`: milliseconds, in order; `every`: how far apart they were sent. */
export function flowOf(arrivals, every) {
  const gaps = arrivals.slice(1).map((at, index) => Math.round(at - arrivals[index]));
  if (!gaps.length) return { even: false, least: 0, most: 0 };
  const most = Math.max(...gaps);
  const together = gaps.filter((gap) => gap < Math.min(TOGETHER_MS, every / 2)).length;
  return { even: most < every + HELD_MS && together <= gaps.length / 3, least: Math.min(...gaps), most };
}

/** The finding about the opening of a socket that closed without a frame. */
export function refusalOf(code) {
  return { 4401: "session", 4403: "origin" }[code] ?? "refused";
}
