/* The one place where a string becomes HTML: only what our own server rendered and sanitised goes through here.
   The policy's name is the only one that the page's Content-Security-Policy allows. */

const policy = globalThis.trustedTypes
  ? globalThis.trustedTypes.createPolicy("server-html", { createHTML: (html) => html })
  : { createHTML: (html) => html };

/** The HTML's nodes, inert until they are put into the page. */
export function fragment(html) {
  const template = document.createElement("template");
  template.innerHTML = policy.createHTML(html);
  return template.content;
}
