/* <message-actions data-message>: Regenerate, Retry, Continue and the arrows between variants. Each is a button of a
   plain form; with a socket the verb goes through it, and the page stays as it is. */
import { listen, tell } from "../helpers/bus.js";
import { isConnected } from "../helpers/connection-state.js";
import { uuid } from "../helpers/uuid.js";

class MessageActions extends HTMLElement {
  #stop;
  #asked = null;

  connectedCallback() {
    const control = new AbortController();
    this.addEventListener("click", (event) => this.#clicked(event), { signal: control.signal });
    const unlisten = listen({
      "chat:frame": (frame) => this.#received(frame),
      "chat:down": () => this.#settle(),
      "actions:regenerate": ({ message, model }) => {
        if (message === this.dataset.message) this.#ask("regenerate", { model });
      },
    });
    this.#stop = () => {
      control.abort();
      unlisten();
    };
  }

  disconnectedCallback() {
    this.#stop();
  }

  #clicked(event) {
    const button = event.target.closest("[data-verb]");
    if (!button) return;
    const { verb, target } = button.dataset;
    if (button.ariaDisabled === "true") event.preventDefault();
    else if (verb === "edit") this.#edit(event, target);
    else if (verb === "regenerate-with") tell("actions:models", { button, message: this.dataset.message });
    else if (isConnected()) {
      event.preventDefault();
      if (verb === "show") this.#show(target, button.dataset.way);
      else this.#ask(verb, verb === "continue" ? {} : { model: this.#picked });
    }
  }

  get #picked() {
    return document.querySelector("#model")?.value || undefined;
  }

  #edit(event, target) {
    event.preventDefault();
    tell("message:edit", target);
  }

  #ask(verb, { model } = {}) {
    if (this.#asked) return;
    this.#asked = uuid();
    this.#busy(true);
    const frame = { type: `message.${verb}`, message: this.dataset.message, client_id: this.#asked };
    tell("chat:out", model ? { ...frame, model } : frame);
    tell("thread:own");
  }

  #show(target, way) {
    tell("thread:keep-place", { parent: this.closest("article").dataset.parent, way });
    tell("chat:out", { type: "branch.show", message: target });
  }

  #received(frame) {
    if (!this.#asked || (frame.client_id ?? frame.message?.client_id) !== this.#asked) return;
    if (frame.type === "error") tell("composer:say", frame.detail);
    this.#settle();
  }

  #settle() {
    this.#asked = null;
    this.#busy(false);
  }

  /* Not `disabled`: that would take the focus away. */
  #busy(isBusy) {
    for (const button of this.querySelectorAll("button:not([data-verb=show])")) {
      button.ariaDisabled = isBusy ? "true" : null;
    }
  }
}

customElements.define("message-actions", MessageActions);
