/* The groups of the sidebar, as the server names them (conversations/templatetags/lists.py); days are UTC's. */

const DAY_MS = 86_400_000;

/** `today`, `yesterday`, `week` or a month such as `2026-03`. */
export function ageOf(updated, now = new Date()) {
  const days = Math.floor(now / DAY_MS) - Math.floor(updated / DAY_MS);
  if (days < 1) return "today";
  if (days === 1) return "yesterday";
  return days < 7 ? "week" : updated.toISOString().slice(0, 7);
}

/** `March 2026` in the language of the page. */
export function monthName(month, language) {
  return new Intl.DateTimeFormat(language, { month: "long", year: "numeric", timeZone: "UTC" }).format(
    new Date(`${month}-01T00:00:00Z`),
  );
}
