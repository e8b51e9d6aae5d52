/* <keyboard-shortcuts>: around the list of the keys, mostly in a dialog: opens it, heeds the keys that work anywhere,
   and keeps what somebody prefers. */
import { tell } from "../helpers/bus.js";
import { isPressed, prefer } from "../helpers/shortcuts.js";

const TEXT = "input:not([type=checkbox], [type=radio], [type=submit], [type=file]), select, textarea, [contenteditable]";
const OPEN = "dialog[open], :popover-open, model-menu";

class KeyboardShortcuts extends HTMLElement {
  #control;

  connectedCallback() {
    this.#control = new AbortController();
    const on = (target, name, handler) => target.addEventListener(name, handler, { signal: this.#control.signal });
    on(document, "keydown", (event) => this.#pressed(event));
    on(document, "click", (event) => this.#clicked(event));
    on(this.#form, "change", () => this.#save());
    on(this.#form, "submit", (event) => {
      event.preventDefault();
      this.#save();
    });
  }

  disconnectedCallback() {
    this.#control.abort();
  }

  get #form() {
    return this.querySelector("form");
  }

  get #dialog() {
    return this.querySelector("dialog");
  }

  #pressed(event) {
    const name = ["stop", "help"].find((each) => isPressed(event, each));
    // Whatever is open has the keys for itself. Looked for last: in a long conversation that takes its time.
    if (!name || event.defaultPrevented || document.querySelector(OPEN)) return;
    const text = event.target.closest(TEXT);
    if (name === "stop" && (!text || text.id === "message")) tell("answer:stop");
    if (name === "help" && !text && this.#dialog) {
      event.preventDefault();
      this.#dialog.showModal();
    }
  }

  #clicked(event) {
    if (event.target.closest("[data-close-shortcuts]")) this.#dialog.close();
    const isPlain = !event.ctrlKey && !event.metaKey && !event.shiftKey;
    if (!this.#dialog || !isPlain || !event.target.closest("[data-show-shortcuts]")) return;
    event.preventDefault();
    this.#dialog.showModal();
  }

  async #save() {
    const { enter, shortcuts, spoken } = this.#form.elements;
    const chosen = { enter: enter.value, shortcuts: shortcuts.checked, spoken: spoken.value };
    const body = new FormData(this.#form);
    const headers = { "X-Requested-With": "fetch" };
    const kept = await fetch(this.#form.action, { method: "POST", body, headers }).then(
      ({ ok }) => ok,
      () => false,
    );
    if (kept) {
      prefer(chosen);
      tell("preferences:kept", chosen);
    }
    const { saved, failed } = this.#form.dataset;
    this.querySelector("[data-said]").textContent = kept ? saved : failed;
  }
}

customElements.define("keyboard-shortcuts", KeyboardShortcuts);
