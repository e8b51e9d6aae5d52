/* <editor-opener>: holds the form in which a message of mine is changed, and puts a copy of it where Edit was pressed. */
import { listen, tell } from "../helpers/bus.js";
import { uuid } from "../helpers/uuid.js";

class EditorOpener extends HTMLElement {
  #stop;

  connectedCallback() {
    this.#stop = listen({
      "message:edit": (id) => this.#open(id),
      "edit:return": (returned) => this.#takeBack(returned),
    });
  }

  disconnectedCallback() {
    this.#stop();
  }

  #open(id) {
    const article = document.querySelector(`article[data-message="${CSS.escape(id)}"]`);
    if (!article) return null;
    const editor = article.querySelector("message-editor") ?? this.#made(article);
    editor.cameFrom = document.activeElement.closest("#message");
    editor.box.focus();
    editor.box.setSelectionRange(editor.box.value.length, editor.box.value.length);
    article.scrollIntoView({ block: "nearest" });
    return editor;
  }

  /* Into its editor again; into the box if what it changes is not shown any more. */
  #takeBack({ id, text, detail }) {
    const editor = this.#open(id);
    if (editor) editor.show(text, detail);
    else tell("composer:return", { text, detail });
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
