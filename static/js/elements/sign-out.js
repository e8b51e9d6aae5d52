/* <sign-out data-unsent>: around the button. Once somebody has signed out, this browser keeps nothing of what they
   typed; the page that follows clears it away, when what was on its way to the server is there. */
import { keys, write } from "../helpers/storage.js";

class SignOut extends HTMLElement {
  #control;

  connectedCallback() {
    this.#control = new AbortController();
    this.closest("form").addEventListener("submit", (event) => this.#submitted(event), this.#control);
    // Whoever sees this page has not signed out after all.
    write("leaving", null);
  }

  disconnectedCallback() {
    this.#control.abort();
  }

  #submitted(event) {
    if (keys("outbox:").length && !confirm(this.dataset.unsent)) event.preventDefault();
    else write("leaving", true);
  }
}

customElements.define("sign-out", SignOut);
