/* <live-answer data-message data-seq>: an answer while it is being written. Follows its events from the one that the
   server's HTML ends with; the finished element takes its place. */
import { listen, tell } from "../helpers/bus.js";
import { oncePerFrame } from "../helpers/next-frame.js";
import { addBlocks } from "../helpers/parts.js";
import { fragment } from "../helpers/server-html.js";
import { AckPacer } from "../models/ack-pacer.js";
import { LiveMessage } from "../models/live-message.js";

class LiveAnswer extends HTMLElement {
  // Looked for once: below them stands the whole answer.
  #body = this.querySelector(".message__body");
  #open = this.querySelector("open-block");
  #reasoning = this.querySelector("[data-reasoning]");
  #thoughts = this.querySelector(".reasoning__text");
  #waiting = this.querySelector("waiting-sign");
  #begun = false;
  #message;
  #acks;
  #draw;
  #stop;

  connectedCallback() {
    const { message, seq } = this.dataset;
    // Moved in the page, not new: goes on with what it holds.
    this.#message ??= new LiveMessage({ id: message, seq: Number(seq), hasText: this.#hasText });
    this.#acks = new AckPacer((shown) => tell("chat:out", { type: "ack", message, seq: shown }));
    this.#draw = oncePerFrame(() => this.#paint());
    this.#stop = listen({
      "chat:up": () => this.follow(),
      "chat:frame": (frame) => frame.message === message && this.#received(frame),
    });
    this.#reasoning.querySelector("summary").onclick = () => {
      this.#reasoning.dataset.touched = "";
    };
  }

  disconnectedCallback() {
    this.#stop();
    this.#draw.cancel();
    this.#acks.stop();
  }

  agreesWith(done) {
    return this.#message.agreesWith(done);
  }

  /** Tells what the final text has beyond what was shown. */
  tellRest(done) {
    const rest = this.#message.untold(done);
    if (rest) tell("thread:text", rest);
  }

  get #hasText() {
    return this.#body.textContent !== "" || this.#thoughts.textContent !== "";
  }

  /** Asks for what comes after what is held. (For an answer that was made a moment ago the server does so itself.) */
  follow() {
    tell("chat:out", { type: "subscribe", message: this.#message.id, after: this.#message.seq });
  }

  #received(frame) {
    if (frame.type !== "delta" && frame.type !== "snapshot") return;
    const outcome = this.#message.apply(frame);
    if (outcome === "gap") this.follow();
    if (outcome === "applied") this.#draw();
  }

  #paint() {
    const changes = this.#message.take();
    if (!changes) return;
    const article = this.closest("article");
    article.dataset.status = "streaming";
    article.dataset.seq = this.dataset.seq = this.#message.seq;
    this.#paintReasoning(changes);
    this.#paintBody(changes);
    this.#acks.shown(this.#message.seq, changes.size);
  }

  #paintReasoning({ reasoning, replaceReasoning }) {
    if (!reasoning) return;
    if (replaceReasoning) this.#thoughts.textContent = reasoning;
    else this.#thoughts.append(reasoning);
    this.#reasoning.hidden = false;
    this.#waiting.hidden = true;
  }

  #paintBody({ html, replace, rest, text, added }) {
    if (!html && rest === null && !text) return;
    if (replace) this.#body.replaceChildren(this.#open);
    if (html) addBlocks(this.#open, fragment(html));
    if (rest !== null) this.#open.reset(rest);
    if (text) this.#open.write(text);
    if (added) tell("thread:text", added);
    if (this.#begun || (!html && this.#open.textContent === "")) return;
    this.#begun = true;
    this.#waiting.hidden = true;
    // The thinking is over: it folds away, unless somebody wanted to read it or is reading it.
    if (this.#isRead) this.#reasoning.dataset.touched = "";
    if (!("touched" in this.#reasoning.dataset)) this.#reasoning.open = false;
  }

  /* In view, while the answer begins below it: without it the page would stand somewhere else. */
  get #isRead() {
    const { top } = this.#reasoning.getBoundingClientRect();
    return this.#reasoning.open && top < innerHeight && this.#body.getBoundingClientRect().top > innerHeight;
  }
}

customElements.define("live-answer", LiveAnswer);
