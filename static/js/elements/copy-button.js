/* <copy-button data-message>: copies an answer as the model wrote it (Markdown). And, anywhere in the page, the Copy
   of a code block, which is HTML from the server without an element of ours around it. */
import { listen } from "../helpers/bus.js";

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

async function copy(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  // Plain HTTP on a name other than localhost: browsers offer only the old way.
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "visually-hidden";
  document.body.append(field);
  field.select();
  document.execCommand("copy");
  field.remove();
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

document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("[data-copy-code]");
  if (!button) return;
  await copy(button.closest(".code").querySelector(".code__text").textContent);
  const before = button.dataset.label ?? button.textContent;
  button.dataset.label = before;
  button.textContent = document.querySelector("message-thread").dataset.copied;
  setTimeout(() => {
    button.textContent = before;
  }, SHOWN_MS);
});

customElements.define("copy-button", CopyButton);
