/* <waiting-sign data-elapsed data-text>: counts the seconds until the first text comes. */
import { listen } from "../helpers/bus.js";

class WaitingSign extends HTMLElement {
  #timer = 0;
  #stop;

  connectedCallback() {
    const began = performance.now() - Number(this.dataset.elapsed) * 1000;
    const id = this.closest("[data-message]")?.dataset.message;
    this.#timer = setInterval(() => this.#count(performance.now() - began), 1000);
    this.#stop = listen({
      "chat:frame": (frame) => {
        if (frame.type === "message.waiting" && frame.message === id) this.#reason = frame.detail;
      },
    });
  }

  disconnectedCallback() {
    clearInterval(this.#timer);
    this.#stop();
  }

  // What the server says about the wait ("Connecting again…"), instead of our own words.
  #reason = "";

  #count(elapsed) {
    if (this.hidden) return;
    const seconds = String(Math.floor(elapsed / 1000));
    const counted = this.dataset.text.replace("{seconds}", seconds);
    this.textContent = this.#reason ? `${this.#reason} ${seconds} s` : counted;
  }
}

customElements.define("waiting-sign", WaitingSign);
