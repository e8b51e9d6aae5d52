/* <variant-keeper>: after a step to another variant, the focus is on the same arrow of the message that came, and
   people hear which one it is. */
import { listen, tell } from "../helpers/bus.js";

class VariantKeeper extends HTMLElement {
  #stop;
  #wanted = null;

  connectedCallback() {
    this.#stop = listen({
      "thread:keep-place": (wanted) => (this.#wanted = wanted),
      "thread:synced": () => this.#arrived(),
    });
  }

  disconnectedCallback() {
    this.#stop();
  }

  #arrived() {
    if (!this.#wanted) return;
    const { parent, way } = this.#wanted;
    this.#wanted = null;
    const group = document.querySelector(`article[data-parent="${CSS.escape(parent)}"] .variants`);
    if (!group) return;
    // At the end of the row this arrow leads nowhere, and is there all the same.
    group.querySelector(`[data-way=${way}]`).focus({ preventScroll: true });
    tell("status:say", group.dataset.words);
    group.closest("article").scrollIntoView({ block: "nearest" });
  }
}

customElements.define("variant-keeper", VariantKeeper);
