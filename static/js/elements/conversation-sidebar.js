/* <conversation-sidebar>: keeps the list in step with what happens, narrows it while somebody types, goes on
   where somebody scrolls to its end, and is walked through with the arrow keys. */
import { listen } from "../helpers/bus.js";
import { file } from "../helpers/filing.js";
import { fragment } from "../helpers/server-html.js";
import { EntryList } from "../models/entry-list.js";

const STEPS = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity };

class ConversationSidebar extends HTMLElement {
  #stop;
  #entries;
  #loading = false;
  #heard = 0;

  connectedCallback() {
    const control = new AbortController();
    const options = { signal: control.signal };
    this.#entries = new EntryList(this.#list, () => this.#copy("data-entry"), () => this.#copy("data-new-group"));
    this.#search.addEventListener("input", () => this.#filter(), options);
    this.#list.addEventListener("keydown", (event) => this.#walk(event), options);
    document.addEventListener("visibilitychange", () => this.#markRead(), options);
    const end = new IntersectionObserver((seen) => seen.some((each) => each.isIntersecting) && this.#older(), {
      root: this.#list,
      rootMargin: "200px",
    });
    const watchEnd = () => this.#olderLink && end.observe(this.#olderLink);
    this.addEventListener("entries:added", watchEnd, options);
    watchEnd();
    const unlisten = listen({
      "chat:frame": (frame) => frame.type === "conversation.changed" && this.#changed(frame),
      // What happened before, since the page was made or the connection lost, was said to nobody.
      "chat:up": () => this.#catchUp(),
      "filing:done": ({ changed = [] }) => changed.forEach((frame) => this.#changed(frame)),
    });
    this.#stop = () => {
      control.abort();
      end.disconnect();
      unlisten();
    };
  }

  disconnectedCallback() {
    this.#stop();
  }

  get #search() {
    return this.querySelector("input[type=search]");
  }

  get #list() {
    return this.querySelector("[data-list]");
  }

  get #olderLink() {
    return this.querySelector("[data-older]");
  }

  get #shown() {
    return document.querySelector("message-thread")?.dataset.conversation;
  }

  #copy(name) {
    return this.querySelector(`template[${name}]`).content.firstElementChild.cloneNode(true);
  }

  #changed({ others = [], ...frame }) {
    this.#heard += 1;
    for (const other of others) this.#changed(other);
    const isShown = frame.conversation === this.#shown;
    this.#entries.apply(frame, isShown && !document.hidden);
    if (isShown && frame.unread) this.#markRead();
    this.#settle();
  }

  #settle() {
    this.querySelector("[data-empty]").hidden = this.#entries.links.length > 0;
    this.dispatchEvent(new Event("entries:added"));
  }

  async #catchUp() {
    const heard = this.#heard;
    try {
      const response = await fetch(this.#list.dataset.source, { credentials: "same-origin" });
      if (!response.ok || response.redirected) return;
      const fresh = fragment(await response.text());
      if (!this.isConnected) return;
      // What has been said meanwhile may be newer than this.
      if (heard !== this.#heard) return this.#catchUp();
      this.#entries.catchUp(fresh, document.hidden ? "" : this.#shown);
      this.#filter();
      this.#settle();
    } catch (error) {
      // The connection's own sign tells of it.
      if (!(error instanceof TypeError)) throw error;
    }
  }

  // Somebody looks at it: the answer that has just ended is not news.
  #markRead() {
    if (document.hidden || !this.#shown) return;
    const mark = this.#entries.link(this.#shown)?.querySelector(".entry__unread");
    if (!mark) return;
    mark.hidden = true;
    file("read", [this.#shown]);
  }

  async #older() {
    const end = this.#olderLink;
    if (this.#loading || !end) return;
    this.#loading = true;
    try {
      const response = await fetch(end.dataset.older, { credentials: "same-origin" });
      if (response.ok && !response.redirected) this.#append(end, fragment(await response.text()));
    } catch (error) {
      // The link stays where it is.
      if (!(error instanceof TypeError)) throw error;
    } finally {
      this.#loading = false;
      this.dispatchEvent(new Event("entries:added"));
    }
  }

  #append(end, content) {
    const [first] = content.querySelectorAll("[data-group]");
    const same = first && this.#list.querySelector(`[data-group="${first.dataset.group}"] ul`);
    if (same) {
      same.append(...first.querySelectorAll("li"));
      first.remove();
    }
    end.replaceWith(content);
    this.#filter();
  }

  #walk(event) {
    const step = STEPS[event.key];
    const links = this.#entries.links.filter((link) => link.checkVisibility());
    const at = links.indexOf(event.target.closest("a"));
    if (step === undefined || at === -1) return;
    event.preventDefault();
    links[Math.min(links.length - 1, Math.max(0, at + step))].focus();
  }

  #filter() {
    const wanted = this.#search.value.trim().toLocaleLowerCase();
    const matches = (entry) => entry.querySelector(".entry__title").textContent.toLocaleLowerCase().includes(wanted);
    const links = this.#entries.links;
    for (const entry of links) entry.closest("li").hidden = !matches(entry);
    for (const group of this.querySelectorAll("[data-group]")) {
      group.hidden = !group.querySelector("li:not([hidden])");
    }
  }
}

customElements.define("conversation-sidebar", ConversationSidebar);
