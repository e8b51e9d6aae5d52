/* <history-list>: ticks all at once, counts what is chosen, and asks before everything goes. */
import { listen } from "../helpers/bus.js";

class HistoryList extends HTMLElement {
  #control;

  connectedCallback() {
    this.#control = new AbortController();
    const options = { signal: this.#control.signal };
    const unlisten = listen({ "filing:done": ({ changed = [] }) => changed.forEach((frame) => this.#changed(frame)) });
    this.#control.signal.addEventListener("abort", unlisten);
    this.#all.closest("label").hidden = false;
    this.addEventListener("change", (event) => this.#ticked(event.target), options);
    this.addEventListener("keydown", (event) => this.#pressed(event), options);
    this.addEventListener("submit", (event) => this.#ask(event), options);
    this.#count();
  }

  disconnectedCallback() {
    this.#control.abort();
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
