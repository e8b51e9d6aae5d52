/* <conversation-parameters>: the panel with instructions and parameters. Saves it without leaving the page, so that
   nothing in the composer is disturbed, and shows what is set while the panel is closed. */
import { fragment } from "../helpers/server-html.js";

class ConversationParameters extends HTMLElement {
  #control;

  connectedCallback() {
    this.#control = new AbortController();
    const { signal } = this.#control;
    this.addEventListener("input", () => this.#typed(), { signal });
    this.addEventListener("click", (event) => this.#clicked(event), { signal });
    this.addEventListener("keydown", (event) => this.#pressed(event), { signal });
  }

  disconnectedCallback() {
    this.#control.abort();
  }

  get #save() {
    return this.querySelector("[data-save]");
  }

  get #fields() {
    return [...this.querySelectorAll("[data-field]")];
  }

  #typed() {
    const set = this.#fields.filter((field) => field.querySelector("input, textarea, select").value.trim());
    const names = set.map((field) => field.querySelector("label").textContent);
    this.querySelector("[data-sign]").textContent = names.join(", ");
    if (!this.#save) return;
    this.querySelector("[data-unsaved]").hidden = false;
    this.#say("");
  }

  #clicked(event) {
    if (!event.target.closest("[data-save]")) return;
    event.preventDefault();
    this.#send();
  }

  /* Else the browser would press Send. */
  #pressed(event) {
    if (event.key !== "Enter" || event.isComposing || !event.target.matches("input") || !this.#save) return;
    event.preventDefault();
    this.#send();
  }

  async #send() {
    const button = this.#save;
    if (button.disabled) return;
    button.disabled = true;
    const body = new FormData(button.form);
    body.delete("message");
    const headers = { "X-Requested-With": "fetch" };
    try {
      const response = await fetch(button.formAction, { method: "POST", body, headers });
      if (!response.ok && response.status !== 400) throw new Error(response.statusText);
      this.#show(await response.text());
    } catch {
      button.disabled = false;
      this.#say(this.dataset.failed);
      button.focus();
    }
  }

  #show(html) {
    const fresh = fragment(html).querySelector("conversation-parameters");
    // Our own words come last, into the region that is there already: a new one is not read aloud.
    const words = fresh.querySelector("[data-state]").textContent;
    fresh.querySelector("[data-state]").textContent = "";
    this.replaceChildren(...fresh.childNodes);
    this.#say(words);
    (this.querySelector("[aria-invalid]") ?? this.#save).focus();
  }

  #say(words) {
    this.querySelector("[data-state]").textContent = words;
  }
}

customElements.define("conversation-parameters", ConversationParameters);
