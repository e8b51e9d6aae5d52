/* <connection-doctor data-path data-scheme>: opens the doctor's socket, watches what comes, and shows the findings. */
import { flowOf, refusalOf } from "../models/diagnosis.js";

const GOOD = "good";
const SECOND = 1000;

class ConnectionDoctor extends HTMLElement {
  #socket = null;
  #arrivals = [];
  #plan = null;
  #asked = 0;
  #silentSince = 0;
  #timer = 0;

  connectedCallback() {
    this.#again.onclick = () => this.#start();
    this.#start();
  }

  disconnectedCallback() {
    this.#leave();
  }

  get #again() {
    return this.querySelector("[data-again]");
  }

  #start() {
    this.#leave();
    this.#arrivals = [];
    this.#plan = null;
    this.#silentSince = 0;
    this.#again.hidden = true;
    this.querySelector("[data-sum]").textContent = "";
    for (const test of ["upgrade", "buffering", "idle"]) this.#show(test, "wait");
    this.#lookAtScheme();
    const address = new URL(this.dataset.path, location.href);
    address.protocol = location.protocol.replace("http", "ws");
    const socket = new WebSocket(address);
    this.#socket = socket;
    socket.onmessage = ({ data }) => socket === this.#socket && this.#heard(JSON.parse(data));
    socket.onclose = ({ code }) => socket === this.#socket && this.#closed(code);
  }

  #leave() {
    clearInterval(this.#timer);
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
  }

  #lookAtScheme() {
    const here = location.protocol.replace(":", "");
    const there = this.dataset.scheme;
    this.#show("scheme", here === there ? GOOD : "bad", { here, there });
  }

  #heard(frame) {
    if (frame.type === "begin") {
      this.#plan = frame;
      this.#asked = performance.now();
      this.#socket.send("ping");
    } else if (frame.type === "pong") {
      this.#show("upgrade", GOOD, { ms: Math.round(performance.now() - this.#asked) });
    } else if (frame.type === "tick") this.#arrivals.push(performance.now());
    else if (frame.type === "still") this.#still();
    else if (frame.type === "end") this.#finish(GOOD);
  }

  #still() {
    const every = this.#plan.every_ms;
    const { even, least, most } = flowOf(this.#arrivals, every);
    this.#show("buffering", even ? GOOD : "bad", { every, least, most });
    this.#silentSince = performance.now();
    this.#count();
    this.#timer = setInterval(() => this.#count(), SECOND);
  }

  get #seconds() {
    return Math.round((performance.now() - this.#silentSince) / SECOND);
  }

  #count() {
    this.#show("idle", "running", { seconds: this.#seconds, all: Math.round(this.#plan.silence) });
  }

  #closed(code) {
    if (!this.#plan) this.#show("upgrade", refusalOf(code));
    if (!this.#silentSince) this.#show("buffering", "none");
    this.#finish(this.#silentSince ? "bad" : "none");
  }

  #finish(state) {
    this.#show("idle", state, { seconds: this.#seconds });
    this.#leave();
    const all = [...this.querySelectorAll("[data-test]")];
    const sum = this.querySelector("[data-sum]");
    sum.textContent = all.every((test) => test.dataset.found === GOOD) ? sum.dataset.good : sum.dataset.bad;
    this.#again.hidden = false;
  }

  #show(test, state, values = {}) {
    const item = this.querySelector(`[data-test="${test}"]`);
    item.dataset.found = { good: GOOD, wait: "", running: "" }[state] ?? "bad";
    for (const words of item.querySelectorAll("[data-state]")) {
      words.hidden = words.dataset.state !== state;
      if (words.hidden) continue;
      words.dataset.words ??= words.textContent;
      words.textContent = words.dataset.words.replaceAll(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
    }
  }
}

customElements.define("connection-doctor", ConnectionDoctor);
