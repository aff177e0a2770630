// What the sandbox remembers: at most 5,000 things of each kind and 64 MiB in
// all, oldest dropped first. Every change counts `version` up, so that the
// page knows when to redraw.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const MAX_ITEMS = 5_000;
const MAX_BYTES = 64 << 20;
const KINDS = ['messages', 'calls', 'sms'];

/** A bounded list in order of arrival, found by `key` in constant time. */
export class Log {
  #key;
  #items = new Map();
  #bytes = 0;
  #sizes = new Map();
  seq = 0;

  constructor(key, { maxItems = MAX_ITEMS, maxBytes = MAX_BYTES } = {}) {
    this.#key = key;
    this.maxItems = maxItems;
    this.maxBytes = maxBytes;
  }

  add(item) {
    const added = { seq: ++this.seq, ...item };
    const size = JSON.stringify(added).length;

    this.#drop(added[this.#key]);
    this.#items.set(added[this.#key], added);
    this.#sizes.set(added[this.#key], size);
    this.#bytes += size;
    while (this.#items.size > this.maxItems || (this.#bytes > this.maxBytes && this.#items.size > 1)) {
      this.#drop(this.#items.keys().next().value);
    }
    return added;
  }

  #drop(key) {
    if (!this.#items.delete(key)) return;
    this.#bytes -= this.#sizes.get(key);
    this.#sizes.delete(key);
  }

  get(key) {
    return this.#items.get(key);
  }

  get size() {
    return this.#items.size;
  }

  list() {
    return [...this.#items.values()];
  }

  newest(n = this.maxItems) {
    return this.list().slice(-n).reverse();
  }

  clear() {
    this.#items.clear();
    this.#sizes.clear();
    this.#bytes = 0;
  }
}

export class Store {
  version = 0;
  messages = new Log('seq', { maxBytes: MAX_BYTES / 2 });
  calls = new Log('call_id', { maxBytes: MAX_BYTES / 4 });
  sms = new Log('sid', { maxBytes: MAX_BYTES / 4 });

  changed() {
    this.version++;
  }

  /** One message as a person would receive it. */
  sent(message) {
    const added = this.messages.add({ ...message, at: new Date().toISOString() });
    this.changed();
    return added;
  }

  clear() {
    for (const kind of KINDS) this[kind].clear();
    this.changed();
  }

  /** Writes everything to `dir`, whole or not at all. */
  save(dir) {
    const file = join(dir, 'sandbox.json');
    const state = Object.fromEntries(KINDS.map((kind) => [kind, { seq: this[kind].seq, items: this[kind].list() }]));

    mkdirSync(dir, { recursive: true, mode: 0o700 });
    writeFileSync(`${file}.new`, JSON.stringify(state), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  }

  /** Takes up what save() wrote; a directory without it is an empty start. */
  load(dir) {
    const file = join(dir, 'sandbox.json');
    let text;
    try {
      text = readFileSync(file, 'utf8');
    } catch (e) {
      if (e.code === 'ENOENT') return;
      throw e;
    }
    let state;
    try {
      state = JSON.parse(text);
    } catch {
      throw new Error(`${file} cannot be read: delete it to start empty`);
    }
    for (const kind of KINDS) {
      for (const item of state[kind].items) {
        this[kind].seq = item.seq - 1;
        this[kind].add(item);
      }
      this[kind].seq = state[kind].seq;
    }
  }
}
