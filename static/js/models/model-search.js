/* Finds models: among those that a page carries, and at the server where it has more. No document in here. */

/** The options of `all` that have every word in name, value or provider, in any case. */
export function matching(all, words) {
  const wanted = words.toLocaleLowerCase().split(/\s+/u).filter(Boolean);
  return all.filter(({ name, value, provider }) => {
    const text = `${name} ${value} ${provider}`.toLocaleLowerCase();
    return wanted.every((word) => text.includes(word));
  });
}

export class ModelSearch {
  #asking = null;
  #fetch;

  /** `url`: where the server searches; without one, the page has all models. */
  constructor(url, { fetch = (...ask) => globalThis.fetch(...ask) } = {}) {
    this.url = url;
    this.#fetch = fetch;
  }

  /** `{models, next, offline}`; null if another question came meanwhile. */
  async find(all, words, after = "") {
    this.stop();
    const local = { models: matching(all, words), next: "", offline: false };
    if (!this.url || (!words.trim() && !after)) return local;
    const asking = (this.#asking = new AbortController());
    try {
      const query = new URLSearchParams({ q: words, after });
      // A session that is over leads to the login page, which is no list of models.
      const options = { redirect: "error", signal: asking.signal, headers: { Accept: "application/json" } };
      const response = await this.#fetch(`${this.url}?${query}`, options);
      if (!response.ok) throw new TypeError(`status ${response.status}`);
      const { models, next } = await response.json();
      return asking.signal.aborted ? null : { models, next, offline: false };
    } catch {
      return asking.signal.aborted ? null : { ...local, models: after ? [] : local.models, offline: true };
    }
  }

  stop() {
    this.#asking?.abort();
    this.#asking = null;
  }
}
