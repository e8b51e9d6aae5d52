/* <running-title>: the tab's title and icon say whether an answer is being written, and whether one ended while nobody
   looked; the title follows a renamed conversation. */
import { listen } from "../helpers/bus.js";

const RUNNING = "● ";
const READY = "✓ ";

class RunningTitle extends HTMLElement {
  #stop;
  #title = document.title;
  #running = false;
  #isUnseen = false;

  connectedCallback() {
    const own = document.querySelector("message-thread")?.dataset.conversation;
    const unlisten = listen({
      "thread:running": (id) => this.#write({ running: id !== null }),
      "thread:ended": () => this.#write({ isUnseen: document.hidden }),
      "chat:frame": (frame) => {
        if (frame.type !== "conversation.changed" || !frame.title || (frame.conversation ?? own) !== own) return;
        this.#title = frame.title;
        document.querySelector("[data-title]").textContent = frame.title;
        this.#write();
      },
    });
    const control = new AbortController();
    const looked = () => document.hidden || this.#write({ isUnseen: false });
    document.addEventListener("visibilitychange", looked, { signal: control.signal });
    this.#stop = () => {
      unlisten();
      control.abort();
    };
  }

  disconnectedCallback() {
    this.#stop();
  }

  #write({ running = this.#running, isUnseen = this.#isUnseen } = {}) {
    this.#running = running;
    this.#isUnseen = isUnseen;
    const state = running ? "running" : isUnseen ? "ready" : "idle";
    document.title = { running: RUNNING, ready: READY, idle: "" }[state] + this.#title;
    const icon = document.querySelector("link[rel=icon]");
    const href = this.dataset[state];
    if (icon.getAttribute("href") !== href) icon.setAttribute("href", href);
  }
}

customElements.define("running-title", RunningTitle);
