/* <conversation-parameters>: the panel with instructions and parameters. Saves it without leaving the page, so that
   nothing in the composer is disturbed, shows what is set while the panel is closed, and what holds by default with
   the model that is picked. */
import { tell } from "../helpers/bus.js";
import { fragment } from "../helpers/server-html.js";

class ConversationParameters extends HTMLElement {
  #control;
  #model = "";

  connectedCallback() {
    this.#control = new AbortController();
    const { signal } = this.#control;
    this.addEventListener("input", () => this.#typed(), { signal });
    this.addEventListener("click", (event) => this.#clicked(event), { signal });
    this.addEventListener("keydown", (event) => this.#pressed(event), { signal });
    const picked = ({ target }) => target.name === "model" && this.#follow(target.value);
    this.closest("form").addEventListener("change", picked, { signal });
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

  async #follow(model) {
    this.#model = model;
    const url = new URL(this.dataset.about, location.href);
    url.searchParams.set("model", model);
    try {
      const response = await fetch(url, { redirect: "error", headers: { Accept: "application/json" } });
      if (response.ok && this.#model === model) this.#explain(await response.json());
    } catch {
      // No connection: what the server knows is shown with the next answer of its.
    }
  }

  #explain({ facts, defaults, scale }) {
    tell("model:scale", scale);
    this.querySelector("[data-facts]").textContent = facts;
    for (const field of this.#fields) {
      const input = field.querySelector("input, textarea, select");
      const words = defaults[field.dataset.field];
      if (input.options) input.options[0].textContent = words;
      else input.placeholder = words;
    }
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
