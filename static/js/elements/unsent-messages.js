/* <unsent-messages data-conversation>: what was sent and has not reached the server. Stands at the end of the thread
   until it has, goes out again after every reconnect, and can be taken back. */
import { listen, tell } from "../helpers/bus.js";
import { isConnected } from "../helpers/connection-state.js";
import { Outbox } from "../models/outbox.js";

// An answer of the server usually comes within a few milliseconds; after this one may wonder.
const SLOW_MS = 1500;

class UnsentMessages extends HTMLElement {
  #outbox;
  #stop;
  // Why the server did not take a message, by client_id.
  #refused = new Map();
  // Shown elsewhere, in an editor that stays open until the server has the text.
  #elsewhere = new Set();
  #late = new Set();
  #timers = new Set();
  #running = false;

  connectedCallback() {
    this.#outbox = new Outbox(this.dataset.conversation);
    const unlisten = listen({
      "outbox:add": ({ frame, elsewhere }) => this.#add(frame, elsewhere),
      "outbox:drop": (clientId) => this.#outbox.remove(clientId),
      "chat:up": () => this.#sendAll(),
      "chat:down": () => this.#draw(),
      "chat:refused": () => this.#draw(),
      "chat:frame": (frame) => this.#received(frame),
      "thread:running": (id) => (this.#running = id !== null),
      "thread:synced": () => this.#checkArrived(),
    });
    const control = new AbortController();
    addEventListener("storage", (event) => this.#otherTab(event), { signal: control.signal });
    this.addEventListener("click", (event) => this.#clicked(event.target.closest("button")), control);
    this.#stop = () => {
      unlisten();
      control.abort();
      for (const timer of this.#timers) clearTimeout(timer);
    };
    this.#checkArrived();
  }

  disconnectedCallback() {
    this.#stop();
  }

  get #list() {
    return this.querySelector("ol");
  }

  #add(frame, elsewhere = false) {
    this.#outbox.add(frame);
    if (elsewhere) this.#elsewhere.add(frame.client_id);
    this.#send(frame);
    this.#draw();
    if (!elsewhere) tell("thread:own");
  }

  #send(frame) {
    this.#late.delete(frame.client_id);
    this.#refused.delete(frame.client_id);
    tell("chat:out", frame);
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#late.add(frame.client_id);
      this.#draw();
    }, SLOW_MS);
    this.#timers.add(timer);
  }

  /* In the order in which they were written; what was refused waits for its author. */
  #sendAll() {
    for (const frame of this.#outbox.waiting) if (!this.#refused.has(frame.client_id)) this.#send(frame);
    this.#draw();
  }

  #received(frame) {
    if (frame.type === "message.created") this.#arrived(frame.message.client_id);
    else if (frame.type === "queue.changed") for (const { client_id } of frame.queued) this.#arrived(client_id);
    else if (frame.type === "error" && frame.client_id) this.#wasRefused(frame);
  }

  #arrived(clientId) {
    if (!clientId || !this.#outbox.remove(clientId)) return;
    this.#draw();
    tell("outbox:arrived", clientId);
  }

  /* The connection was lost between a message's arrival and the word of it. */
  #checkArrived() {
    for (const { client_id } of this.#outbox.waiting) {
      if (document.querySelector(`[data-client="${CSS.escape(client_id)}"]:not(unsent-messages *)`)) {
        this.#arrived(client_id);
      }
    }
    this.#draw();
  }

  #wasRefused({ client_id, detail }) {
    const found = this.#outbox.waiting.find((frame) => frame.client_id === client_id);
    if (!found) return;
    const box = document.querySelector("#message");
    if (this.#elsewhere.delete(client_id)) this.#outbox.remove(client_id);
    else if (box.value && !found.edits) this.#refused.set(client_id, detail);
    else this.#giveBack(found, detail);
    this.#draw();
  }

  #giveBack(frame, detail = "") {
    this.#outbox.remove(frame.client_id);
    this.#refused.delete(frame.client_id);
    this.#draw();
    const { content: text, edits } = frame;
    if (edits) tell("edit:return", { id: edits, text, detail });
    else tell("composer:return", { text, detail });
  }

  #clicked(button) {
    if (!button) return;
    const { client } = button.closest("[data-client]").dataset;
    const frame = this.#outbox.waiting.find(({ client_id }) => client_id === client);
    if (!frame) return;
    if ("takeBack" in button.dataset) this.#giveBack(frame);
    else this.#send(frame);
    this.#draw();
  }

  #otherTab({ key, newValue }) {
    if (key && newValue === null) this.#outbox.forgetIfGone(key);
    this.#draw();
  }

  #draw() {
    const shown = this.#outbox.waiting.filter(({ client_id }) => !this.#elsewhere.has(client_id));
    const items = new Map([...this.#list.children].map((item) => [item.dataset.client, item]));
    for (const frame of shown) {
      const item = items.get(frame.client_id) ?? this.#made(frame);
      items.delete(frame.client_id);
      this.#label(item, frame.client_id);
    }
    for (const item of items.values()) {
      if (item.contains(document.activeElement)) document.querySelector("#message").focus({ preventScroll: true });
      item.remove();
    }
    this.hidden = !this.#list.childElementCount;
  }

  #made({ client_id, content }) {
    const item = this.querySelector("template").content.firstElementChild.cloneNode(true);
    item.dataset.client = client_id;
    item.querySelector(".message__body").textContent = content;
    this.#list.append(item);
    return item;
  }

  #label(item, clientId) {
    const reason = this.#refused.get(clientId);
    const late = !isConnected() || this.#late.has(clientId);
    const words = reason ?? (late ? this.dataset.waiting : "");
    const note = item.querySelector("[data-note]");
    // A live region speaks of every change; what stays the same is left alone.
    if (note.textContent !== words) note.textContent = words;
    item.querySelector("[data-acts]").hidden = !words;
    item.querySelector("[data-send-again]").hidden = !reason;
    // While an answer runs a message goes into the queue, not here: it would only flash by.
    item.hidden = this.#running && !words;
  }
}

customElements.define("unsent-messages", UnsentMessages);
