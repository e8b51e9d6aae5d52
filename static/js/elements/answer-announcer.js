/* <answer-announcer data-mode>: reads a running answer to people who hear the page: whole sentences, then how it ended.
   The mode is theirs: `sentences` as they come, all of it at the `end`, or `off`. */
import { listen } from "../helpers/bus.js";
import { sentencesOf, spoken } from "../helpers/sentences.js";

// Sentences that come faster than they can be spoken are joined.
const EVERY_MS = 1000;

class AnswerAnnouncer extends HTMLElement {
  #stop;
  #timer = 0;
  #rest = "";
  #queue = [];

  connectedCallback() {
    this.#stop = listen({
      "thread:text": (text) => this.#heard(text),
      // Of a stop the receipt tells, in the line of what has just happened.
      "thread:ended": ({ status, receipt }) => this.#ended(receipt ? "" : status),
      "preferences:kept": ({ spoken }) => (this.dataset.mode = spoken),
    });
  }

  disconnectedCallback() {
    this.#stop();
    clearTimeout(this.#timer);
  }

  #heard(text) {
    this.#rest += text;
    if (this.dataset.mode !== "sentences") return;
    const [sentences, rest] = sentencesOf(this.#rest);
    this.#rest = rest;
    this.#say(sentences);
  }

  #ended(status) {
    const words = { complete: "finished", stopped: "stopped", interrupted: "interrupted", failed: "failed" };
    this.#say([this.#rest, this.dataset[words[status]] ?? ""]);
    this.#rest = "";
  }

  #say(sentences) {
    if (this.dataset.mode === "off") return;
    this.#queue.push(...sentences.map(spoken).filter(Boolean));
    if (this.#queue.length) this.#timer ||= setTimeout(() => this.#flush(), EVERY_MS);
  }

  #flush() {
    this.#timer = 0;
    const line = document.createElement("p");
    line.textContent = this.#queue.join(" ");
    this.#queue = [];
    const region = this.firstElementChild;
    region.append(line);
    // Only what is new is read; old lines are of no use to anyone.
    while (region.childElementCount > 3) region.firstElementChild.remove();
  }
}

customElements.define("answer-announcer", AnswerAnnouncer);
