/* A websocket that comes back: knows nothing of the page. */
import { delayBefore } from "../helpers/backoff.js";

// After these close codes another attempt would end the same way.
const FINAL_CODES = [4400, 4401, 4403, 4404];
// A connection that died without a word (a laptop that slept, a phone that changed networks) is noticed after
// one silent ping.
const PING_MS = 25_000;
const PONG_MS = 10_000;
// A network that swallows packets would keep an attempt to connect hanging for minutes.
const CONNECT_MS = 10_000;

/** Events: `up`, `down`, `frame` (detail: the frame), `refused` (detail: the close code). */
export class ChatSocket extends EventTarget {
  #url;
  #WebSocket;
  #socket = null;
  #attempt = 0;
  #timers = { retry: 0, ping: 0, pong: 0 };
  #retryMs = null;
  #closed = false;
  #paused = false;

  constructor(url, { WebSocketClass = globalThis.WebSocket } = {}) {
    super();
    this.#url = url;
    this.#WebSocket = WebSocketClass;
  }

  get isOpen() {
    return this.#socket?.readyState === 1;
  }

  open() {
    this.#paused = false;
    if (this.#closed || this.#socket) return;
    clearTimeout(this.#timers.retry);
    const socket = new this.#WebSocket(this.#url);
    this.#socket = socket;
    socket.onopen = () => this.#opened(socket);
    socket.onmessage = (event) => this.#received(socket, event.data);
    socket.onclose = (event) => this.#lost(socket, event.code);
    this.#timers.pong = setTimeout(() => this.#abandon(socket), CONNECT_MS);
  }

  /** Tries at once instead of waiting for the backoff: the network is back, or somebody looks again. */
  hurry() {
    if (this.#paused) return;
    if (this.isOpen) this.#ping();
    else if (!this.#socket) this.open();
  }

  /** False if there is no connection; the frame is then forgotten. */
  send(frame) {
    if (!this.isOpen) return false;
    this.#socket.send(JSON.stringify(frame));
    return true;
  }

  /** Like `send`, and makes sure that somebody hears: silence after it counts as a lost connection. The `pong`
      says that the server has dealt with all that was sent before. */
  sendSurely(frame) {
    const sent = this.send(frame);
    if (sent) this.#ping();
    return sent;
  }

  /** The page is put to sleep: lets go of the connection, and opens no other one until `open`. */
  pause() {
    this.#paused = true;
    if (this.#socket) this.#abandon(this.#socket);
    clearTimeout(this.#timers.retry);
  }

  close() {
    this.#closed = true;
    const socket = this.#socket;
    this.#forget();
    socket?.close(1000);
  }

  #opened(socket) {
    if (socket !== this.#socket) return;
    this.#heard();
    this.#timers.ping = setInterval(() => this.#ping(), PING_MS);
    this.#emit("up");
  }

  #received(socket, data) {
    if (socket !== this.#socket) return;
    this.#heard();
    this.#attempt = 0;
    const frame = JSON.parse(data);
    if (frame.type === "bye") this.#retryMs = frame.retry_ms;
    this.#emit("frame", frame);
  }

  #lost(socket, code) {
    if (socket !== this.#socket) return;
    this.#forget();
    if (FINAL_CODES.includes(code)) {
      this.#closed = true;
      this.#emit("refused", code);
      return;
    }
    const delay = this.#retryMs ?? delayBefore(this.#attempt);
    this.#retryMs = null;
    this.#attempt += 1;
    if (!this.#paused) this.#timers.retry = setTimeout(() => this.open(), delay);
    this.#emit("down");
  }

  #ping() {
    this.send({ type: "ping" });
    const socket = this.#socket;
    this.#timers.pong ||= setTimeout(() => this.#abandon(socket), PONG_MS);
  }

  #heard() {
    clearTimeout(this.#timers.pong);
    this.#timers.pong = 0;
  }

  #abandon(socket) {
    this.#lost(socket, 1006);
    socket.close();
  }

  #forget() {
    this.#socket = null;
    clearTimeout(this.#timers.retry);
    clearInterval(this.#timers.ping);
    clearTimeout(this.#timers.pong);
    this.#timers = { retry: 0, ping: 0, pong: 0 };
  }

  #emit(name, detail = null) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
