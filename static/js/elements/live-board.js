/* <live-board data-path>: the administration's live board, a new picture every second. Without this script the
   page loads itself again. `live.blind`: the server itself cannot see, for the database does not answer. */
import { fragment } from "../helpers/server-html.js";
import { ChatSocket } from "../models/chat-socket.js";

class LiveBoard extends HTMLElement {
  #socket;

  connectedCallback() {
    const url = new URL(this.dataset.path, location.href);
    url.protocol = url.protocol.replace("http", "ws");
    this.#socket = new ChatSocket(url.href);
    this.#socket.addEventListener("frame", (event) => this.#show(event.detail));
    this.#socket.addEventListener("up", () => this.#note("lost", false));
    this.#socket.addEventListener("down", () => this.#note("lost", true));
    this.#socket.addEventListener("refused", () => this.#note("lost", true));
    this.#socket.open();
  }

  disconnectedCallback() {
    this.#socket.close();
  }

  #show(frame) {
    if (frame.type === "live.blind") this.#note("blind", true);
    if (frame.type !== "live") return;
    this.#note("blind", false);
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

  #note(name, isSo) {
    const note = document.querySelector(`[data-${name}]`);
    if (note) note.hidden = !isSo;
  }
}

customElements.define("live-board", LiveBoard);
