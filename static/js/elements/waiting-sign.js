/* <waiting-sign data-elapsed>: what an answer is waiting for, in words and seconds, until its first text comes. */
import { listen } from "../helpers/bus.js";

class WaitingSign extends HTMLElement {
  #timer = 0;
  #stop;
  #phase = "reading";
  #began = 0;
  // How long it may take, if the server knows.
  #seconds = 0;
  #usually = 0;
  #detail = "";

  connectedCallback() {
    this.#began ||= performance.now() - Number(this.dataset.elapsed) * 1000;
    const id = this.closest("[data-message]")?.dataset.message;
    this.#timer = setInterval(() => this.#draw(), 1000);
    this.#stop = listen({
      "chat:frame": (frame) => frame.type === "message.waiting" && frame.message === id && this.#entered(frame),
    });
  }

  disconnectedCallback() {
    clearInterval(this.#timer);
    this.#stop();
  }

  #entered({ phase, seconds = 0, usually_ms: usually = 0, detail = "" }) {
    this.#phase = phase;
    this.#seconds = seconds;
    this.#usually = Math.round((usually ?? 0) / 1000);
    this.#detail = detail;
    this.#began = performance.now();
    this.#draw();
  }

  #draw() {
    if (this.hidden) return;
    const elapsed = Math.max(0, Math.floor((performance.now() - this.#began) / 1000));
    const left = Math.max(0, Math.ceil(this.#seconds - elapsed));
    const words = this.#words(elapsed)
      .replace("{seconds}", elapsed)
      .replace("{left}", left)
      .replace("{usually}", this.#usually);
    if (this.textContent !== words) this.textContent = words;
  }

  #words(elapsed) {
    const { reading, usual, retrying, over } = this.dataset;
    if (this.#phase === "reading") return this.#usually ? usual : reading;
    if (this.#phase !== "retrying") return this.dataset[this.#phase] ?? this.#detail;
    const words = elapsed < this.#seconds ? retrying : over;
    return this.#detail ? `${this.#detail} ${words}` : words;
  }
}

customElements.define("waiting-sign", WaitingSign);
