// A hidden tab draws no frames; its text must still be current when it is looked at, and its acks must go out.
const HIDDEN_MS = 100;

/** A function that runs `draw` once, soon, however often it is called until then. `cancel()` forgets it. */
export function oncePerFrame(draw) {
  let frame = 0;
  let timer = 0;
  const cancel = () => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
    frame = timer = 0;
  };
  const run = () => {
    cancel();
    draw();
  };
  const request = () => {
    if (timer) return;
    frame = requestAnimationFrame(run);
    timer = setTimeout(run, HIDDEN_MS);
  };
  request.cancel = cancel;
  return request;
}
