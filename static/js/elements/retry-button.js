/* <retry-button data-message>: asks the same question once more. Without a socket its form does. */
import { listen, tell } from "../helpers/bus.js";
import { uuid } from "../helpers/uuid.js";

let connected = false;
listen({
  "chat:up": () => (connected = true),
  "chat:down": () => (connected = false),
  "chat:refused": () => (connected = false),
});

class RetryButton extends HTMLElement {
  connectedCallback() {
    const button = this.querySelector("button");
    button.onclick = (event) => {
      if (!connected) return;
      event.preventDefault();
      tell("chat:out", { type: "message.retry", message: this.dataset.message, client_id: uuid() });
    };
  }
}

customElements.define("retry-button", RetryButton);
