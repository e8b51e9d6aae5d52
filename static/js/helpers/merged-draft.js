/** What becomes of a text that was typed here while the server's went from `base` to `server`: never less than either.
    Ours goes on where the server stood still; two texts of their own stand one after the other. */
export function mergedDraft({ base, server, ours }) {
  if (server === base || ours.includes(server)) return ours;
  const missing = ours.split("\n\n").filter((paragraph) => !server.includes(paragraph));
  return [server, ...missing].join("\n\n");
}
