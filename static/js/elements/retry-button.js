/* <retry-button data-message>: asks the same question once more. Without a socket its form does. */
import { tell } from "../helpers/bus.js";
import { isConnected } from "../helpers/connection-state.js";
import { uuid } from "../helpers/uuid.js";

class RetryButton extends HTMLElement {
  connectedCallback() {
    const button = this.querySelector("button");
    button.onclick = (event) => {
      if (!isConnected()) return;
      event.preventDefault();
      tell("chat:out", { type: "message.retry", message: this.dataset.message, client_id: uuid() });
    };
  }
}

customElements.define("retry-button", RetryButton);
