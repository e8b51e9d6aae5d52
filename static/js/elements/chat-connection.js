/* <chat-connection data-path>: the page's one socket, and the signs that say how it is doing. */
import { listen, tell } from "../helpers/bus.js";
import { ChatSocket } from "../models/chat-socket.js";

// Most interruptions are over before anybody needs to know.
const PATIENCE_MS = 2000;

class ChatConnection extends HTMLElement {
  #socket;
  #stop;
  #timer = 0;

  connectedCallback() {
    const url = new URL(this.dataset.path, location.href);
    url.protocol = url.protocol.replace("http", "ws");
    this.#socket = new ChatSocket(url.href);
    this.#socket.addEventListener("frame", (event) => tell("chat:frame", event.detail));
    this.#socket.addEventListener("up", () => this.#up());
    this.#socket.addEventListener("down", () => this.#down());
    this.#socket.addEventListener("refused", (event) => this.#refused(event.detail));
    const unlisten = listen({ "chat:out": (frame) => this.#socket.send(frame) });
    const control = new AbortController();
    const hurry = () => document.hidden || this.#socket.hurry();
    addEventListener("online", hurry, { signal: control.signal });
    document.addEventListener("visibilitychange", hurry, { signal: control.signal });
    this.#stop = () => {
      unlisten();
      control.abort();
    };
    this.#socket.open();
  }

  disconnectedCallback() {
    this.#stop();
    clearTimeout(this.#timer);
    this.#socket.close();
  }

  #up() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.#show(null);
    tell("chat:up");
  }

  #down() {
    this.#timer ||= setTimeout(() => this.#show("down"), PATIENCE_MS);
    tell("chat:down");
  }

  #refused(code) {
    clearTimeout(this.#timer);
    this.#show(String(code));
    tell("chat:refused", code);
  }

  #show(sign) {
    for (const line of this.querySelectorAll("[data-sign]")) line.hidden = line.dataset.sign !== sign;
  }
}

customElements.define("chat-connection", ChatConnection);
