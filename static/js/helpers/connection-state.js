/* Whether the page's socket is open. Whoever asks through it and finds it closed lets the plain form go its way. */
import { listen } from "./bus.js";

let open = false;
listen({
  "chat:up": () => (open = true),
  "chat:down": () => (open = false),
  "chat:refused": () => (open = false),
});

export function isConnected() {
  return open;
}
