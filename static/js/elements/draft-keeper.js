/* <draft-keeper data-key data-address>: keeps what is in the box: on the server, so that every tab has it, and in this
   browser while the server cannot be told. */
import { listen, tell } from "../helpers/bus.js";
import { isConnected } from "../helpers/connection-state.js";
import { fits } from "../helpers/message-problem.js";
import { read, write } from "../helpers/storage.js";
import { Draft } from "../models/draft.js";

class DraftKeeper extends HTMLElement {
  #draft;
  #form;
  #stop;
  #showing = false;
  #composing = false;
  // What came while the words of an input method were not finished.
  #waiting = null;
  #posting = false;

  connectedCallback() {
    const box = this.#box;
    this.#form = this.closest("form");
    this.#forgetPosted();
    // A form that came back with its text and a problem holds something newer than the server's draft.
    const known = "typed" in this.dataset ? null : box.defaultValue;
    this.#draft = new Draft({ key: `draft:${this.dataset.key}`, known, save: (text, number) => this.#save(text, number) });
    const control = new AbortController();
    const on = (target, name, handler) => target.addEventListener(name, handler, { signal: control.signal });
    on(box, "input", () => this.#showing || this.#draft.typed(box.value));
    on(box, "compositionstart", () => (this.#composing = true));
    on(box, "compositionend", () => this.#composed());
    on(window, "pagehide", () => this.#leave());
    on(window, "pageshow", () => (this.#posting = false));
    on(document, "visibilitychange", () => document.hidden && this.#draft.flush());
    const unlisten = listen({
      "chat:frame": (frame) => this.#received(frame),
      "chat:down": () => this.#draft.doubted(),
      "outbox:add": () => this.#draft.flush(),
      "composer:posted": (clientId) => this.#posted(clientId),
    });
    this.#stop = () => {
      control.abort();
      unlisten();
    };
    this.#restore();
  }

  disconnectedCallback() {
    this.#draft.flush();
    this.#stop();
  }

  get #box() {
    return document.querySelector("#message");
  }

  #restore() {
    const kept = this.#draft.restored();
    if (kept !== null && kept !== lastQuestion() && !("typed" in this.dataset)) this.#show(kept);
    // Also what the browser itself put back into the form.
    if (this.#box.value !== this.#box.defaultValue || "typed" in this.dataset) this.#draft.typed(this.#box.value);
  }

  #received(frame) {
    if (frame.type === "draft.saved") this.#draft.confirmed(frame.number);
    else if (frame.type === "draft.changed") this.#hear(frame.content);
    else if (frame.type === "hello" && frame.draft !== undefined) this.#hear(frame.draft);
  }

  #hear(content) {
    if (this.#composing) {
      this.#waiting = content;
      return;
    }
    const text = this.#draft.heard(content);
    if (text !== null) this.#show(text);
    if (this.#draft.isAhead) this.#draft.flush();
  }

  #composed() {
    this.#composing = false;
    this.#draft.typed(this.#box.value);
    if (this.#waiting !== null) this.#hear(this.#waiting);
    this.#waiting = null;
  }

  /* The caret stays where it was in the text; at the end it stays at the end. */
  #show(text) {
    const box = this.#box;
    const wasAtEnd = box.selectionStart === box.value.length;
    const before = text.startsWith(box.value) ? 0 : Math.max(0, text.lastIndexOf(box.value));
    const [selectionStart, selectionEnd] = [box.selectionStart + before, box.selectionEnd + before];
    this.#showing = true;
    box.value = text;
    if (wasAtEnd) box.setSelectionRange(text.length, text.length);
    else box.setSelectionRange(selectionStart, selectionEnd);
    box.dispatchEvent(new Event("input", { bubbles: true }));
    this.#showing = false;
  }

  #save(content, number) {
    if (this.#posting || !fits(content, this.#form.dataset.maxBytes)) return false;
    if (this.dataset.conversation === undefined) return this.#post(content, number);
    if (!isConnected()) return false;
    tell("chat:out", { type: "draft.save", content, number });
    return true;
  }

  /* Outlives the page. More than 64 KB the browser refuses to carry; this browser then keeps it. */
  #post(content, number) {
    const body = new FormData();
    body.set("content", content);
    body.set("csrfmiddlewaretoken", this.#form.elements.csrfmiddlewaretoken.value);
    fetch(this.dataset.address, { method: "POST", body, keepalive: content.length < 20_000 })
      .then((response) => response.ok && this.#draft.confirmed(number))
      .catch(() => this.#draft.doubted());
    return true;
  }

  #leave() {
    if (!this.#draft.isAhead) return;
    this.#draft.flush();
    if (this.dataset.conversation !== undefined) this.#post(this.#box.value);
  }

  /* The first message goes its way as a form, and its draft with it: once the conversation is seen, what this
     browser kept is done with. */
  #posted(clientId) {
    this.#posting = true;
    this.#draft.flush();
    if (this.#draft.leavesSomething) this.#post("");
    write("draft:posted", { clientId, key: this.dataset.key });
  }

  #forgetPosted() {
    const posted = read("draft:posted");
    if (!posted || !document.querySelector(`[data-client="${CSS.escape(posted.clientId)}"]`)) return;
    write(`draft:${posted.key}`, null);
    write("draft:posted", null);
  }
}

/* A text that was sent from elsewhere is no draft any more. */
function lastQuestion() {
  return [...document.querySelectorAll("article[data-role=user] .message__body")].at(-1)?.textContent;
}

customElements.define("draft-keeper", DraftKeeper);
