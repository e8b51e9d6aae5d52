/* Messages that the server has not acknowledged yet. They outlive a reload and a lost connection, and keep their
   client_id, so that sending one twice still makes one message. */

export class Outbox {
  #key;
  #storage;

  constructor(conversation, storage = globalThis.localStorage) {
    this.#key = `outbox:${conversation}`;
    this.#storage = storage;
  }

  /** Oldest first: {client_id, content, model}. */
  get waiting() {
    try {
      return JSON.parse(this.#storage.getItem(this.#key) ?? "[]");
    } catch {
      return [];
    }
  }

  add(message) {
    this.#write([...this.waiting, message]);
  }

  /** Takes the message out; returns it, or undefined if it was not here. */
  remove(clientId) {
    const waiting = this.waiting;
    const found = waiting.find((message) => message.client_id === clientId);
    if (found) this.#write(waiting.filter((message) => message !== found));
    return found;
  }

  #write(messages) {
    try {
      if (messages.length) this.#storage.setItem(this.#key, JSON.stringify(messages));
      else this.#storage.removeItem(this.#key);
    } catch {
      // A full or forbidden storage: the message is still in the box, it only does not outlive a reload.
    }
  }
}
