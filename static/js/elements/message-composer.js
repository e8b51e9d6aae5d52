/* <message-composer>: the form that people write in. On a new page it stays a plain form; in a conversation its text
   goes to the outbox, which lets go of it when the server has it. */
import { listen, tell } from "../helpers/bus.js";
import { problemWith } from "../helpers/message-problem.js";
import { isPressed } from "../helpers/shortcuts.js";
import { uuid } from "../helpers/uuid.js";

class MessageComposer extends HTMLElement {
  #posting = false;
  // What was put into the box, and what stood there before.
  #filled = null;
  #stop;

  connectedCallback() {
    const control = new AbortController();
    const on = (target, name, handler) => target.addEventListener(name, handler, { signal: control.signal });
    on(this.#form, "submit", (event) => this.#submitted(event));
    on(this.#box, "keydown", (event) => this.#pressed(event));
    on(this.#box, "input", () => this.#typed());
    // Back in the history: the form is there again and must be of use.
    on(window, "pageshow", () => this.#posting && this.#again());
    const unlisten = listen({
      "chat:frame": (frame) => this.#received(frame),
      "composer:fill": (text) => this.#write(text),
      "composer:return": ({ text, detail }) => this.#takeBack(text, detail),
      "composer:say": (words) => this.#say(words),
    });
    this.#stop = () => {
      control.abort();
      unlisten();
    };
    // Our words instead of the browser's.
    this.#form.noValidate = true;
    this.#grow();
  }

  disconnectedCallback() {
    this.#stop();
  }

  get #form() {
    return this.querySelector("form.composer");
  }

  get #box() {
    return this.querySelector("#message");
  }

  #pressed(event) {
    if (this.#takesBack(event)) return;
    if (isPressed(event, "send")) {
      event.preventDefault();
      this.#form.requestSubmit(this.querySelector("[data-send]"));
    } else if (!this.#box.value && isPressed(event, "edit")) this.#editLast(event);
  }

  #editLast(event) {
    const mine = document.querySelectorAll("article[data-role=user]");
    const last = [...mine].at(-1)?.querySelector("[data-verb=edit]");
    if (!last) return;
    event.preventDefault();
    tell("message:edit", last.dataset.target);
  }

  #submitted(event) {
    // Saving what is typed as a prompt is another page's form; the draft stays.
    if (event.submitter?.dataset.keep !== undefined) return;
    const problem = problemWith(this.#box.value, this.#form.dataset);
    const { conversation } = this.dataset;
    if (problem || conversation || this.#posting) event.preventDefault();
    if (this.#posting) return;
    this.#say(problem);
    if (problem) return;
    if (conversation) this.#send();
    else this.#posted();
  }

  #posted() {
    this.#posting = true;
    this.#box.readOnly = true;
    this.querySelector("[data-send]").disabled = true;
    tell("composer:posted", this.#form.elements.client_id.value);
  }

  #again() {
    this.#posting = false;
    this.#form.elements.client_id.value = uuid();
    this.#box.readOnly = false;
    this.querySelector("[data-send]").disabled = false;
  }

  /* Sent at once if nothing runs; else it waits its turn on the server. */
  #send() {
    const { edits } = this.#form.elements;
    const content = this.#box.value;
    const frame = { type: edits ? "message.send" : "message.queue", client_id: uuid(), content };
    // The page came with a message to change, as it does without scripts.
    if (edits) frame.edits = edits.value;
    edits?.remove();
    const model = this.#form.elements.model?.value;
    if (model) frame.model = model;
    tell("outbox:add", { frame });
    this.#change("");
    this.#box.focus({ preventScroll: true });
  }

  /* What belongs to a message or to a verb comes back to whoever sent it. */
  #received({ type, code, client_id, detail }) {
    if (type === "error" && !client_id && code !== "not_found") this.#say(detail);
  }

  #write(text) {
    if (this.#box.readOnly) return;
    this.#filled = { before: this.#box.value, after: text };
    this.#change(text);
    this.#box.focus();
  }

  /* What a script has put in is nothing that the browser could take back; as long as it is unchanged, we do. */
  #takesBack(event) {
    const isUndo = (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key === "z";
    if (!isUndo || this.#box.value !== this.#filled?.after) return false;
    event.preventDefault();
    this.#change(this.#filled.before);
    this.#filled = null;
    return true;
  }

  /* In front of what has been typed meanwhile: nothing is lost. */
  #takeBack(text, detail) {
    const typed = this.#box.value;
    this.#change(typed ? `${text}\n\n${typed}` : text);
    this.#say(detail ?? "");
    this.#box.focus({ preventScroll: true });
  }

  /* As if it had been typed: the box grows, the draft is kept. */
  #change(text) {
    this.#box.value = text;
    this.#box.dispatchEvent(new Event("input", { bubbles: true }));
  }

  #typed() {
    this.#say("");
    this.#grow();
  }

  #say(words) {
    const problem = this.querySelector("[data-problem]");
    if (problem.textContent !== words) problem.textContent = words;
  }

  /* Browsers with `field-sizing` do this by themselves. */
  #grow() {
    if (CSS.supports("field-sizing", "content")) return;
    this.#box.style.height = "auto";
    this.#box.style.height = `${this.#box.scrollHeight}px`;
  }
}

customElements.define("message-composer", MessageComposer);
