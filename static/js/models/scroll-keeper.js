/* Decides whether the page follows the text. Follows while the reader is at the end; whoever scrolls up is left
   alone until they come back down. */

// Within these pixels of the end a reader counts as being there: less than two lines.
const NEAR_PX = 48;

export class ScrollKeeper {
  following = true;
  #lastTop = 0;
  #lastHeight = 0;

  /** After any scrolling, by whomever. */
  scrolled(view) {
    const shrunk = Math.max(0, this.#lastHeight - view.contentHeight);
    // Further than what shrank took along: messages far above are only measured when somebody comes near them.
    const wentUp = this.#lastTop - view.top > shrunk + 1;
    // Going up counts at once, or a slow finger would be pulled back again and again by growing text.
    if (this.isAtEnd(view, 1)) this.following = true;
    else if (wentUp) this.following = false;
    else if (this.isAtEnd(view)) this.following = true;
    this.#remember(view);
  }

  /** After the content grew or shrank: where to scroll to, or null to leave the reader alone. */
  resized(view) {
    this.#remember(view);
    return this.following && !this.isAtEnd(view, 0) ? this.endOf(view) : null;
  }

  isAtEnd(view, near = NEAR_PX) {
    return this.endOf(view) - view.top <= near;
  }

  endOf({ contentHeight, height }) {
    return Math.max(0, contentHeight - height);
  }

  #remember({ top, contentHeight }) {
    this.#lastTop = top;
    this.#lastHeight = contentHeight;
  }
}
