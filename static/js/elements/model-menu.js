/* <model-menu>: the open list of a model picker, a search box and a listbox as ARIA's combobox pattern has them.
   Its words are its data; what is found comes from outside, what a person does goes there as an event:

   menu:typed, menu:more, menu:closed, menu:chosen (detail: the model)
*/

const PAGE = 8;
// Pixels before the end of the list at which more is asked for.
const AHEAD = 200;
// Pixels: the tallest list with its margins, and the margins.
const ROOM = 420;
const MARGIN = 24;

class ModelMenu extends HTMLElement {
  #active = -1;
  #models = [];

  connectedCallback() {
    const { words, results } = this.dataset;
    this.box = made("input", "model-menu__box", { type: "search", role: "combobox", "aria-expanded": "true" });
    const quiet = { "aria-autocomplete": "list", "aria-controls": "model-menu", autocomplete: "off" };
    set(this.box, { ...quiet, spellcheck: "false", "aria-label": words, placeholder: words });
    this.list = made("div", "model-menu__list", { role: "listbox", id: "model-menu", tabindex: "-1" });
    this.list.setAttribute("aria-label", results);
    this.note = made("p", "model-menu__note", { role: "status" });
    this.replaceChildren(this.box, this.list, this.note);
    this.box.addEventListener("input", () => this.#tell("typed"));
    this.box.addEventListener("keydown", (event) => this.#pressed(event));
    // The box keeps the focus while somebody points.
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => this.#clicked(event));
    this.list.addEventListener("scroll", () => this.#scrolled(), { passive: true });
  }

  #tell(what, detail = null) {
    this.dispatchEvent(new CustomEvent(`menu:${what}`, { detail }));
  }

  get words() {
    return this.box.value;
  }

  /* Above what it belongs to; below it where there is more room. */
  start(typed, anchor) {
    const { top, bottom } = anchor.getBoundingClientRect();
    const below = innerHeight - bottom;
    this.toggleAttribute("data-below", top < ROOM && below > top);
    this.style.maxHeight = `${Math.min(ROOM, Math.max(top, below)) - MARGIN}px`;
    this.box.value = typed;
    this.box.focus();
  }

  show(found, current) {
    this.list.replaceChildren();
    this.list.scrollTop = 0;
    this.#models = [];
    this.#active = -1;
    this.add(found, current);
    const at = this.words ? 0 : this.#models.findIndex(({ value }) => value === current);
    this.#go(Math.max(at, 0));
  }

  add({ models, next, offline }, current) {
    for (const model of models) this.#group(model.provider).append(this.#option(model, current));
    const count = `${this.#models.length}${next ? "+" : ""}`;
    const counted = this.#models.length ? this.dataset.count.replace("{count}", count) : this.dataset.none;
    const found = this.words || !this.dataset.hint ? counted : this.dataset.hint;
    this.note.textContent = offline ? this.dataset.offline : found;
  }

  #group(provider) {
    const last = this.list.lastElementChild;
    if (last && last.dataset.provider === provider) return last;
    const group = made("div", "model-menu__group", { role: "group", "data-provider": provider });
    if (!provider) group.setAttribute("aria-label", this.dataset.results);
    else {
      const head = made("div", "model-menu__head", { id: `model-group-${this.list.childElementCount}` });
      head.textContent = provider;
      group.setAttribute("aria-labelledby", head.id);
      group.append(head);
    }
    this.list.append(group);
    return group;
  }

  #option(model, current) {
    const index = this.#models.push(model) - 1;
    const option = made("div", "model-menu__option", { role: "option", id: `model-option-${index}` });
    option.setAttribute("aria-selected", String(model.value === current));
    const name = made("span", "model-menu__name");
    name.textContent = model.name;
    const about = made("span", "model-menu__about");
    about.textContent = [model.id !== model.name && model.id, model.context > 0 && size(model.context)]
      .filter(Boolean)
      .join(" · ");
    option.append(name, about);
    return option;
  }

  #pressed(event) {
    if (event.isComposing) return;
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: PAGE, PageUp: -PAGE };
    if (event.key in steps) this.#go(this.#active + steps[event.key]);
    else if (event.key === "Enter") this.#choose(this.#active);
    else if (event.key === "Escape") this.#tell("closed");
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #clicked({ target }) {
    const option = target.closest("[role=option]");
    if (option) this.#choose(Number(option.id.split("-").pop()));
  }

  #choose(index) {
    const model = this.#models[index];
    if (model) this.#tell("chosen", model);
  }

  #go(index) {
    const last = this.#models.length - 1;
    if (index >= last) this.#tell("more");
    this.#shown(this.#active)?.removeAttribute("data-active");
    this.#active = Math.max(0, Math.min(index, last));
    const option = this.#shown(this.#active);
    if (!option) return this.box.removeAttribute("aria-activedescendant");
    option.setAttribute("data-active", "");
    this.box.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }

  #shown(index) {
    return this.list.querySelector(`#model-option-${index}`);
  }

  #scrolled() {
    const { scrollTop, clientHeight, scrollHeight } = this.list;
    if (scrollHeight - scrollTop - clientHeight < AHEAD) this.#tell("more");
  }
}

customElements.define("model-menu", ModelMenu);

function made(tag, className, attributes = {}) {
  const element = document.createElement(tag);
  element.className = className;
  set(element, attributes);
  return element;
}

function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
}

/** Tokens as people say them: 131072 is 128K. */
function size(tokens) {
  if (tokens < 1000) return String(tokens);
  const unit = tokens % 1024 === 0 ? 1024 : 1000;
  return tokens < unit * unit ? `${Math.round(tokens / unit)}K` : `${Math.round((tokens / unit / unit) * 10) / 10}M`;
}
