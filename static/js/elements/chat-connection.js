/* <chat-connection data-path>: the page's one socket, and the signs that say how it is doing. */
import { listen, tell } from "../helpers/bus.js";
import { ChatSocket } from "../models/chat-socket.js";

// Most interruptions are over before anybody needs to know.
const PATIENCE_MS = 2000;
// These come often and are answered, if at all, in their own way.
const UNSURE = ["ack", "subscribe", "ping"];

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
    const unlisten = listen({ "chat:out": (frame) => this.#send(frame) });
    const control = new AbortController();
    const on = (target, name, handler) => target.addEventListener(name, handler, { signal: control.signal });
    const hurry = () => document.hidden || this.#socket.hurry();
    on(window, "online", hurry);
    on(document, "visibilitychange", hurry);
    // A sleeping page would hold a dead connection for a live one, and could not be kept by the browser's back
    // button. What it missed comes with the next `hello`.
    on(document, "freeze", () => this.#socket.pause());
    on(document, "resume", () => this.#socket.open());
    on(window, "pagehide", () => this.#socket.pause());
    on(window, "pageshow", () => this.#socket.open());
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

  #send(frame) {
    if (UNSURE.includes(frame.type)) this.#socket.send(frame);
    else this.#socket.sendSurely(frame);
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
