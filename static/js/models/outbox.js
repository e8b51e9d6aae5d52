/* Messages that the server has not acknowledged yet. They outlive a reload and a lost connection, and keep their
   client_id, so that sending one twice (also from two tabs) still makes one message. */
import { keys, read, write } from "../helpers/storage.js";

export class Outbox {
  #prefix;
  // In this page's own order, also where the browser stores nothing.
  #own = new Map();
  #last = 0;

  constructor(conversation) {
    this.#prefix = `outbox:${conversation}:`;
  }

  /** The frames, oldest first. One key for each: tabs that write at the same time take nothing from each other. */
  get waiting() {
    const stored = keys(this.#prefix)
      .map((key) => read(key))
      .filter((entry) => entry?.frame?.client_id);
    for (const entry of stored) this.#own.set(entry.frame.client_id, entry);
    return [...this.#own.values()].sort((a, b) => a.at - b.at).map((entry) => entry.frame);
  }

  add(frame) {
    this.#last = Math.max(Date.now(), this.#last + 1);
    const entry = { at: this.#last, frame };
    this.#own.set(frame.client_id, entry);
    write(this.#prefix + frame.client_id, entry);
  }

  /** Takes the message out; returns its frame, or undefined if it was not here. */
  remove(clientId) {
    const found = this.waiting.find((frame) => frame.client_id === clientId);
    this.#own.delete(clientId);
    write(this.#prefix + clientId, null);
    return found;
  }

  /** Another tab of this browser had its message taken: then it waits here no more either. */
  forgetIfGone(key) {
    if (!key.startsWith(this.#prefix)) return;
    this.#own.delete(key.slice(this.#prefix.length));
  }
}
