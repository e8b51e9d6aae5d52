/* The text of a box that nobody has sent yet, as this tab, this browser and the server hold it. Knows no document. */
import { mergedDraft } from "../helpers/merged-draft.js";
import { read, write } from "../helpers/storage.js";

// Long enough that a flowing typist causes one save a pause, short enough that a crash loses a word.
const PAUSE_MS = 400;

export class Draft {
  #key;
  #save;
  // What the server holds, as far as it has told or confirmed it.
  #known;
  #text;
  // What was told to the server and is not confirmed.
  #told = null;
  #timer = 0;

  /** `save(text)` tells the server; false if it cannot be told now. */
  constructor({ key, known, save }) {
    this.#key = key;
    this.#known = this.#text = known;
    this.#save = save;
  }

  /** True while the server does not have what stands here. */
  get isAhead() {
    return this.#text !== this.#known;
  }

  /** What this browser kept because the server had not confirmed it; null if the server's text is the newer one. */
  restored() {
    const kept = read(this.#key);
    if (!kept || typeof kept.text !== "string") return null;
    // It did arrive, and was changed elsewhere since.
    if (kept.told && this.#known !== kept.base) return null;
    return mergedDraft({ base: kept.base, server: this.#known ?? "", ours: kept.text });
  }

  typed(text) {
    this.#text = text;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.flush(), PAUSE_MS);
  }

  /** Saves now: here, and on the server if it can be told. */
  flush() {
    clearTimeout(this.#timer);
    if (this.isAhead && this.#save(this.#text)) this.#told = this.#text;
    this.#keep();
  }

  /** The server has dealt with what was told last. */
  confirmed() {
    if (this.#told === null) return;
    this.#known = this.#told;
    this.#told = null;
    this.#keep();
  }

  /** The connection ended: what was told may not have arrived. */
  doubted() {
    this.#told = null;
  }

  /** The server holds `text`, from another tab. Returns whether the box should show it: never over what somebody
      is typing here. */
  heard(text) {
    const follows = !this.isAhead;
    this.#known = text;
    if (!follows || text === this.#text) return false;
    this.#text = text;
    return true;
  }

  /** As `heard`, after a time without a connection: what was typed here meanwhile and what was typed elsewhere are
      both kept. Returns the text for the box, or null if it stays as it is. */
  reunited(text) {
    if (!this.isAhead || this.#known === null) return this.heard(text) ? text : null;
    const merged = mergedDraft({ base: this.#known, server: text, ours: this.#text });
    this.#known = text;
    if (merged === this.#text) return null;
    this.#text = merged;
    return merged;
  }

  #keep() {
    const kept = { text: this.#text, base: this.#known, told: this.#told === this.#text };
    write(this.#key, this.isAhead ? kept : null);
  }
}
