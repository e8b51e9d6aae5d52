/* <message-queue>: the messages that wait for the running answer's end. The server's list is the truth, in every tab;
   a change goes through the socket, or as the plain form that each of them is. */
import { listen, tell } from "../helpers/bus.js";
import { isConnected } from "../helpers/connection-state.js";
import { isPressed } from "../helpers/shortcuts.js";

class MessageQueue extends HTMLElement {
  #stop;
  // Changed texts of which the server has not spoken yet, by client_id.
  #saving = new Map();
  #isRemoving = false;

  connectedCallback() {
    const control = new AbortController();
    const on = (name, handler) => this.addEventListener(name, handler, { signal: control.signal });
    on("submit", (event) => this.#submitted(event));
    on("keydown", (event) => this.#pressed(event));
    // `toggle` does not bubble.
    this.addEventListener("toggle", (event) => this.#toggled(event.target), { capture: true, signal: control.signal });
    const unlisten = listen({ "chat:frame": (frame) => this.#received(frame) });
    this.#stop = () => {
      control.abort();
      unlisten();
    };
  }

  disconnectedCallback() {
    this.#stop();
  }

  get #list() {
    return this.querySelector("ol");
  }

  #entry(clientId) {
    return this.querySelector(`li[data-client="${CSS.escape(clientId)}"]`);
  }

  #received(frame) {
    if (frame.type === "queue.changed") this.#show(frame.queued);
    else if (frame.type === "hello" && frame.queued) {
      this.#show(frame.queued);
      for (const clientId of [...this.#saving.keys()]) this.#notSaved(clientId, "");
    } else if (frame.type === "error" && frame.client_id) this.#refused(frame);
  }

  #refused({ client_id, detail }) {
    if (this.#saving.has(client_id)) this.#notSaved(client_id, detail);
    else if (this.#entry(client_id)) tell("composer:say", detail);
  }

  /* Back into the editor with it, or into the box if it waits no more. */
  #notSaved(clientId, detail) {
    const text = this.#saving.get(clientId);
    this.#saving.delete(clientId);
    const item = this.#entry(clientId);
    if (!item) {
      tell("composer:return", { text, detail: detail || this.dataset.gone });
      return;
    }
    item.querySelector("details").open = true;
    item.querySelector("textarea").value = text;
    if (detail) tell("composer:say", detail);
  }

  #submitted(event) {
    if (!isConnected()) return;
    event.preventDefault();
    const item = event.target.closest("li");
    const { verb } = event.submitter.dataset;
    const frame = { type: `queue.${verb}`, client_id: item.dataset.client };
    if (verb === "edit") {
      frame.content = event.target.elements.content.value;
      if (!frame.content.trim()) return;
      this.#saving.set(frame.client_id, frame.content);
      this.#close(item);
    }
    this.#isRemoving = verb === "remove";
    tell("chat:out", frame);
  }

  #pressed(event) {
    const item = event.target.closest("li");
    if (!item?.querySelector("details").open || event.isComposing || event.keyCode === 229) return;
    if (event.key === "Escape") {
      event.preventDefault();
      this.#close(item);
    } else if (isPressed(event, "send") && event.target.matches("textarea")) {
      event.preventDefault();
      event.target.form.requestSubmit(item.querySelector("[data-verb=edit]"));
    }
  }

  #close(item) {
    item.querySelector("details").open = false;
    item.querySelector("summary").focus();
  }

  #toggled(details) {
    const box = details.querySelector("textarea");
    if (!details.open) {
      box.value = box.defaultValue;
      return;
    }
    box.focus();
    box.setSelectionRange(box.value.length, box.value.length);
  }

  #show(queued) {
    const before = this.#list.childElementCount;
    const wanted = new Set(queued.map(({ client_id }) => client_id));
    for (const item of [...this.#list.children]) if (!wanted.has(item.dataset.client)) this.#remove(item);
    for (const [place, entry] of queued.entries()) {
      const item = this.#entry(entry.client_id) ?? this.#made(entry.client_id);
      if (this.#list.children[place] !== item) this.#list.insertBefore(item, this.#list.children[place] ?? null);
      this.#fill(item, entry);
    }
    this.hidden = !queued.length;
    // One that is sent is seen in the thread, and must not push the receipt of a stop aside.
    if (queued.length > before || this.#isRemoving) this.#announce(queued.length);
    this.#isRemoving = false;
  }

  #made(clientId) {
    const item = this.querySelector("template").content.firstElementChild.cloneNode(true);
    item.dataset.client = clientId;
    for (const button of item.querySelectorAll("[formaction]")) {
      button.setAttribute("formaction", button.getAttribute("formaction").replace(this.dataset.nobody, clientId));
    }
    const token = this.querySelector("[name=csrfmiddlewaretoken]").cloneNode();
    item.querySelector("form").prepend(token);
    return item;
  }

  /* An editor in which somebody has typed keeps what they typed; saving it wins over the change from elsewhere. */
  #fill(item, { client_id, content, held }) {
    if (this.#saving.get(client_id) === content) this.#saving.delete(client_id);
    const box = item.querySelector("textarea");
    const isTyped = box.value !== box.defaultValue;
    if (box.defaultValue !== content) box.defaultValue = content;
    if (!isTyped || !item.querySelector("details").open) box.value = content;
    const text = item.querySelector(".queue__text");
    if (text.textContent !== content) text.textContent = content;
    item.querySelector("[data-held]").hidden = !held;
    item.querySelector("[data-reason]").textContent = held;
  }

  #remove(item) {
    const box = item.querySelector("textarea");
    const typed = item.querySelector("details").open && box.value !== box.defaultValue ? box.value : "";
    const hadFocus = item.contains(document.activeElement);
    const near = item.nextElementSibling ?? item.previousElementSibling;
    item.remove();
    // It was sent or removed before the change was saved.
    if (typed) tell("composer:return", { text: typed, detail: this.dataset.gone });
    else if (hadFocus) (near?.querySelector("summary") ?? document.querySelector("#message")).focus();
  }

  #announce(count) {
    const words = { 0: this.dataset.none, 1: this.dataset.one }[count] ?? this.dataset.many;
    tell("status:say", words.replace("{count}", count));
  }
}

customElements.define("message-queue", MessageQueue);
