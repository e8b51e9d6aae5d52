/** Makes the groups and rows in `list` those of the server's `fresh` one. A row that says the same stays the element
    that it was, with its tick and the focus, and is moved only if others do not make way for it. */
export function keepRows(list, fresh) {
  const focused = list.contains(document.activeElement) ? document.activeElement : null;
  const place = focused && placeOf(focused);
  const rows = new Map(rowsOf(list).map((row) => [idOf(row), row]));
  const parts = new Map([...list.children].map((part) => [nameOf(part), part]));
  settle(list, [...fresh.children].map((theirs) => chosenPart(parts.get(nameOf(theirs)), theirs, rows)));
  if (!focused || document.activeElement === focused) return;
  const wanted = focused.isConnected ? focused : atPlace(list, place);
  wanted?.focus({ preventScroll: true });
}

/** A group of one age keeps its heading; whatever else stands between them is the server's. */
function chosenPart(ours, theirs, rows) {
  if (!theirs.dataset.age) return ours && ours.outerHTML === theirs.outerHTML ? ours : theirs;
  const chosen = ours ?? theirs;
  settle(chosen.querySelector("ul"), rowsOf(theirs).map((row) => chosenRow(rows.get(idOf(row)), row)));
  return chosen;
}

function chosenRow(ours, theirs) {
  if (!ours) return theirs;
  if (looksOf(ours) === looksOf(theirs)) return ours;
  theirs.querySelector("[name=conversation]").checked = ours.querySelector("[name=conversation]").checked;
  return theirs;
}

function settle(parent, wanted) {
  let cursor = parent.firstElementChild;
  for (const each of wanted) {
    // Those that go elsewhere, or away, do not make the ones behind them move.
    while (cursor && cursor !== each && !wanted.includes(cursor)) cursor = removed(cursor);
    if (each === cursor) cursor = cursor.nextElementSibling;
    else parent.insertBefore(each, cursor);
  }
  while (cursor) cursor = removed(cursor);
}

function removed(element) {
  const next = element.nextElementSibling;
  element.remove();
  return next;
}

function rowsOf(part) {
  return [...part.querySelectorAll("li")];
}

function idOf(row) {
  return row.querySelector("[name=conversation]").value;
}

function nameOf(part) {
  return part.dataset.age ?? part.querySelector("a")?.rel ?? "";
}

// How long ago is another word each minute, and no reason to change anything.
function looksOf(row) {
  const copy = row.cloneNode(true);
  for (const time of copy.querySelectorAll("time")) time.textContent = "";
  return `${copy.innerHTML}${row.hidden}`;
}

function placeOf(element) {
  const row = element.closest("li");
  return row && { id: idOf(row), at: partsOf(row).indexOf(element) };
}

function atPlace(list, place) {
  const row = place && rowsOf(list).find((each) => idOf(each) === place.id);
  return row && partsOf(row)[place.at];
}

function partsOf(row) {
  return [...row.querySelectorAll("a, input, button")];
}
