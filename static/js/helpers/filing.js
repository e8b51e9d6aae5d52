/* Puts conversations in order through the same form that works without a script. */
import { tell } from "./bus.js";

const FILING = "/history/filing/";

/** Pins, archives, tags, throws away …; tells `filing:done` with what the server says, or `filing:failed`. */
export function file(verb, ids, { tag = "" } = {}) {
  const fields = [["verb", verb], ["tag", tag], ...ids.map((id) => ["conversation", id])];
  return post(FILING, fields, verb === "read");
}

export function rename(id, title) {
  return post(`/conversations/${id}/title/`, [["title", title]]);
}

async function post(address, fields, quietly = false) {
  const body = new URLSearchParams(fields);
  const headers = { Accept: "application/json", "X-CSRFToken": token() };
  try {
    const response = await fetch(address, { method: "POST", body, headers, credentials: "same-origin" });
    const answer = response.headers.get("Content-Type")?.startsWith("application/json") ? await response.json() : {};
    if (!response.ok) throw new TypeError(answer.detail ?? "");
    tell("filing:done", { ...answer, sentence: quietly ? "" : answer.sentence });
    return true;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    if (!quietly) tell("filing:failed", error.message);
    return false;
  }
}

function token() {
  return document.querySelector("input[name=csrfmiddlewaretoken]")?.value ?? "";
}
