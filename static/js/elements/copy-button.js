/* <copy-button data-message>: copies an answer as the model wrote it (Markdown). */
import { listen } from "../helpers/bus.js";
import { copy } from "../helpers/clipboard.js";

const SHOWN_MS = 1600;
// The text of answers that ended while this page was open; others are asked for when somebody copies them.
const known = new Map();
listen({ "thread:ended": ({ id, content }) => known.set(id, content) });

async function source(id) {
  if (!known.has(id)) {
    const response = await fetch(document.querySelector("message-thread").dataset.source);
    if (!response.ok) throw new Error(`The server answered ${response.status}.`);
    for (const message of (await response.json()).messages) known.set(message.id, message.content);
  }
  return known.get(id);
}

class CopyButton extends HTMLElement {
  #timer = 0;
  #control;

  connectedCallback() {
    this.#control = new AbortController();
    this.querySelector("button").addEventListener("click", () => this.#clicked(), { signal: this.#control.signal });
  }

  disconnectedCallback() {
    this.#control.abort();
    clearTimeout(this.#timer);
  }

  async #clicked() {
    await copy(await source(this.dataset.message));
    const label = this.querySelector("[data-label]");
    const icon = this.querySelector(".icon");
    const before = this.dataset.label ?? label.textContent;
    this.dataset.label = before;
    label.textContent = this.dataset.done;
    icon.classList.replace("icon--copy", "icon--check");
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      label.textContent = before;
      icon.classList.replace("icon--check", "icon--copy");
    }, SHOWN_MS);
  }
}

customElements.define("copy-button", CopyButton);
