/* Tells the server what has been shown: seldom enough to cost nothing, often enough that it never holds back. */

const EVERY_MS = 100;
// A fraction of what the server lets run ahead (256 KiB).
const EVERY_BYTES = 32 * 1024;

export class AckPacer {
  #send;
  #shown = 0;
  #told = 0;
  #bytes = 0;
  #timer = 0;

  /** `send(seq)` is called with the last seq that was shown. */
  constructor(send) {
    this.#send = send;
  }

  shown(seq, bytes) {
    this.#shown = seq;
    this.#bytes += bytes;
    if (this.#bytes >= EVERY_BYTES) this.#tell();
    else this.#timer ||= setTimeout(() => this.#tell(), EVERY_MS);
  }

  stop() {
    clearTimeout(this.#timer);
    this.#timer = 0;
  }

  #tell() {
    this.stop();
    this.#bytes = 0;
    if (this.#shown <= this.#told) return;
    this.#told = this.#shown;
    this.#send(this.#shown);
  }
}
