/* <message-composer>: the form that people write in. On a new page it stays a plain form; in a conversation it sends
   through the socket, and the text stays in the box until the server has it. */
import { listen, tell } from "../helpers/bus.js";
import { problemWith } from "../helpers/message-problem.js";
import { uuid } from "../helpers/uuid.js";
import { Outbox } from "../models/outbox.js";

class MessageComposer extends HTMLElement {
  #outbox = null;
  #pending = null;
  #running = false;
  #connected = false;
  #stop;

  connectedCallback() {
    const { conversation } = this.dataset;
    if (conversation) this.#outbox = new Outbox(conversation);
    const control = new AbortController();
    const on = (target, name, handler) => target?.addEventListener(name, handler, { signal: control.signal });
    on(this.#form, "submit", (event) => this.#submitted(event));
    on(this.#box, "keydown", (event) => this.#pressed(event));
    on(this.#box, "input", () => this.#typed());
    on(this.querySelector("[data-take-back]"), "click", () => this.#giveBack());
    const unlisten = listen({
      "chat:up": () => this.#connection(true),
      "chat:down": () => this.#connection(false),
      "chat:refused": () => this.#connection(false),
      "chat:frame": (frame) => this.#received(frame),
      "thread:running": (id) => this.#runs(id !== null),
      "thread:synced": () => this.#checkArrived(),
      "composer:fill": (text) => this.#fill(text),
    });
    this.#stop = () => {
      control.abort();
      unlisten();
    };
    // Our words instead of the browser's.
    this.#form.noValidate = true;
    this.#restore();
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
    // 229: Safari's last keydown of an input method's composition.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    this.#form.requestSubmit(this.querySelector("[data-send]"));
  }

  #submitted(event) {
    const problem = problemWith(this.#box.value, this.#form.dataset, this.#running);
    if (problem || this.#outbox || this.#pending) event.preventDefault();
    if (this.#pending) return;
    this.#say(problem);
    if (problem) return;
    if (this.#outbox) this.#send();
    else this.#posted();
  }

  #posted() {
    this.#pending = "form";
    this.#box.readOnly = true;
    this.querySelector("[data-send]").disabled = true;
    // Back in the history: the form is there again and must be of use.
    addEventListener("pageshow", () => this.#again(), { once: true });
  }

  #again() {
    this.#form.elements.client_id.value = uuid();
    this.#release();
  }

  #send() {
    const frame = { type: "message.send", client_id: uuid(), content: this.#box.value };
    const model = this.#form.elements.model?.value;
    if (model) frame.model = model;
    this.#outbox.add(frame);
    this.#hold(frame);
    tell("chat:out", frame);
  }

  #restore() {
    const waiting = this.#outbox?.waiting[0];
    if (!waiting) return;
    this.#hold(waiting);
    this.#checkArrived();
  }

  /* The connection was lost between the message's arrival and the word of it. */
  #checkArrived() {
    if (!this.#outbox || !this.#pending) return;
    const arrived = document.querySelector(`article[data-client="${CSS.escape(this.#pending)}"]`);
    if (!arrived) return;
    this.#outbox.remove(this.#pending);
    this.#accepted(this.#pending);
  }

  #hold(frame) {
    this.#pending = frame.client_id;
    this.#box.value = frame.content;
    this.#box.readOnly = true;
    this.#showWaiting();
  }

  #release() {
    this.#pending = null;
    this.#box.readOnly = false;
    this.querySelector("[data-send]").disabled = false;
    this.#showWaiting();
    this.#grow();
  }

  #received(frame) {
    const clientId = frame.type === "message.created" ? frame.message.client_id : frame.client_id;
    if (frame.type !== "message.created" && frame.type !== "error") return;
    const ours = clientId && (this.#outbox?.remove(clientId) || clientId === this.#pending);
    if (frame.type === "error") this.#refused(frame, ours);
    else if (ours) this.#accepted(clientId);
  }

  #accepted(clientId) {
    if (clientId !== this.#pending) return;
    this.#box.value = "";
    this.#release();
    this.#say("");
    this.#box.focus({ preventScroll: true });
    tell("thread:own");
  }

  #refused({ code, detail }, ours) {
    if (!ours && code === "not_found") return;
    if (ours) this.#release();
    this.#say(detail);
    if (ours) this.#box.focus({ preventScroll: true });
  }

  #giveBack() {
    this.#outbox.remove(this.#pending);
    this.#release();
    this.#box.focus();
  }

  #connection(isUp) {
    this.#connected = isUp;
    this.#showWaiting();
    if (isUp) for (const frame of this.#outbox?.waiting ?? []) tell("chat:out", frame);
  }

  #showWaiting() {
    const note = this.querySelector("[data-waiting]");
    note.hidden = !this.#pending || this.#connected || !this.#outbox;
  }

  #runs(running) {
    this.#running = running;
    this.querySelector("[data-send]").hidden = running;
    if (!running) this.#say("");
  }

  #fill(text) {
    if (this.#box.readOnly) return;
    this.#box.value = text;
    this.#typed();
    this.#box.focus();
  }

  #typed() {
    this.#say("");
    this.#grow();
  }

  #say(words) {
    this.querySelector("[data-problem]").textContent = words;
  }

  /* Browsers with `field-sizing` do this by themselves. */
  #grow() {
    if (CSS.supports("field-sizing", "content")) return;
    this.#box.style.height = "auto";
    this.#box.style.height = `${this.#box.scrollHeight}px`;
  }
}

customElements.define("message-composer", MessageComposer);
