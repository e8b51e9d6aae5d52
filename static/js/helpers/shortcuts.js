/* The keys that do something: what the list in the page says to people counts here too. */

/** Whether this keydown is the shortcut of that name, for this person. */
export function isPressed(event, name) {
  // 229: Safari's last keydown of an input method's composition.
  if (event.isComposing || event.keyCode === 229) return false;
  return means(chord(event), name);
}

/** Whether these keys are the shortcut of that name, for this person. */
export function means(pressed, name) {
  const list = document.getElementById("shortcut-list");
  const rows = list?.querySelectorAll(`[data-shortcut="${name}"]:not([hidden])`) ?? [];
  return [...rows].some(({ dataset }) => !isOff(list, dataset) && dataset.chords.split(" ").includes(pressed));
}

/** What somebody has chosen, from now on in this page. */
export function prefer({ shortcuts, enter }) {
  const list = document.getElementById("shortcut-list");
  list.toggleAttribute("data-off", !shortcuts);
  for (const row of list.querySelectorAll("[data-enter]")) row.hidden = row.dataset.enter !== enter;
}

function isOff(list, { optional }) {
  return optional !== undefined && list.dataset.off !== undefined;
}

/* Shift is part of a character: where "?" lies is the keyboard's affair. */
function chord({ key, ctrlKey, metaKey, altKey, shiftKey }) {
  const held = { Control: ctrlKey, Meta: metaKey, Alt: altKey, Shift: shiftKey && key.length > 1 };
  return [...Object.keys(held).filter((name) => held[name]), key].join("+");
}
