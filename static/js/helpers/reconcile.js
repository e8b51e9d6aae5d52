/** Makes the articles in `parent` those of the server's page, in its order. Returns the ones that were put in.
    Ours stay where they say the same: a live one goes on from where it is, and what is not moved keeps its focus. */
export function reconcile(parent, fresh) {
  const articles = [...parent.querySelectorAll(":scope > article")];
  const ours = new Map(articles.map((article) => [article.dataset.message, article]));
  const added = [];
  let cursor = articles[0] ?? null;
  for (const theirs of fresh) {
    const chosen = preferred(ours.get(theirs.dataset.message), theirs);
    if (chosen === cursor) cursor = cursor.nextElementSibling;
    else parent.insertBefore(chosen, cursor);
    if (chosen === theirs) added.push(theirs);
  }
  while (cursor) {
    const next = cursor.nextElementSibling;
    cursor.remove();
    cursor = next;
  }
  return added;
}

function preferred(ours, theirs) {
  if (!ours) return theirs;
  const bothLive = ours.querySelector("live-answer") && theirs.querySelector("live-answer");
  const same = ours.dataset.status === theirs.dataset.status && ours.dataset.seq === theirs.dataset.seq;
  return bothLive || same ? ours : theirs;
}
