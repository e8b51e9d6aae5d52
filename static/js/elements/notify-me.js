/* <notify-me>: a switch for a notice when an answer ends while nobody looks. The browser is asked for permission only
   when somebody presses it; the choice is this browser's. */
import { listen, tell } from "../helpers/bus.js";
import { read, write } from "../helpers/storage.js";

const KEY = "notify";

class NotifyMe extends HTMLElement {
  #stop;
  // Conversations in which an answer runs, as far as this page has heard.
  #running = new Set();

  connectedCallback() {
    // Browsers offer notices on HTTPS and localhost only.
    if (!("Notification" in globalThis) || !globalThis.isSecureContext) return;
    this.hidden = false;
    this.#button.onclick = () => this.#pressed();
    const unlisten = listen({
      "thread:ended": ({ status }) => this.#tell(this.#own, document.querySelector("[data-title]").textContent, status),
      "chat:frame": (frame) => frame.type === "conversation.changed" && this.#changed(frame),
    });
    this.#stop = unlisten;
    this.#show();
  }

  disconnectedCallback() {
    this.#stop?.();
  }

  get #button() {
    return this.querySelector("button");
  }

  get #own() {
    return document.querySelector("message-thread")?.dataset.conversation;
  }

  get #isOn() {
    return read(KEY) === true && Notification.permission === "granted";
  }

  async #pressed() {
    const wanted = !this.#isOn;
    if (wanted && Notification.permission === "default") await Notification.requestPermission();
    // The first notice shows what one looks like, and whether this browser has any.
    const works = wanted && Notification.permission === "granted" && notify(this.dataset.on, { tag: KEY }) !== null;
    write(KEY, works || null);
    this.#show();
    const { on, off, denied } = this.dataset;
    tell("status:say", works ? on : wanted ? denied : off);
  }

  #show() {
    this.#button.ariaPressed = String(this.#isOn);
  }

  /* Other conversations; of this one the thread tells. */
  #changed({ others = [], conversation, title, running }) {
    for (const other of others) this.#changed(other);
    if (running === undefined || conversation === this.#own) return;
    if (running) this.#running.add(conversation);
    else if (this.#running.delete(conversation)) this.#tell(conversation, title, "complete");
  }

  #tell(conversation, title, status) {
    if (!document.hidden || !this.#isOn) return;
    const body = this.dataset[status] ?? this.dataset.complete;
    // One tag for one conversation: several tabs make one notice.
    const notice = notify(title, { body, tag: conversation });
    if (!notice) return;
    notice.onclick = () => {
      notice.close();
      focus();
      if (conversation !== this.#own) location.assign(this.dataset.address.replace(this.dataset.nobody, conversation));
    };
  }
}

/* Some phones' browsers have the name and refuse to make one. */
function notify(title, options) {
  try {
    return new Notification(title, options);
  } catch {
    return null;
  }
}

customElements.define("notify-me", NotifyMe);
