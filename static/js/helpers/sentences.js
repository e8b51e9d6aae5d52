/* Cuts growing text into whole sentences, for people who hear the page. */

// The end of a sentence in Latin, CJK and Devanagari script, or a line's end.
const END = /[.!?…](?=["'”’)\]]*\s)["'”’)\]]*\s+|[。！？।]|\n+/g;

/** `[sentences, rest]`: the whole ones at the beginning of the text, and what has no end yet. */
export function sentencesOf(text) {
  const sentences = [];
  let start = 0;
  for (const match of text.matchAll(END)) {
    const end = match.index + match[0].length;
    const sentence = text.slice(start, end).trim();
    if (sentence) sentences.push(sentence);
    start = end;
  }
  return [sentences, text.slice(start)];
}

/** Markdown as one would read it aloud: without the marks. */
export function spoken(markdown) {
  return markdown
    .replace(/^\s*(```|~~~).*$/gm, "")
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/^\s{0,3}(#{1,6}|>|[-*+]|\d+[.)])\s+/gm, "")
    .replace(/[*_`~|]+/g, "")
    .trim();
}
