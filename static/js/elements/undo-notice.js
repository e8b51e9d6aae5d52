/* <undo-notice>: says what was just done with a conversation, and takes it back when asked. */
import { listen } from "../helpers/bus.js";
import { file } from "../helpers/filing.js";

// Long enough to read it twice; what was done can be undone later, too.
const STAYS_MS = 12_000;

class UndoNotice extends HTMLElement {
  #stop;
  #timer = 0;

  connectedCallback() {
    this.#stop = listen({
      "filing:done": (done) => done.sentence && this.#show(done),
      "filing:failed": (detail) => this.#show({ sentence: detail || this.dataset.failed }),
    });
    if (this.#box.firstElementChild) this.#fadeLater();
  }

  disconnectedCallback() {
    this.#stop();
    clearTimeout(this.#timer);
  }

  get #box() {
    return this.querySelector("[role=status]");
  }

  #show({ sentence, verb, ids, tag }) {
    const form = this.querySelector("template").content.firstElementChild.cloneNode(true);
    form.querySelector("[data-sentence]").textContent = sentence;
    form.querySelector("button").hidden = !verb;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#box.replaceChildren();
      file(verb, ids, { tag });
    });
    this.#box.replaceChildren(form);
    this.#fadeLater();
  }

  #fadeLater() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      // Not while somebody is about to press it.
      if (this.matches(":focus-within, :hover")) this.#fadeLater();
      else this.#box.replaceChildren();
    }, STAYS_MS);
  }
}

customElements.define("undo-notice", UndoNotice);
