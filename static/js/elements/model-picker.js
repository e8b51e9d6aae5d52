/* <model-picker>: where there are many models, its select opens a searchable list instead of the browser's own.
   The select stays what the form sends; without this element it is an ordinary one. */
import { ModelSearch } from "../models/model-search.js";

const OPENING_KEYS = ["Enter", " ", "ArrowDown", "ArrowUp", "F4"];
// Milliseconds without a key before the server is asked.
const PAUSE = 120;

class ModelPicker extends HTMLElement {
  #control;
  #menu = null;
  #pause = 0;
  #found = { models: [], next: "" };
  #search;

  connectedCallback() {
    this.#control = new AbortController();
    this.addEventListener("change", () => this.#named(), { signal: this.#control.signal });
    if (!("searchable" in this.dataset)) return;
    this.#search = new ModelSearch(this.dataset.more);
    const on = (name, handler) => this.#select.addEventListener(name, handler, { signal: this.#control.signal });
    on("mousedown", (event) => event.button === 0 && this.#instead(event));
    on("touchend", (event) => event.cancelable && this.#instead(event));
    on("keydown", (event) => this.#pressed(event));
    this.addEventListener("focusout", (event) => this.#left(event), { signal: this.#control.signal });
  }

  disconnectedCallback() {
    this.#control?.abort();
    this.#close();
  }

  get #select() {
    return this.querySelector("select");
  }

  get #options() {
    return [...this.#select.options].map((option) => ({
      value: option.value,
      name: option.label,
      id: option.dataset.id,
      context: Number(option.dataset.context ?? 0),
      provider: option.closest("optgroup")?.label ?? "",
    }));
  }

  /* Where the page says who answers. */
  #named() {
    const { label } = this.#select.selectedOptions[0];
    for (const name of document.querySelectorAll("[data-picked-model]")) name.textContent = label;
  }

  #pressed(event) {
    if (event.ctrlKey || event.metaKey) return;
    if (OPENING_KEYS.includes(event.key)) this.#instead(event);
    else if (event.key.length === 1) this.#instead(event, event.key);
  }

  /* Of the browser's own list. */
  #instead(event, typed = "") {
    event.preventDefault();
    if (this.#menu) this.#close({ back: true });
    else this.#open(typed);
  }

  #open(typed) {
    this.#menu = document.createElement("model-menu");
    const { words, results, none, offline, count, hint = "" } = this.dataset;
    Object.assign(this.#menu.dataset, { words, results, none, offline, count, hint });
    this.#menu.addEventListener("menu:typed", () => this.#typed());
    this.#menu.addEventListener("menu:more", () => this.#more());
    this.#menu.addEventListener("menu:chosen", ({ detail }) => this.#choose(detail));
    this.#menu.addEventListener("menu:closed", () => this.#close({ back: true }));
    this.append(this.#menu);
    this.#menu.start(typed, this);
    this.#find();
  }

  #typed() {
    clearTimeout(this.#pause);
    this.#pause = setTimeout(() => this.#find(), this.dataset.more ? PAUSE : 0);
  }

  async #find() {
    const found = await this.#search.find(this.#options, this.#menu.words);
    if (!found || !this.#menu) return;
    this.#found = found;
    this.#menu.show(found, this.#select.value);
  }

  async #more() {
    if (!this.#found.next) return;
    const { next, models } = this.#found;
    this.#found = { models, next: "" };
    const found = await this.#search.find(this.#options, this.#menu.words, next);
    if (!found || !this.#menu) return;
    this.#found = { ...found, models: [...models, ...found.models] };
    this.#menu.add(found, this.#select.value);
  }

  #choose(model) {
    const select = this.#select;
    if (![...select.options].some((option) => option.value === model.value)) {
      const group = [...select.querySelectorAll("optgroup")].find(({ dataset }) => dataset.provider === model.provider);
      (group ?? select).append(new Option(model.name, model.value));
    }
    this.#close({ back: true });
    if (select.value === model.value) return;
    select.value = model.value;
    select.dispatchEvent(new Event("change", { bubbles: true }));
  }

  #left({ relatedTarget }) {
    if (this.#menu && relatedTarget && !this.contains(relatedTarget)) this.#close();
    else if (this.#menu && !relatedTarget && document.hasFocus()) this.#close();
  }

  #close({ back = false } = {}) {
    clearTimeout(this.#pause);
    this.#search?.stop();
    const menu = this.#menu;
    this.#menu = null;
    if (back && menu) this.#select.focus({ preventScroll: true });
    menu?.remove();
  }
}

customElements.define("model-picker", ModelPicker);
