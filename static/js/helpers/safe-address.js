/** The address if a link may lead there, else null. The same schemes as on the server; anything relative or
    unreadable is refused, since an answer has no page of ours to point at. */
export function safeAddress(value) {
  let address;
  try {
    address = new URL(value.trim());
  } catch {
    return null;
  }
  return ["http:", "https:", "mailto:"].includes(address.protocol) ? address.href : null;
}
