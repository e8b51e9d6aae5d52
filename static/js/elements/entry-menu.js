/* <entry-menu>: what can be done with a conversation of the sidebar: a menu at its end, F2 and Delete. */
import { file, rename } from "../helpers/filing.js";
import { isPressed } from "../helpers/shortcuts.js";

class EntryMenu extends HTMLElement {
  #control;
  #row = null;

  connectedCallback() {
    this.#control = new AbortController();
    const options = { signal: this.#control.signal };
    const sidebar = this.closest("nav");
    sidebar.addEventListener("click", (event) => this.#clicked(event), options);
    sidebar.addEventListener("keydown", (event) => this.#pressed(event), options);
    this.#menu.addEventListener("toggle", (event) => this.#toggled(event), options);
    sidebar.classList.add("has-menu");
    const reveal = () => {
      for (const button of sidebar.querySelectorAll("[data-more][hidden]")) button.hidden = false;
    };
    reveal();
    this.closest("conversation-sidebar").addEventListener("entries:added", reveal, options);
  }

  disconnectedCallback() {
    this.#control.abort();
  }

  get #menu() {
    return this.querySelector("[popover]");
  }

  get #items() {
    return [...this.#menu.querySelectorAll("[data-act]")].filter((item) => !item.hidden);
  }

  #clicked(event) {
    const more = event.target.closest("[data-more]");
    if (more) this.#open(more);
    const act = event.target.closest("[data-act]")?.dataset.act;
    if (!act) return;
    this.#menu.hidePopover();
    this.#do(act, this.#row);
  }

  #pressed(event) {
    if (this.#menu.contains(event.target)) {
      this.#walk(event);
      return;
    }
    const row = event.target.closest("a.entry") && event.target.closest("li");
    const act = ["rename", "trash"].find((each) => isPressed(event, each));
    if (!row || !act) return;
    event.preventDefault();
    this.#do(act, row);
  }

  #walk(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const items = this.#items;
    items.at((items.indexOf(document.activeElement) + step) % items.length).focus();
  }

  #open(more) {
    this.#row = more.closest("li");
    const pinned = this.#row.closest("[data-group]").dataset.group === "pinned";
    this.#menu.querySelector("[data-act=pin]").hidden = pinned;
    this.#menu.querySelector("[data-act=unpin]").hidden = !pinned;
    this.#menu.showPopover();
    const { bottom, top, right } = more.getBoundingClientRect();
    const { offsetHeight, offsetWidth } = this.#menu;
    const below = bottom + offsetHeight < innerHeight;
    this.#menu.style.top = `${below ? bottom : Math.max(0, top - offsetHeight)}px`;
    this.#menu.style.left = `${Math.max(8, right - offsetWidth)}px`;
    more.setAttribute("aria-expanded", "true");
    this.#items[0].focus();
  }

  #toggled(event) {
    if (event.newState === "open") return;
    const more = this.#row?.querySelector("[data-more]");
    more?.removeAttribute("aria-expanded");
    if (this.#menu.contains(document.activeElement) || document.activeElement === document.body) more?.focus();
  }

  async #do(act, row) {
    const link = row.querySelector("a.entry");
    if (act === "rename") {
      this.#rename(row, link);
      return;
    }
    const next = row.nextElementSibling ?? row.previousElementSibling;
    const done = await file(act, [link.dataset.conversation]);
    if (done && !row.isConnected) next?.querySelector("a.entry")?.focus();
  }

  #rename(row, link) {
    const form = this.querySelector("template[data-rename]").content.firstElementChild.cloneNode(true);
    const input = form.elements.title;
    const before = link.querySelector(".entry__title").textContent;
    input.value = before;
    let over = false;
    const end = (title) => {
      if (over) return;
      over = true;
      link.hidden = false;
      form.remove();
      link.focus();
      if (title && title !== before) rename(link.dataset.conversation, title);
    };
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      end(input.value.trim());
    });
    input.addEventListener("keydown", (event) => event.key === "Escape" && end(""));
    input.addEventListener("blur", () => end(input.value.trim()));
    link.hidden = true;
    link.before(form);
    input.select();
    input.focus();
  }
}

customElements.define("entry-menu", EntryMenu);
