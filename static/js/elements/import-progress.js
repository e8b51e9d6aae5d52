/* <import-progress>: while a file is being read, looks how far it is and shows the server's new HTML. */
import { fragment } from "../helpers/server-html.js";

const LOOK_MS = 1500;

class ImportProgress extends HTMLElement {
  #timer = 0;
  #control;

  connectedCallback() {
    this.#control = new AbortController();
    this.#wait();
  }

  disconnectedCallback() {
    clearTimeout(this.#timer);
    this.#control.abort();
  }

  #wait() {
    if (this.hasAttribute("data-open")) this.#timer = setTimeout(() => this.#look(), LOOK_MS);
  }

  async #look() {
    try {
      const answer = await fetch(location.href, { signal: this.#control.signal });
      if (answer.ok) this.#show(fragment(await answer.text()).querySelector("import-progress"));
    } catch {
      // The server is away for a moment, or the page is left.
    }
    if (this.isConnected) this.#wait();
  }

  #show(found) {
    if (!found) return;
    const held = this.contains(document.activeElement);
    this.toggleAttribute("data-open", found.hasAttribute("data-open"));
    this.querySelector("[data-part]").replaceWith(found.querySelector("[data-part]"));
    if (held) this.querySelector("button, a")?.focus();
  }
}

customElements.define("import-progress", ImportProgress);
