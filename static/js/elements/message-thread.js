/* <message-thread>: the messages from the root to the leaf that is shown. Puts new ones in, replaces finished ones
   by the server's element, and asks for the whole page when it has missed something. */
import { listen, tell } from "../helpers/bus.js";
import { keepParts } from "../helpers/parts.js";
import { reconcile } from "../helpers/reconcile.js";
import { fragment } from "../helpers/server-html.js";

class MessageThread extends HTMLElement {
  #stop;
  #resyncing = null;
  // Also one that belongs to a branch that is not shown.
  #runningIds = new Set();

  connectedCallback() {
    this.#stop = listen({
      "chat:up": () => this.#subscribe(),
      "chat:frame": (frame) => this.#received(frame),
    });
    this.#tellRunning();
  }

  disconnectedCallback() {
    this.#stop();
    this.#resyncing?.abort();
  }

  get #articles() {
    return [...this.querySelectorAll("article[data-message]")];
  }

  get #live() {
    return this.querySelector("live-answer");
  }

  #article(id) {
    // By its id: at every frame, and what is looked through by selector may be two thousand messages.
    const found = document.getElementById(`m-${id}`);
    return this.contains(found) ? found : null;
  }

  // A running answer subscribes for itself, with what it holds.
  #subscribe() {
    if (!this.#live) tell("chat:out", { type: "subscribe" });
  }

  #received(frame) {
    if (frame.type === "hello") this.#greeted(frame);
    else if (frame.type === "message.created") this.#created(frame.message);
    else if (frame.type === "message.done") this.#done(frame);
    else if (frame.type === "branch.changed") this.#resync();
    // Nobody looks at it, and the server need not wait for somebody to.
    else if (frame.seq && !this.#article(frame.message)) {
      tell("chat:out", { type: "ack", message: frame.message, seq: frame.seq });
    }
  }

  #greeted(hello) {
    const { active, running } = hello;
    this.#runningIds = new Set(running);
    const last = this.#articles.at(-1);
    const stale = this.#live ? !running.includes(this.#live.dataset.message) : grewMeanwhile(last, hello);
    const elsewhere = active !== (last?.dataset.message ?? null);
    if (elsewhere || stale || running.some((id) => !this.#article(id))) this.#resync();
    this.#tellRunning();
  }

  #created({ id, parent, status, html }) {
    if (status === "queued" || status === "streaming") this.#runningIds.add(id);
    const shown = this.#article(id);
    if (shown) this.#goesOn(shown, fragment(html));
    else this.#follows(parent, fragment(html));
    this.#tellRunning();
  }

  /* An answer that had ended is being continued. Anything else that we know already is only said twice. */
  #goesOn(article, content) {
    if (article.querySelector("live-answer") || !content.querySelector("live-answer")) return;
    this.#replace(article, content).querySelector("live-answer").follow();
  }

  #follows(parent, content) {
    const articles = this.#articles;
    const at = articles.findIndex((article) => article.dataset.message === parent);
    if (parent && at === -1) {
      this.#resync();
      return;
    }
    const fresh = content.firstElementChild;
    // What followed the parent until now belongs to another branch.
    const hadFocus = articles.slice(at + 1).some((article) => article.contains(document.activeElement));
    for (const article of articles.slice(at + 1)) article.remove();
    this.append(content);
    if (hadFocus) focusOn(fresh);
  }

  #done(frame) {
    this.#runningIds.delete(frame.message);
    const article = this.#article(frame.message);
    if (article) this.#finish(article, frame);
    this.#tellRunning();
  }

  #finish(article, frame) {
    const live = article.querySelector("live-answer");
    if (live && !live.agreesWith(frame)) console.error("The text of this page differed from the record.", frame.message);
    live?.tellRest(frame);
    this.#replace(article, fragment(frame.html));
    const { message: id, status, content, receipt } = frame;
    tell("thread:ended", { id, status, content, receipt });
  }

  /* Keeps what a person did with the old element: what they unfolded, and where the focus was. */
  #replace(article, content) {
    const unfolded = article.querySelector("details[data-touched]")?.open;
    const hadFocus = article.contains(document.activeElement);
    const fresh = content.firstElementChild;
    keepParts(article.querySelector(".message__body"), fresh.querySelector(".message__body"));
    article.replaceWith(content);
    const details = fresh.querySelector("details[data-reasoning]");
    if (details && unfolded) details.open = true;
    if (hadFocus) focusOn(fresh);
    return fresh;
  }

  #tellRunning() {
    const [elsewhere = null] = this.#runningIds;
    tell("thread:running", this.#live?.dataset.message ?? elsewhere);
  }

  /* The server's page is the truth: takes over every message that differs from ours. */
  async #resync() {
    this.#resyncing?.abort();
    const control = new AbortController();
    this.#resyncing = control;
    try {
      const response = await fetch(location.pathname, { signal: control.signal, credentials: "same-origin" });
      if (!response.ok || response.redirected) return;
      const added = reconcile(this, fragment(await response.text()).querySelectorAll("message-thread > article"));
      for (const article of added) article.querySelector("live-answer")?.follow();
      this.#tellRunning();
      tell("thread:synced");
    } catch (error) {
      // Without a connection the next `hello` asks again.
      if (error.name !== "AbortError" && error.name !== "TypeError") throw error;
    }
  }
}

function focusOn(article) {
  article.tabIndex = -1;
  article.focus({ preventScroll: true });
}

/* An answer that had ended may have been continued, to its end or not, while this page slept. */
function grewMeanwhile(article, { active_status: status, active_seq: seq }) {
  return Boolean(article) && (article.dataset.status !== status || Number(article.dataset.seq) !== seq);
}

customElements.define("message-thread", MessageThread);
