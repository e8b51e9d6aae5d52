/* <search-box>: shows what the server finds while somebody types. The old results stay until the new ones are
   here, and of several answers only the last question's counts. */
import { fragment } from "../helpers/server-html.js";

// A quick typist presses a key every 100 ms; the server is asked when the hand rests.
const REST_MS = 160;
const SHORTEST = 2;

class SearchBox extends HTMLElement {
  #control;
  #asking = null;
  #timer = 0;

  connectedCallback() {
    this.#control = new AbortController();
    const options = { signal: this.#control.signal };
    this.#input.addEventListener("input", () => this.#typed(), options);
    this.addEventListener("keydown", (event) => this.#pressed(event), options);
    // The browser's "back" fills the box again.
    if (this.#input.value) this.#typed();
  }

  disconnectedCallback() {
    this.#control.abort();
    this.#asking?.abort();
    clearTimeout(this.#timer);
  }

  get #input() {
    return this.querySelector("input[type=search]");
  }

  get #found() {
    return this.querySelector("[data-found]");
  }

  get #links() {
    return [...this.querySelectorAll("[data-result]")];
  }

  #typed() {
    clearTimeout(this.#timer);
    const q = this.#input.value.trim();
    if (q.length < SHORTEST && !/[^\0-\u02ff]/.test(q)) this.#show(null);
    else this.#timer = setTimeout(() => this.#ask(q), REST_MS);
  }

  async #ask(q) {
    this.#asking?.abort();
    const control = new AbortController();
    this.#asking = control;
    try {
      const address = `${this.dataset.source}?${new URLSearchParams({ q, part: "1" })}`;
      const response = await fetch(address, { signal: control.signal, credentials: "same-origin" });
      if (response.ok && !response.redirected) this.#show(fragment(await response.text()));
    } catch (error) {
      // Without a connection the list of titles is all there is.
      if (error.name !== "AbortError" && !(error instanceof TypeError)) throw error;
    }
  }

  #show(content) {
    if (!content) this.#asking?.abort();
    this.#found.replaceChildren(...(content ? [content] : []));
    this.#found.hidden = !content;
    const words = this.querySelector("[data-said]");
    words.textContent = content ? words.dataset.words.replace("{number}", this.#links.length) : "";
  }

  #pressed(event) {
    if (event.key === "Escape" && this.#input.value) {
      // On a phone the same key would close the drawer.
      event.preventDefault();
      this.#input.value = "";
      this.#input.dispatchEvent(new Event("input", { bubbles: true }));
      this.#input.focus();
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const links = this.#links;
    if (!step || !links.length) return;
    const next = links.indexOf(document.activeElement) + step;
    event.preventDefault();
    (next < 0 ? this.#input : links[Math.min(next, links.length - 1)]).focus();
  }
}

customElements.define("search-box", SearchBox);
