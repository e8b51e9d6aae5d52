/* <again-menu popover>: the picker's models, for an answer that another one of them shall give. */
import { listen, tell } from "../helpers/bus.js";

const GAP_PX = 4;

class AgainMenu extends HTMLElement {
  #stop;
  #message = null;
  #button = null;

  connectedCallback() {
    const control = new AbortController();
    const on = (name, handler) => this.addEventListener(name, handler, { signal: control.signal });
    on("click", (event) => this.#chosen(event.target.closest("[role=menuitem]")));
    on("keydown", (event) => this.#pressed(event));
    on("toggle", (event) => this.#toggled(event.newState));
    const unlisten = listen({ "actions:models": (detail) => this.#open(detail) });
    this.#stop = () => {
      control.abort();
      unlisten();
    };
  }

  disconnectedCallback() {
    this.#stop();
  }

  get #items() {
    return [...this.querySelectorAll("[role=menuitem]")];
  }

  #open({ button, message }) {
    this.#message = message;
    this.#button = button;
    const options = document.querySelectorAll("#model option");
    this.replaceChildren(...[...options].map(({ value, label }) => item(value, label)));
    this.showPopover();
    this.#place();
    this.#items[0]?.focus({ preventScroll: true });
  }

  /* Below its button, above it where there is no room, and always inside the window. */
  #place() {
    const at = this.#button.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = this;
    const below = at.bottom + GAP_PX;
    const top = below + height > innerHeight ? Math.max(GAP_PX, at.top - height - GAP_PX) : below;
    this.style.top = `${top}px`;
    this.style.left = `${Math.max(GAP_PX, Math.min(at.left, innerWidth - width - GAP_PX))}px`;
  }

  #toggled(state) {
    this.#button?.setAttribute("aria-expanded", String(state === "open"));
  }

  #chosen(chosen) {
    if (!chosen) return;
    this.hidePopover();
    this.#button.focus({ preventScroll: true });
    tell("actions:regenerate", { message: this.#message, model: chosen.dataset.model });
  }

  #pressed(event) {
    const items = this.#items;
    const at = items.indexOf(document.activeElement);
    const steps = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 };
    if (event.key in steps) {
      event.preventDefault();
      items.at(steps[event.key] % items.length).focus();
    } else if (event.key === "Tab") {
      this.hidePopover();
      this.#button.focus({ preventScroll: true });
    }
  }
}

function item(value, label) {
  const made = document.createElement("button");
  made.type = "button";
  made.role = "menuitem";
  made.tabIndex = -1;
  made.className = "menu__item";
  made.dataset.model = value;
  made.textContent = label;
  return made;
}

customElements.define("again-menu", AgainMenu);
