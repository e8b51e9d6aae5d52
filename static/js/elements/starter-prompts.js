/* <starter-prompts>: examples that fill the composer; sending them is still the person's own step. */
import { tell } from "../helpers/bus.js";

class StarterPrompts extends HTMLElement {
  connectedCallback() {
    this.firstElementChild.hidden = false;
    this.onclick = (event) => {
      const button = event.target.closest("button");
      if (button) tell("composer:fill", button.textContent.trim());
    };
  }
}

customElements.define("starter-prompts", StarterPrompts);
