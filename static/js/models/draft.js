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
  // What was told to the server and is not confirmed, by number.
  #told = new Map();
  #number = 0;
  #timer = 0;

  /** `save(text, number)` tells the server; false if it cannot be told now. */
  constructor({ key, known, save }) {
    this.#key = key;
    this.#known = this.#text = known;
    this.#save = save;
  }

  /** True while the server does not have what stands here. */
  get isAhead() {
    return this.#text !== this.#known;
  }

  /** Whether the server holds, or is being told, what it will not know as a beginning of what is sent now. */
  get leavesSomething() {
    const held = [this.#known ?? "", ...this.#told.values()];
    return held.some((text) => !(this.#text ?? "").startsWith(text.trimEnd()));
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
    const number = this.#number + 1;
    if (this.isAhead && this.#save(this.#text, number)) this.#told.set(number, this.#text);
    this.#number = number;
    this.#keep();
  }

  /** The server holds what was told under this number. */
  confirmed(number) {
    if (!this.#told.has(number)) return;
    this.#known = this.#told.get(number);
    for (const told of this.#told.keys()) if (told <= number) this.#told.delete(told);
    this.#keep();
  }

  /** The connection ended: what was told may not have arrived. */
  doubted() {
    this.#told.clear();
  }

  /** The server holds `text`, from another tab; while something is told it, only until that arrives. What was typed
      here meanwhile is kept with it. Returns the text for the box, or null if it stays as it is. */
  heard(text) {
    if (this.#isTold(text)) return null;
    const ours = this.#text;
    if (!this.isAhead) this.#text = text;
    else if (this.#known !== null) this.#text = mergedDraft({ base: this.#known, server: text, ours });
    this.#known = text;
    return this.#text === ours ? null : this.#text;
  }

  #isTold(text) {
    return [...this.#told.values()].includes(text);
  }

  #keep() {
    const kept = { text: this.#text, base: this.#known, told: this.#isTold(this.#text) };
    write(this.#key, this.isAhead ? kept : null);
  }
}
