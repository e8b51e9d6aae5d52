/* <open-block>: the part of an answer that is not finished. Formats its text as it grows; when the block is finished
   the server's HTML takes its place, so this only has to look alike. */
import { safeAddress } from "../helpers/safe-address.js";
import * as smd from "../../vendor/streaming-markdown/smd.min.js";

// The parser keeps its open tokens in a list of 24; nesting that deep is shown as plain text.
const DEEPEST = 20;
// Characters of one text, and texts with something between them, that one paragraph is laid out with.
const LONGEST = 4000;
const MOST_PIECES = 150;
// What it holds back until it knows more, if that is a word's or sentence's and not a mark's.
const PLAIN = /^[\p{L}\p{N}\p{M}\s.,;:?'"()%/-]*[\p{L}\p{N}\p{M}.,;:?'")%]$/u;

const AFTER_LINE = /(?<=\n)/;
// Two spaces or a backslash at the end of a line break it there; two backslashes are one to be read.
const HARD = /(?: {2}|(?<!\\)(?:\\\\)*\\)\n$/;

// How many parts stand at the beginning of an element.
const folded = new WeakMap();

class OpenBlock extends HTMLElement {
  #parser = null;
  #tail = null;
  #text = "";
  #lines = null;

  connectedCallback() {
    if (!this.classList.contains("is-formatted")) this.reset(this.textContent);
  }

  /** Forgets what is shown and begins anew with `text`. */
  reset(text) {
    this.replaceChildren();
    this.#tail = null;
    this.#text = "";
    this.#lines = { last: "", hard: false };
    this.#parser = smd.parser(renderer(this, this.#lines));
    this.classList.add("is-formatted");
    this.write(text);
  }

  write(text) {
    this.#text += text;
    if (!text) return;
    if (!this.#parser) {
      this.append(text);
      return;
    }
    this.#tail?.remove();
    try {
      for (const part of text.split(AFTER_LINE)) this.#parse(part);
      this.#showTail();
    } catch {
      this.#showPlain();
    }
  }

  /* The parser forgets what stood before the end of a line, and says at the beginning of the next that there is one. */
  #parse(part) {
    const lines = this.#lines;
    smd.parser_write(this.#parser, part);
    lines.last += part;
    if (!part.endsWith("\n")) return;
    lines.hard = HARD.test(lines.last);
    lines.last = "";
  }

  /* Whatever the parser trips over is still readable as text, and right again once the block is finished. */
  #showPlain() {
    this.#parser = null;
    this.classList.remove("is-formatted");
    this.textContent = this.#text;
  }

  /* The parser keeps the last characters back; people should see them all the same. */
  #showTail() {
    const { pending, renderer: target } = this.#parser;
    this.#tail = null;
    if (!PLAIN.test(pending) || !target.data) return;
    const { nodes, index } = target.data;
    this.#tail = index ? document.createTextNode(pending) : document.createElement("p");
    if (!index) this.#tail.textContent = pending;
    nodes[index].append(this.#tail);
  }
}

function renderer(root, lines) {
  const base = smd.default_renderer(root);
  return {
    data: base.data,
    add_token: (data, token) => addToken(base, data, { token, lines }),
    end_token: base.end_token,
    add_text: (data, text) => addText(data.nodes[data.index], text),
    set_attr: (data, attribute, value) => setAttribute(base, data, { attribute, value }),
  };
}

function addToken(base, data, { token, lines }) {
  if (data.index >= DEEPEST) throw new RangeError("nested too deeply");
  if (token === smd.CODE_BLOCK || token === smd.CODE_FENCE) push(data, codeBlock());
  else if (token === smd.TABLE) push(data, table());
  else if (token === smd.LINE_BREAK && !lines.hard) softBreak(data);
  // Pictures are never loaded: their description stands for them, as it will in the finished block.
  else if (token === smd.IMAGE) push(data, element("span", "image-link"));
  else base.add_token(data, token);
}

/* A line's end is a space, as in the finished block. */
function softBreak(data) {
  const node = data.nodes[data.index];
  addText(node, "\n");
  // What is opened is closed again.
  data.index += 1;
  data.nodes[data.index] = node;
}

/* Puts a frame of elements in; its innermost one receives what follows. */
function push(data, { outer, inner } = {}) {
  data.nodes[data.index].append(outer);
  data.index += 1;
  data.nodes[data.index] = inner;
}

function codeBlock() {
  const outer = element("div", "code").outer;
  const head = element("div", "code__header").outer;
  head.append(element("span", "code__language").outer);
  const pre = element("pre", "code__pre").outer;
  const inner = element("code", "code__text").outer;
  inner.dir = "ltr";
  pre.append(inner);
  outer.append(head, pre);
  return { outer, inner };
}

function table() {
  const outer = element("div", "table").outer;
  const inner = document.createElement("table");
  outer.append(inner);
  return { outer, inner };
}

function element(tag, className) {
  const made = document.createElement(tag);
  made.className = className;
  return { outer: made, inner: made };
}

/* One text node for each run of text: a token is then no new node. */
function addText(node, text) {
  const loose = node.childNodes.length - (folded.get(node) ?? 0);
  if (loose > MOST_PIECES || node.lastChild?.length > LONGEST) fold(node);
  if (node.lastChild instanceof Text) node.lastChild.appendData(text);
  else node.append(text);
}

/* Lines are laid out anew for each word from the beginning of their paragraph: what stands in one that goes on and on
   becomes a block of its own, up to the end of a line or a word. */
function fold(node) {
  const parts = folded.get(node) ?? 0;
  const last = node.lastChild;
  const end = last instanceof Text ? last.data.lastIndexOf("\n") + 1 || last.data.lastIndexOf(" ") + 1 : 0;
  if (end) last.splitText(end);
  const part = element("span", "open-part").outer;
  const whole = [...node.childNodes].slice(parts, end ? -1 : undefined);
  whole[0].before(part);
  part.append(...whole);
  folded.set(node, parts + 1);
}

function setAttribute(base, data, { attribute, value }) {
  const node = data.nodes[data.index];
  if (attribute === smd.SRC) return;
  if (attribute === smd.LANG) {
    const label = node.closest(".code")?.querySelector(".code__language");
    if (label) label.textContent = value;
    return;
  }
  if (attribute !== smd.HREF) {
    base.set_attr(data, attribute, value);
    return;
  }
  const address = safeAddress(value);
  if (!address) return;
  node.href = address;
  node.target = "_blank";
  node.rel = "noopener noreferrer nofollow";
}

customElements.define("open-block", OpenBlock);
