/* <scroll-follower>: keeps the end of the conversation in view while the reader is there, and offers the way back
   when they are not. */
import { listen } from "../helpers/bus.js";
import { ScrollKeeper } from "../models/scroll-keeper.js";

class ScrollFollower extends HTMLElement {
  #keeper = new ScrollKeeper();
  #stop;

  connectedCallback() {
    const control = new AbortController();
    const { signal } = control;
    addEventListener("scroll", () => this.#scrolled(), { signal, passive: true });
    addEventListener("resize", () => this.#resized(), { signal });
    this.#jump.addEventListener("click", () => this.#toEnd(), { signal });
    const observer = new ResizeObserver(() => this.#resized());
    observer.observe(this);
    this.addEventListener("click", (event) => this.#folds(event.target.closest?.("details > summary")), { signal });
    const unlisten = listen({ "thread:own": () => this.#toEnd() });
    this.#stop = () => {
      control.abort();
      observer.disconnect();
      unlisten();
    };
    // A link to a message leads to that message, a plain visit to the end.
    if (location.hash) this.#keeper.following = false;
    this.#resized();
  }

  disconnectedCallback() {
    this.#stop();
  }

  get #jump() {
    return this.querySelector("[data-jump]");
  }

  get #view() {
    const page = document.scrollingElement;
    return { top: page.scrollTop, height: page.clientHeight, contentHeight: page.scrollHeight };
  }

  #scrolled() {
    this.#keeper.scrolled(this.#view);
    this.#offer();
  }

  #resized() {
    const target = this.#keeper.resized(this.#view);
    if (target !== null) scrollTo({ top: target, behavior: "instant" });
    this.#offer();
  }

  /* What somebody folds or unfolds stays under their finger, whatever that does to the page below and above. */
  #folds(summary) {
    if (!summary?.closest("article")) return;
    const before = summary.getBoundingClientRect().top;
    // Folded by then, and not painted yet.
    requestAnimationFrame(() => {
      scrollBy({ top: summary.getBoundingClientRect().top - before, behavior: "instant" });
      this.#keeper.following = this.#keeper.isAtEnd(this.#view);
      this.#offer();
    });
  }

  #toEnd() {
    this.#keeper.following = true;
    this.#resized();
  }

  #offer() {
    this.#jump.hidden = this.#keeper.following || this.#keeper.isAtEnd(this.#view);
  }
}

customElements.define("scroll-follower", ScrollFollower);
