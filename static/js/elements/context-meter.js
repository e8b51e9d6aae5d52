/* <context-meter>: the quiet line under the composer. The server says what the conversation weighs; this adds what
   came after the last counted answer and what is in the box, some time after the last key. */
import { listen } from "../helpers/bus.js";
import { estimateTokens } from "../helpers/token-estimate.js";

// Milliseconds without a key.
const PAUSE = 300;
// The frame around a message, in tokens.
const PER_MESSAGE = 4;
const NEARLY = 0.9;
const MILLION = 1e6;
const LEAST = 0.0001;

class ContextMeter extends HTMLElement {
  #control;
  #timer = 0;

  connectedCallback() {
    this.#control = new AbortController();
    const { signal } = this.#control;
    this.#form.addEventListener("input", () => this.#soon(), { signal });
    const unlisten = listen({
      "thread:running": () => this.#soon(),
      "thread:synced": () => this.#soon(),
      "model:scale": (scale) => this.#weighWith(scale),
    });
    signal.addEventListener("abort", unlisten);
    this.#soon();
  }

  disconnectedCallback() {
    this.#control.abort();
    clearTimeout(this.#timer);
  }

  get #form() {
    return this.closest("form");
  }

  get #box() {
    return this.#form.elements.message;
  }

  #soon() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#show(), PAUSE);
  }

  #weighWith({ factor, context, price, currency }) {
    Object.assign(this.dataset, { factor, context: context ?? "", price, currency });
    this.#soon();
  }

  #show() {
    const { context, price, about, share } = this.dataset;
    const tokens = Math.round(this.#soFar + this.#weight(this.#box.value));
    const part = Number(context) ? tokens / Number(context) : 0;
    const words = [about.replace("{tokens}", number(rounded(tokens)))];
    const cost = (tokens * Number(price)) / MILLION;
    if (cost) words.push(this.#amount(cost));
    if (part) words.push(share.replace("{percent}", number(Math.round(part * 100))));
    const meter = this.querySelector("meter");
    set(this.querySelector("[data-line]"), tokens ? words.join(" · ") : "");
    meter.value = Math.round(part * 100);
    meter.hidden = !part;
    set(this.querySelector("[data-warning]"), this.#warning(part));
  }

  /* Up to the last answer as its server counted, and our estimate of what came after it. */
  get #soFar() {
    const articles = [...document.querySelectorAll("message-thread > article")];
    const last = articles.findLastIndex((article) => article.dataset.held);
    if (last === -1) return Number(this.dataset.tokens) || this.#instructions;
    const since = articles.slice(last + 1).map((article) => article.querySelector(".message__body").textContent);
    return since.reduce((sum, text) => sum + this.#weight(text.trim()), Number(articles[last].dataset.held));
  }

  get #instructions() {
    return this.#weight(this.#box.value.trim() && (this.#form.elements.system_prompt?.value ?? ""));
  }

  #weight(text) {
    return text ? PER_MESSAGE + estimateTokens(text) * Number(this.dataset.factor) : 0;
  }

  #amount(cost) {
    const { currency, under } = this.dataset;
    const digits = cost < 1 ? 4 : 2;
    const fixed = { minimumFractionDigits: digits, maximumFractionDigits: digits };
    const amount = `${number(Math.max(cost, LEAST), fixed)} ${currency}`;
    return cost < LEAST ? under.replace("{amount}", amount) : amount;
  }

  /* Without a number in it: it is read aloud once, not with each key. */
  #warning(part) {
    if (part > 1) return this.dataset.over;
    return part >= NEARLY ? this.dataset.nearly : "";
  }
}

customElements.define("context-meter", ContextMeter);

function set(element, words) {
  if (element.textContent !== words) element.textContent = words;
}

function number(value, options) {
  return new Intl.NumberFormat(document.documentElement.lang, options).format(value);
}

/** To three digits, below a thousand to two: more would only pretend to be known. */
function rounded(tokens) {
  return Number(tokens.toPrecision(tokens < 1000 ? 2 : 3));
}
