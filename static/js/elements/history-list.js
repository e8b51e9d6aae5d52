/* <history-list>: ticks all at once, counts what is chosen, asks before everything goes, and shows what happens
   meanwhile without taking anybody's place in it away. */
import { listen } from "../helpers/bus.js";
import { isConnected } from "../helpers/connection-state.js";
import { keepRows } from "../helpers/kept-rows.js";
import { fragment } from "../helpers/server-html.js";

// An import or a burst of answers is one change.
const GATHER_MS = 400;

class HistoryList extends HTMLElement {
  #control;
  #timer = 0;

  connectedCallback() {
    this.#control = new AbortController();
    const options = { signal: this.#control.signal };
    const unlisten = listen({
      "filing:done": ({ changed = [] }) => changed.forEach((frame) => this.#changed(frame)),
      "chat:frame": (frame) => frame.type === "conversation.changed" && this.#lookAgain(),
      // What happened before, since the page was made or the connection lost, was said to nobody.
      "chat:up": () => this.#lookAgain(),
    });
    this.#control.signal.addEventListener("abort", unlisten);
    this.#all.closest("label").hidden = false;
    this.addEventListener("change", (event) => this.#ticked(event.target), options);
    this.addEventListener("keydown", (event) => this.#pressed(event), options);
    this.addEventListener("submit", (event) => this.#ask(event), options);
    this.#count();
    // This script is fetched by itself, and may come after the connection.
    if (isConnected()) this.#lookAgain();
  }

  disconnectedCallback() {
    clearTimeout(this.#timer);
    this.#control.abort();
  }

  #lookAgain() {
    this.#timer ||= setTimeout(() => this.#refresh(), GATHER_MS);
  }

  // The server knows the filters, the order and the words; the rows that stay the same stay where they are.
  async #refresh() {
    this.#timer = 0;
    // Somebody is changing a title: the next change brings all of it.
    if (this.querySelector(".history__rename")) return;
    try {
      const response = await fetch(location.href, { credentials: "same-origin", headers: { "X-Requested-With": "fetch" } });
      if (!response.ok || response.redirected) return;
      const rows = fragment(await response.text()).querySelector("[data-rows]");
      if (!rows || !this.isConnected) return;
      keepRows(this.querySelector("[data-rows]"), rows);
      this.#count();
    } catch (error) {
      // The connection's own sign tells of it.
      if (!(error instanceof TypeError)) throw error;
    }
  }

  get #all() {
    return this.querySelector("[data-all] input");
  }

  get #ticks() {
    return [...this.querySelectorAll("input[name=conversation]")];
  }

  #ticked(input) {
    if (input === this.#all) for (const tick of this.#ticks) tick.checked = input.checked;
    this.#count();
  }

  #count() {
    const chosen = this.#ticks.filter((tick) => tick.checked).length;
    this.querySelector("#filing").hidden = !this.#ticks.length;
    const words = this.querySelector("[data-count]");
    words.dataset.none ??= words.textContent;
    words.textContent = chosen ? words.dataset.words.replace("{number}", chosen) : words.dataset.none;
    this.#all.checked = chosen > 0 && chosen === this.#ticks.length;
    this.#all.indeterminate = chosen > 0 && chosen < this.#ticks.length;
  }

  #pressed(event) {
    const row = event.target.closest("li");
    const typing = event.target.matches("input:not([type=checkbox]), select");
    if (!row || typing) return;
    if (event.key === "F2") {
      row.querySelector(".history__to-rename")?.click();
    } else if (event.key === "Delete") {
      row.querySelector("input[name=conversation]").checked = true;
      this.querySelector("#filing button[value=trash], #filing button[value=delete]")?.click();
    }
  }

  #ask(event) {
    const question = event.submitter?.dataset.sure;
    if (question && !confirm(question)) event.preventDefault();
  }

  #changed({ conversation, title, trashed }) {
    const row = this.#ticks.find((tick) => tick.value === conversation)?.closest("li");
    if (!row) return;
    row.hidden = Boolean(trashed);
    if (title) row.querySelector(".history__title").textContent = title;
  }
}

customElements.define("history-list", HistoryList);
