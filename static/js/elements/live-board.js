/* <live-board data-path>: the administration's live board, a new picture every second. Without this script the
   page loads itself again. */
import { fragment } from "../helpers/server-html.js";
import { ChatSocket } from "../models/chat-socket.js";

class LiveBoard extends HTMLElement {
  #socket;

  connectedCallback() {
    const url = new URL(this.dataset.path, location.href);
    url.protocol = url.protocol.replace("http", "ws");
    this.#socket = new ChatSocket(url.href);
    this.#socket.addEventListener("frame", (event) => this.#show(event.detail));
    this.#socket.addEventListener("up", () => this.#lost(false));
    this.#socket.addEventListener("down", () => this.#lost(true));
    this.#socket.addEventListener("refused", () => this.#lost(true));
    this.#socket.open();
  }

  disconnectedCallback() {
    this.#socket.close();
  }

  #show(frame) {
    if (frame.type !== "live") return;
    // Who is about to press Stop by keyboard stays on it.
    const focused = this.contains(document.activeElement) ? document.activeElement.id : "";
    this.replaceChildren(fragment(frame.html));
    this.#onlyLook();
    if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  }

  #onlyLook() {
    if (!("onlyLook" in this.dataset)) return;
    for (const button of this.querySelectorAll("button")) button.remove();
  }

  #lost(isLost) {
    const note = document.querySelector("[data-lost]");
    if (note) note.hidden = !isLost;
  }
}

customElements.define("live-board", LiveBoard);
