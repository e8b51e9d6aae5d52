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
    const unlisten = listen({
      "thread:running": (id) => this.#runs(id),
      "chat:frame": (frame) => this.#received(frame),
      "answer:stop": () => this.#running && this.#form.requestSubmit(),
    });
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
    if (id !== this.#running) this.#enable();
    this.#running = id;
    const button = this.#button;
    if (button === document.activeElement && id === null) document.querySelector("#message").focus();
    button.hidden = id === null;
    if (id) this.#form.action = this.#form.dataset.action.replace(NO_ID, id);
  }

  #submitted(event) {
    if (!isConnected() || !this.#running) return;
    event.preventDefault();
    if (this.#button.ariaDisabled === "true") return;
    this.#stopping();
    tell("chat:out", { type: "generation.stop", message: this.#running });
  }

  /* Also when somebody pressed it in another tab. */
  #received({ type, message, receipt }) {
    if (type === "message.stopping" && message === this.#running) this.#stopping();
    if (type === "message.done" && receipt) this.#receipt(receipt);
  }

  #stopping() {
    // Not `disabled`: that would take the focus away.
    this.#button.ariaDisabled = "true";
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#enable(), PATIENCE_MS);
    tell("status:say", this.dataset.stopping);
  }

  #receipt({ closed_ms: milliseconds, tokens }) {
    const { receipt, receiptTokens } = this.dataset;
    const words = tokens ? receiptTokens.replace("{tokens}", tokens.toLocaleString()) : receipt;
    tell("status:say", words.replace("{ms}", milliseconds));
  }

  #enable() {
    clearTimeout(this.#timer);
    this.#button.ariaDisabled = null;
  }
}

customElements.define("stop-answer", StopAnswer);
