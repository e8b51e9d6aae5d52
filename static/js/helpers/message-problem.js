const encoder = new TextEncoder();

/** Why a message cannot be sent, in the words of the form, or "". The server counts bytes of UTF-8, so we do. */
export function problemWith(text, { maxBytes, tooLarge, empty }) {
  if (!text.trim()) return empty;
  const limit = Number(maxBytes);
  // No character takes more than three bytes for each of JavaScript's units: most texts need no counting.
  if (!limit || text.length * 3 <= limit) return "";
  const size = encoder.encode(text).length;
  if (size <= limit) return "";
  return tooLarge.replace("{size}", Math.ceil(size / 1024)).replace("{limit}", Math.floor(limit / 1024));
}
