/* <prompt-finder data-source data-text>: a slash at the start of the empty box looks for a saved prompt by what
   follows it. The box keeps the focus and all that is typed, until one is chosen. */
import { tell } from "../helpers/bus.js";
import { fragment } from "../helpers/server-html.js";
import { means } from "../helpers/shortcuts.js";

// After the last key.
const REST_MS = 100;
// More than that is no search any more.
const LONGEST = 100;
// Pixels: the tallest list, and the gap to the window's edge.
const TALLEST = 320;
const GAP = 16;
// A box of many lines is no `combobox` in ARIA, which therefore gives it no `aria-expanded`; the rest of that pattern
// belongs to it too, and the note under the list says how many there are.
const OPEN = { "aria-autocomplete": "list", "aria-controls": "found-prompts", "aria-haspopup": "listbox" };

class PromptFinder extends HTMLElement {
  #control;
  #asking = null;
  #timer = 0;
  // Whether the slash was typed into the empty box, and the list has not been closed since.
  #looking = false;
  #before = "";
  // For which text the list is, and whether Enter came before it.
  #shownFor = null;
  #isHasty = false;

  connectedCallback() {
    this.#control = new AbortController();
    const { signal } = this.#control;
    const box = this.#box;
    this.#before = box.value;
    box.addEventListener("input", (event) => this.#typed(event), { signal });
    box.addEventListener("blur", () => this.#close(), { signal });
    // Before the composer hears of it.
    this.closest("form").addEventListener("keydown", (event) => this.#pressed(event), { signal, capture: true });
    // The box keeps the focus.
    this.#menu.addEventListener("mousedown", (event) => event.preventDefault(), { signal });
    this.#menu.addEventListener("click", (event) => this.#choose(event.target.closest("[role=option]")), { signal });
  }

  disconnectedCallback() {
    this.#close();
    this.#control.abort();
  }

  get #box() {
    return this.closest("form").querySelector("#message");
  }

  get #menu() {
    return this.querySelector("[data-menu]");
  }

  get #list() {
    return this.querySelector("[role=listbox]");
  }

  get #active() {
    return this.#list.querySelector("[aria-selected=true]");
  }

  #typed({ isTrusted }) {
    const { value } = this.#box;
    // A text that a script puts there is no search.
    if (!isTrusted || value.length > LONGEST || value.includes("\n") || !means(value[0], "prompts")) this.#close();
    else if (this.#looking || !this.#before) this.#look();
    this.#before = value;
  }

  #look() {
    this.#looking = true;
    this.#isHasty = false;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#ask(this.#box.value), REST_MS);
  }

  async #ask(typed) {
    this.#asking?.abort();
    const asking = new AbortController();
    this.#asking = asking;
    const found = await text(`${this.dataset.source}?${new URLSearchParams({ q: typed.slice(1) })}`, asking.signal);
    if (asking.signal.aborted || !this.#looking) return;
    if (found === null) this.#close();
    else this.#show(fragment(found));
    this.#shownFor = typed;
    if (this.#isHasty) this.#choose(this.#active);
  }

  #show(found) {
    this.querySelector("[data-note]").textContent = found.querySelector("[data-count]").textContent;
    this.#list.replaceChildren(...found.querySelectorAll("[role=option]"));
    this.#list.hidden = !this.#list.childElementCount;
    this.#menu.hidden = false;
    const { top, bottom } = this.parentElement.getBoundingClientRect();
    const below = innerHeight - bottom > top;
    this.#menu.toggleAttribute("data-below", below);
    this.#menu.style.maxHeight = `${Math.min(TALLEST, below ? innerHeight - bottom : top) - GAP}px`;
    this.#menu.style.setProperty("--box-height", `${this.parentElement.offsetHeight}px`);
    for (const [name, value] of Object.entries(OPEN)) this.#box.setAttribute(name, value);
    this.#go(this.#list.firstElementChild);
  }

  #close() {
    clearTimeout(this.#timer);
    this.#asking?.abort();
    this.#looking = false;
    this.#shownFor = null;
    if (this.#menu.hidden) return;
    this.#menu.hidden = true;
    this.#list.replaceChildren();
    for (const name of [...Object.keys(OPEN), "aria-activedescendant"]) this.#box.removeAttribute(name);
  }

  #pressed(event) {
    if (event.target !== this.#box || event.isComposing || event.keyCode === 229 || !this.#looking) return;
    const active = this.#active;
    const isPlain = !event.shiftKey && !event.ctrlKey && !event.metaKey && !event.altKey;
    const chooses = event.key === "Enter" || event.key === "Tab";
    if (event.key === "Escape") this.#close();
    else if (isPlain && chooses && this.#shownFor !== this.#box.value) this.#isHasty = true;
    else if (!active || !isPlain) return;
    else if (event.key === "ArrowDown") this.#go(active.nextElementSibling ?? this.#list.firstElementChild);
    else if (event.key === "ArrowUp") this.#go(active.previousElementSibling ?? this.#list.lastElementChild);
    else if (chooses) this.#choose(active);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #go(option) {
    this.#active?.setAttribute("aria-selected", "false");
    if (!option) {
      this.#box.removeAttribute("aria-activedescendant");
      return;
    }
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    this.#box.setAttribute("aria-activedescendant", option.id);
  }

  async #choose(option) {
    if (!option) return;
    const typed = this.#box.value;
    this.#close();
    const chosen = await text(this.dataset.text.replace("0", option.dataset.prompt));
    // Whoever has typed on meanwhile keeps what they typed.
    if (this.#box.value !== typed) return;
    if (chosen === null) tell("composer:say", this.dataset.failed);
    else tell("composer:fill", chosen);
  }
}

customElements.define("prompt-finder", PromptFinder);

/* What the server says; null if it says nothing. */
async function text(address, signal) {
  try {
    const response = await fetch(address, { signal });
    return response.ok && !response.redirected ? await response.text() : null;
  } catch {
    return null;
  }
}
