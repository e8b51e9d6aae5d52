/* <copy-button data-message>: copies an answer as the model wrote it (Markdown). */
import { listen } from "../helpers/bus.js";
import { copy } from "../helpers/clipboard.js";

const SHOWN_MS = 1600;
// Stands for a message's id in the address that the page names.
const NO_ID = "00000000-0000-0000-0000-000000000000";
// The text of answers that ended while this page was open; others are asked for when somebody copies them.
const known = new Map();
listen({ "thread:ended": ({ id, content }) => known.set(id, content) });

async function source(id) {
  if (!known.has(id)) {
    const { source: address } = document.querySelector("message-thread").dataset;
    const response = await fetch(address.replace(NO_ID, id));
    if (!response.ok) throw new Error(`The server answered ${response.status}.`);
    known.set(id, await response.text());
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
