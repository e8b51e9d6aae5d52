/* <message-thread>: the messages from the root to the leaf that is shown. Puts new ones in, replaces finished ones
   by the server's element, and asks for the whole page when it has missed something. */
import { listen, tell } from "../helpers/bus.js";
import { fragment } from "../helpers/server-html.js";

class MessageThread extends HTMLElement {
  #stop;
  #resyncing = null;

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

  get #running() {
    return this.querySelector("live-answer");
  }

  #article(id) {
    return this.querySelector(`article[data-message="${CSS.escape(id)}"]`);
  }

  // A running answer subscribes for itself, with what it holds.
  #subscribe() {
    if (!this.#running) tell("chat:out", { type: "subscribe" });
  }

  #received(frame) {
    if (frame.type === "hello") this.#greeted(frame);
    else if (frame.type === "message.created") this.#created(frame.message);
    else if (frame.type === "message.done") this.#done(frame);
  }

  #greeted({ active, running }) {
    const last = this.#articles.at(-1)?.dataset.message ?? null;
    const stale = this.#running && !running.includes(this.#running.dataset.message);
    if (active !== last || stale || running.some((id) => !this.#article(id))) this.#resync();
  }

  #created({ id, parent, html }) {
    if (this.#article(id)) return;
    const articles = this.#articles;
    const at = articles.findIndex((article) => article.dataset.message === parent);
    if (parent && at === -1) {
      this.#resync();
      return;
    }
    // What followed the parent until now belongs to another branch.
    for (const article of articles.slice(at + 1)) article.remove();
    this.append(fragment(html));
    this.#tellRunning();
  }

  #done(frame) {
    const article = this.#article(frame.message);
    if (!article) return;
    const live = article.querySelector("live-answer");
    if (live && !live.agreesWith(frame)) console.error("The text of this page differed from the record.", frame.message);
    live?.tellRest(frame);
    this.#replace(article, fragment(frame.html));
    tell("thread:ended", { id: frame.message, status: frame.status, content: frame.content });
    this.#tellRunning();
  }

  /* Keeps what a person did with the old element: what they unfolded, and where the focus was. */
  #replace(article, content) {
    const unfolded = article.querySelector("details[data-touched]")?.open;
    const hadFocus = article.contains(document.activeElement);
    const fresh = content.firstElementChild;
    article.replaceWith(content);
    const details = fresh.querySelector("details[data-reasoning]");
    if (details && unfolded) details.open = true;
    if (!hadFocus) return;
    fresh.tabIndex = -1;
    fresh.focus({ preventScroll: true });
  }

  #tellRunning() {
    tell("thread:running", this.#running?.dataset.message ?? null);
  }

  /* The server's page is the truth: takes over every message that differs from ours. */
  async #resync() {
    this.#resyncing?.abort();
    const control = new AbortController();
    this.#resyncing = control;
    try {
      const response = await fetch(location.pathname, { signal: control.signal, credentials: "same-origin" });
      if (!response.ok || response.redirected) return;
      this.#reconcile(fragment(await response.text()).querySelectorAll("message-thread > article"));
    } catch (error) {
      // Without a connection the next `hello` asks again.
      if (error.name !== "AbortError" && error.name !== "TypeError") throw error;
    }
  }

  #reconcile(fresh) {
    const ours = new Map(this.#articles.map((article) => [article.dataset.message, article]));
    let cursor = this.firstElementChild;
    for (const theirs of fresh) {
      const chosen = preferred(ours.get(theirs.dataset.message), theirs);
      // What stands right is not moved: moving would take its focus.
      if (chosen === cursor) cursor = cursor.nextElementSibling;
      else this.insertBefore(chosen, cursor);
      if (chosen === theirs) chosen.querySelector("live-answer")?.follow();
    }
    while (cursor) {
      const next = cursor.nextElementSibling;
      cursor.remove();
      cursor = next;
    }
    this.#tellRunning();
    tell("thread:synced");
  }
}

/* Ours, unless it is missing or says something else: a live one goes on from where it is. */
function preferred(ours, theirs) {
  if (!ours) return theirs;
  const bothLive = ours.querySelector("live-answer") && theirs.querySelector("live-answer");
  return bothLive || ours.dataset.status === theirs.dataset.status ? ours : theirs;
}

customElements.define("message-thread", MessageThread);
