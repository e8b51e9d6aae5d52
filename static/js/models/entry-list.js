/* The sidebar's list: entries under their ages, pinned ones first, the newest first in each group. */
import { ageOf, monthName } from "../helpers/ages.js";

export class EntryList {
  #list;
  #newEntry;
  #newGroup;

  /** `newEntry()` and `newGroup()` make an empty one from the server's template. */
  constructor(list, newEntry, newGroup) {
    this.#list = list;
    this.#newEntry = newEntry;
    this.#newGroup = newGroup;
  }

  get links() {
    return [...this.#list.querySelectorAll("[data-conversation]")];
  }

  link(id) {
    return this.links.find((link) => link.dataset.conversation === id);
  }

  /** Takes over what a `conversation.changed` says; what it leaves out stays as it is. */
  apply(frame, isShown) {
    const known = this.link(frame.conversation);
    if (frame.trashed || frame.archived) {
      if (known) this.#remove(known.closest("li"));
      return;
    }
    const row = known?.closest("li") ?? this.#made(frame);
    const at = frame.updated_at ?? row.dataset.updated;
    const pinned = frame.pinned ?? isPinned(row);
    const key = frame.group ?? (pinned ? "pinned" : ageOf(new Date(at)));
    const moves = !known || at !== row.dataset.updated || key !== row.closest("[data-group]")?.dataset.group;
    row.dataset.updated = at;
    this.#describe(row, frame, isShown);
    if (moves && (known || pinned || this.#reaches(at))) this.#place(row, key);
  }

  /** Takes over the beginning of the list as the server has it now: what came, what changed, and what went. */
  catchUp(fresh, shown) {
    const rows = [...fresh.querySelectorAll("li")];
    const ids = new Set(rows.map((row) => linkOf(row).dataset.conversation));
    const last = fresh.querySelector("[data-older]") && new Date(rows.at(-1).dataset.updated);
    for (const link of this.links) {
      const row = link.closest("li");
      const isBehind = last && !isPinned(row) && new Date(row.dataset.updated) < last;
      if (!ids.has(link.dataset.conversation) && !isBehind) this.#remove(row);
    }
    for (const row of rows) this.apply(frameOf(row), linkOf(row).dataset.conversation === shown);
  }

  #describe(row, { title, running, unread }, isShown) {
    if (title) row.querySelector(".entry__title").textContent = title;
    if (running !== undefined) row.querySelector(".entry__running").hidden = !running;
    if (unread !== undefined) row.querySelector(".entry__unread").hidden = !unread || isShown;
  }

  #made({ conversation, url }) {
    const row = this.#newEntry();
    const link = row.querySelector("[data-conversation]");
    link.dataset.conversation = conversation;
    link.href = url;
    return row;
  }

  // Below the last row that is loaded come others: one of their age is shown when they are.
  #reaches(at) {
    const last = [...this.#list.querySelectorAll("[data-group]:not([data-group=pinned]) li")].at(-1);
    return !this.#list.querySelector("[data-older]") || !last || new Date(at) >= new Date(last.dataset.updated);
  }

  #place(row, key) {
    const hadFocus = row.contains(document.activeElement) ? document.activeElement : null;
    const old = row.closest("[data-group]");
    const group = this.#group(key, row.dataset.updated);
    const rows = [...group.querySelectorAll("li")].filter((other) => other !== row);
    const next = rows.find((other) => new Date(other.dataset.updated) < new Date(row.dataset.updated));
    group.querySelector("ul").insertBefore(row, next ?? null);
    if (old && !old.querySelector("li")) old.remove();
    hadFocus?.focus({ preventScroll: true });
  }

  #remove(row) {
    const group = row.closest("[data-group]");
    row.remove();
    if (!group.querySelector("li")) group.remove();
  }

  #group(key, at) {
    const found = this.#list.querySelector(`[data-group="${key}"]`);
    if (found) return found;
    const group = this.#newGroup();
    group.dataset.group = key;
    group.querySelector("h2").textContent = this.#list.dataset[key] ?? monthName(key, document.documentElement.lang);
    const groups = [...this.#list.querySelectorAll("[data-group]")];
    const next = key === "pinned" ? groups[0] : groups.find((other) => isOlder(other, at));
    this.#list.insertBefore(group, next ?? groups.at(-1)?.nextSibling ?? this.#list.firstChild);
    return group;
  }
}

function linkOf(row) {
  return row.querySelector("[data-conversation]");
}

function isPinned(row) {
  return row.closest("[data-group]")?.dataset.group === "pinned";
}

/** What a `conversation.changed` would have said of a row that the server made. */
function frameOf(row) {
  const link = linkOf(row);
  return {
    conversation: link.dataset.conversation,
    url: link.getAttribute("href"),
    title: row.querySelector(".entry__title").textContent,
    updated_at: row.dataset.updated,
    // The server's word for its age, which may be counted from another midnight: nothing is to jump for that.
    group: row.closest("[data-group]").dataset.group,
    pinned: isPinned(row),
    running: !row.querySelector(".entry__running").hidden,
    unread: !row.querySelector(".entry__unread").hidden,
  };
}

function isOlder(group, at) {
  const first = group.querySelector("li");
  return group.dataset.group !== "pinned" && first && new Date(first.dataset.updated) < new Date(at);
}
