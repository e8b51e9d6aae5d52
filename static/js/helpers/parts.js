/* A long answer stands in parts, so that what is far away need not be laid out. The server makes them in the same way
   (conversations/rendering/parts.py): the first blocks as they are, each further handful in an element of its own. */

const BLOCKS = 24;

/** Puts finished blocks in front of the open one, which is the last child of their body. */
export function addBlocks(open, blocks) {
  let place = open.previousElementSibling;
  for (const node of [...blocks.childNodes]) {
    if (node instanceof Element) place = placeOf(open);
    if (place?.className === "part") place.append(node);
    else open.before(node);
  }
}

function placeOf(open) {
  const last = open.previousElementSibling;
  const parted = last?.className === "part";
  if (parted ? last.childElementCount < BLOCKS : open.parentElement.childElementCount <= BLOCKS) return last;
  const part = document.createElement("div");
  part.className = "part";
  open.before(part);
  return part;
}

/** What is the same in both stays the very element that it was: it need not be laid out again, and nothing moves. */
export function keepParts(before, after) {
  const parts = before.querySelectorAll(":scope > .part");
  after.querySelectorAll(":scope > .part").forEach((part, at) => {
    if (parts[at]?.isEqualNode(part)) part.replaceWith(parts[at]);
  });
}
