/* Copy and Wrap above a block of code, which is HTML from the server without an element of ours around it. */
import { copy } from "../helpers/clipboard.js";

const SHOWN_MS = 1600;

async function copyCode(button) {
  await copy(button.closest(".code").querySelector(".code__text").textContent);
  const before = button.dataset.label ?? button.textContent;
  button.dataset.label = before;
  button.textContent = document.querySelector("message-thread").dataset.copied;
  setTimeout(() => {
    button.textContent = before;
  }, SHOWN_MS);
}

function wrapCode(button) {
  const wrapped = button.closest(".code").toggleAttribute("data-wrap");
  button.setAttribute("aria-pressed", String(wrapped));
}

document.addEventListener("click", ({ target }) => {
  const button = target.closest?.("[data-copy-code], [data-wrap-code]");
  if (!button) return;
  if ("copyCode" in button.dataset) copyCode(button);
  else wrapCode(button);
});
