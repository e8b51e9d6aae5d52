/* A running answer as this page holds it: which events, and what has not been drawn yet. */

function nothing() {
  return { replace: false, html: "", rest: null, text: "", added: "", reasoning: "", replaceReasoning: false, size: 0 };
}

export class LiveMessage {
  #changes = nothing();
  // True once the page holds the text from its first character (a reloaded page holds HTML of the beginning).
  #whole;
  // How much of `content` has been handed out as `added`.
  #told = 0;

  constructor({ id, seq = 0, hasText = false }) {
    this.id = id;
    this.seq = seq;
    this.content = "";
    this.#whole = !hasText;
  }

  /** Takes a `snapshot` or `delta`: "applied", "held" (nothing new in it) or "gap" (events before it are missing). */
  apply(frame) {
    if (frame.type === "snapshot") return this.#snapshot(frame);
    if (frame.seq <= this.seq) return "held";
    if (frame.from !== this.seq + 1) return "gap";
    this.seq = frame.seq;
    this.content += frame.content ?? "";
    this.#note(frame);
    return "applied";
  }

  /** What is to be drawn since the last call, or null. `rest`, where not null, replaces the open text; `text` is
      then appended to it. `added` is the new text as it came. */
  take() {
    const changes = this.#changes;
    if (!changes.size) return null;
    this.#changes = nothing();
    this.#told += changes.added.length;
    return changes;
  }

  /** Whether the text that was shown is the beginning of the final one (all of it, if no event was missed). */
  agreesWith({ content, seq }) {
    if (!this.#whole) return seq === this.seq ? content.endsWith(this.content) : true;
    return seq === this.seq ? content === this.content : content.startsWith(this.content);
  }

  /** What the final text has beyond all that was handed out: an answer may end before anything of it was drawn. */
  untold({ content }) {
    return this.#whole ? content.slice(this.#told) : "";
  }

  #snapshot({ seq, content, reasoning, settled }) {
    if (seq < this.seq) return "held";
    this.seq = seq;
    this.content = content;
    this.#told = content.length;
    this.#whole = true;
    this.#changes = {
      ...nothing(),
      replace: true,
      html: settled.html,
      rest: settled.rest,
      reasoning: reasoning ?? "",
      replaceReasoning: true,
      size: content.length + 1,
    };
    return "applied";
  }

  #note({ content = "", reasoning = "", settled }) {
    const changes = this.#changes;
    changes.reasoning += reasoning;
    changes.added += content;
    changes.size += content.length + reasoning.length + 1;
    if (!settled) {
      changes.text += content;
      return;
    }
    changes.replace ||= Boolean(settled.replace);
    changes.html = settled.replace ? settled.html : changes.html + settled.html;
    changes.rest = settled.rest;
    changes.text = "";
  }
}
