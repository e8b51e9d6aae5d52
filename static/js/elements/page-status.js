/* <page-status role=status>: one quiet line for what has just happened, seen and read aloud, then gone. */
import { listen } from "../helpers/bus.js";

const SHOWN_MS = 12_000;

class PageStatus extends HTMLElement {
  #stop;
  #timer = 0;

  connectedCallback() {
    this.#stop = listen({ "status:say": (words) => this.#say(words) });
  }

  disconnectedCallback() {
    this.#stop();
    clearTimeout(this.#timer);
  }

  #say(words) {
    clearTimeout(this.#timer);
    this.textContent = words;
    if (words) this.#timer = setTimeout(() => this.#say(""), SHOWN_MS);
  }
}

customElements.define("page-status", PageStatus);
