/* <dismissible-note data-key>: a note that one person has read, once, in this browser. */

class DismissibleNote extends HTMLElement {
  connectedCallback() {
    const key = `dismissed:${this.dataset.key}`;
    if (localStorage.getItem(key)) {
      this.hidden = true;
      return;
    }
    const button = this.querySelector("[data-dismiss]");
    button.hidden = false;
    button.onclick = () => {
      localStorage.setItem(key, "1");
      this.hidden = true;
      document.querySelector("#message")?.focus();
    };
  }
}

customElements.define("dismissible-note", DismissibleNote);
