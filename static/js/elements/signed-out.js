/* <signed-out>: on the page that asks for a name. Forgets what the person typed who has just signed out; whose session
   merely ended finds it again. */
import { keys, read, write } from "../helpers/storage.js";

class SignedOut extends HTMLElement {
  connectedCallback() {
    if (!read("leaving")) return;
    for (const key of ["draft:", "outbox:", "leaving"].flatMap((prefix) => keys(prefix))) write(key, null);
  }
}

customElements.define("signed-out", SignedOut);
