/* <stop-answer>: the form behind the Stop button. Asks through the socket; without one the form goes its plain way. */
import { listen, tell } from "../helpers/bus.js";
import { isConnected } from "../helpers/connection-state.js";

const NO_ID = "00000000-0000-0000-0000-000000000000";
// If nothing has stopped by then, people may press again.
const PATIENCE_MS = 3000;

class StopAnswer extends HTMLElement {
  #stop;
  #running = null;
  #timer = 0;

  connectedCallback() {
    this.#form.onsubmit = (event) => this.#submitted(event);
    const unlisten = listen({ "thread:running": (id) => this.#runs(id) });
    this.#stop = () => {
      unlisten();
      clearTimeout(this.#timer);
    };
  }

  disconnectedCallback() {
    this.#stop();
  }

  get #form() {
    return this.querySelector("form");
  }

  get #button() {
    return document.querySelector("[data-stop]");
  }

  #runs(id) {
    this.#running = id;
    const button = this.#button;
    if (button === document.activeElement && id === null) document.querySelector("#message").focus();
    button.hidden = id === null;
    this.#enable();
    if (id) this.#form.action = this.#form.dataset.action.replace(NO_ID, id);
  }

  #submitted(event) {
    if (!isConnected() || !this.#running) return;
    event.preventDefault();
    if (this.#button.ariaDisabled === "true") return;
    // Not `disabled`: that would take the focus away.
    this.#button.ariaDisabled = "true";
    this.#timer = setTimeout(() => this.#enable(), PATIENCE_MS);
    tell("chat:out", { type: "generation.stop", message: this.#running });
  }

  #enable() {
    clearTimeout(this.#timer);
    this.#button.ariaDisabled = null;
  }
}

customElements.define("stop-answer", StopAnswer);
