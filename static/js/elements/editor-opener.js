/* <editor-opener>: holds the form in which a message of mine is changed, and puts a copy of it where Edit was pressed. */
import { listen } from "../helpers/bus.js";
import { uuid } from "../helpers/uuid.js";

class EditorOpener extends HTMLElement {
  #stop;

  connectedCallback() {
    this.#stop = listen({ "message:edit": (id) => this.#open(id) });
  }

  disconnectedCallback() {
    this.#stop();
  }

  #open(id) {
    const article = document.querySelector(`article[data-message="${CSS.escape(id)}"]`);
    if (!article) return;
    const editor = article.querySelector("message-editor") ?? this.#made(article);
    editor.box.focus();
    editor.box.setSelectionRange(editor.box.value.length, editor.box.value.length);
    article.scrollIntoView({ block: "nearest" });
  }

  #made(article) {
    const editor = this.querySelector("template").content.firstElementChild.cloneNode(true);
    const { message } = article.dataset;
    editor.dataset.message = message;
    const box = editor.querySelector("textarea");
    box.id = `edit-${message}`;
    editor.querySelector("label").htmlFor = box.id;
    box.defaultValue = article.querySelector(".message__body").textContent;
    const form = editor.querySelector("form");
    form.elements.edits.value = message;
    form.elements.client_id.value = uuid();
    article.append(editor);
    return editor;
  }
}

customElements.define("editor-opener", EditorOpener);
