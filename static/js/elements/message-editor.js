/* <message-editor data-message>: a message of mine as a text to change, in its place. Saving it makes a variant beside
   it; the editor stays until the server has the text. */
import { listen, tell } from "../helpers/bus.js";
import { isConnected } from "../helpers/connection-state.js";
import { problemWith } from "../helpers/message-problem.js";
import { isPressed } from "../helpers/shortcuts.js";
import { uuid } from "../helpers/uuid.js";

class MessageEditor extends HTMLElement {
  #stop;
  #pending = null;
  /** Where the focus goes back to if nothing is changed; the Edit button otherwise. */
  cameFrom = null;

  connectedCallback() {
    const control = new AbortController();
    const on = (name, handler) => this.addEventListener(name, handler, { signal: control.signal });
    on("submit", (event) => this.#submitted(event));
    on("keydown", (event) => this.#pressed(event));
    on("click", (event) => this.#clicked(event));
    const unlisten = listen({ "chat:frame": (frame) => this.#received(frame) });
    this.#stop = () => {
      control.abort();
      unlisten();
    };
    this.#form.noValidate = true;
  }

  disconnectedCallback() {
    this.#stop();
    // The message is not shown any more, here or in another tab: another branch is.
    queueMicrotask(() => {
      if (!this.isConnected && this.#isTyped && !this.#pending) {
        tell("composer:return", { text: this.box.value, detail: this.dataset.gone });
      }
    });
  }

  get box() {
    return this.querySelector("textarea");
  }

  /** A text that was to be sent from here, and why it was not. */
  show(text, detail) {
    this.box.value = this.#isTyped ? `${text}\n\n${this.box.value}` : text;
    this.#say(detail);
  }

  get #form() {
    return this.querySelector("form");
  }

  get #isTyped() {
    return this.box.value !== this.box.defaultValue;
  }

  #submitted(event) {
    event.preventDefault();
    if (this.#pending) return;
    const limits = document.querySelector("form.composer").dataset;
    const problem = problemWith(this.box.value, limits);
    this.#say(problem || (isConnected() ? "" : this.dataset.waiting));
    if (problem) return;
    this.#pending = uuid();
    this.box.readOnly = true;
    const frame = {
      type: "message.send",
      client_id: this.#pending,
      content: this.box.value,
      edits: this.dataset.message,
    };
    const model = document.querySelector("#model")?.value;
    tell("outbox:add", { frame: model ? { ...frame, model } : frame, elsewhere: true });
  }

  #pressed(event) {
    if (event.isComposing || event.keyCode === 229 || event.target !== this.box) return;
    if (event.key === "Escape") {
      event.preventDefault();
      this.#cancel();
    } else if (isPressed(event, "send")) {
      event.preventDefault();
      this.#form.requestSubmit();
    }
  }

  #clicked(event) {
    if (!event.target.closest("[data-cancel]")) return;
    event.preventDefault();
    this.#cancel();
  }

  #cancel() {
    const article = this.closest("article");
    if (this.#pending) tell("outbox:drop", this.#pending);
    this.box.value = this.box.defaultValue;
    this.remove();
    const edit = article.querySelector("[data-verb=edit]");
    (this.cameFrom?.isConnected ? this.cameFrom : edit)?.focus({ preventScroll: true });
  }

  #received(frame) {
    if (!this.#pending || frame.type !== "error" || frame.client_id !== this.#pending) return;
    this.#pending = null;
    this.box.readOnly = false;
    this.#say(frame.detail);
    this.box.focus();
  }

  #say(words) {
    this.querySelector("[data-problem]").textContent = words;
  }
}

customElements.define("message-editor", MessageEditor);
