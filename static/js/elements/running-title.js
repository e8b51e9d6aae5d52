/* <running-title>: the tab's title says whether an answer is being written, and follows a renamed conversation. */
import { listen } from "../helpers/bus.js";

const MARK = "● ";

class RunningTitle extends HTMLElement {
  #stop;
  #title = document.title;
  #running = false;

  connectedCallback() {
    const own = document.querySelector("message-thread")?.dataset.conversation;
    this.#stop = listen({
      "thread:running": (id) => {
        this.#running = id !== null;
        this.#write();
      },
      "chat:frame": (frame) => {
        if (frame.type !== "conversation.changed" || !frame.title || (frame.conversation ?? own) !== own) return;
        this.#title = frame.title;
        document.querySelector("[data-title]").textContent = frame.title;
        this.#write();
      },
    });
  }

  disconnectedCallback() {
    this.#stop();
  }

  #write() {
    document.title = (this.#running ? MARK : "") + this.#title;
  }
}

customElements.define("running-title", RunningTitle);
