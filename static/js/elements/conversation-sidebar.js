/* <conversation-sidebar>: keeps the list in step with what happens, and narrows it while somebody types. */
import { listen } from "../helpers/bus.js";

class ConversationSidebar extends HTMLElement {
  #stop;

  connectedCallback() {
    const control = new AbortController();
    const options = { signal: control.signal };
    this.#search.addEventListener("input", () => this.#filter(), options);
    const unlisten = listen({ "chat:frame": (frame) => frame.type === "conversation.changed" && this.#changed(frame) });
    this.#stop = () => {
      control.abort();
      unlisten();
    };
  }

  disconnectedCallback() {
    this.#stop();
  }

  get #search() {
    return this.querySelector("input[type=search]");
  }

  get #entries() {
    return [...this.querySelectorAll("[data-list] [data-conversation]")];
  }

  #changed({ others = [], conversation, title, running, url }) {
    for (const other of others) this.#changed(other);
    const current = document.querySelector("message-thread")?.dataset.conversation;
    const id = conversation ?? current;
    const entry = this.#entries.find((link) => link.dataset.conversation === id) ?? this.#added(id, url);
    if (!entry) return;
    if (title) entry.querySelector(".entry__title").textContent = title;
    if (running !== undefined) entry.querySelector(".entry__running").hidden = !running;
  }

  #added(id, url) {
    const list = this.querySelector("[data-group] ul");
    if (!list || !url) return null;
    const entry = this.querySelector("template[data-entry]").content.firstElementChild.cloneNode(true);
    entry.dataset.conversation = id;
    entry.href = url;
    const item = document.createElement("li");
    item.append(entry);
    list.prepend(item);
    return entry;
  }

  #filter() {
    const wanted = this.#search.value.trim().toLocaleLowerCase();
    const matches = (entry) => entry.textContent.toLocaleLowerCase().includes(wanted);
    for (const entry of this.#entries) entry.parentElement.hidden = !matches(entry);
    for (const group of this.querySelectorAll("[data-group]")) {
      group.hidden = !group.querySelector("li:not([hidden])");
    }
    const none = !this.#entries.length || this.#entries.some(matches);
    this.querySelector("[data-none]").hidden = none;
  }
}

customElements.define("conversation-sidebar", ConversationSidebar);
