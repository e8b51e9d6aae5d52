const encoder = new TextEncoder();

/** Why a message cannot be sent, in the words of the form, or "". The server counts bytes of UTF-8, so we do. */
export function problemWith(text, { maxBytes, tooLarge, empty }) {
  if (!text.trim()) return empty;
  if (fits(text, maxBytes)) return "";
  const size = encoder.encode(text).length;
  return tooLarge.replace("{size}", Math.ceil(size / 1024)).replace("{limit}", Math.floor(maxBytes / 1024));
}

/** Whether the server would take a text of this length. No limit: anything fits. */
export function fits(text, maxBytes) {
  const limit = Number(maxBytes) || Infinity;
  // No character takes more than three bytes for each of JavaScript's units: most texts need no counting.
  return text.length * 3 <= limit || (text.length <= limit && encoder.encode(text).length <= limit);
}
