// HTTP for every Node program under tests/: one request per connection, a
// deadline over the whole exchange, a bounded answer, and errors that are
// sentences. Unlike fetch it never follows redirects, never reuses a socket
// and lets a caller send any header, which tests of a server need.
import http from 'node:http';

const MAX_ANSWER = 32 << 20;

/** The other side did not answer: refused, reset, silent or too much. */
export class Unreachable extends Error {
  constructor(message, code) {
    super(message);
    this.name = 'Unreachable';
    this.code = code;
  }
}

/**
 * Sends one request and resolves to {status, headers, bytes, text, json}; `json` is
 * the parsed body when it is JSON, else undefined. `json` and `form` in the
 * options are encoded; `body` is sent as it is. Any status resolves.
 */
export function request(url, options = {}) {
  const { method = 'GET', timeoutMs = 10_000, maxBytes = MAX_ANSWER } = options;
  const { body, headers } = encode(options);

  return new Promise((resolve, reject) => {
    const fail = (why, code) => {
      clearTimeout(timer);
      req.destroy();
      reject(new Unreachable(`${method} ${url}: ${why}`, code));
    };
    const req = http.request(url, { method, headers, agent: false }, (res) => {
      const chunks = [];
      let size = 0;

      res.on('data', (chunk) => {
        size += chunk.length;
        if (size > maxBytes) fail(`the answer is larger than ${maxBytes} bytes`, 'E2BIG');
        else chunks.push(chunk);
      });
      res.on('error', (e) => fail(e.message, e.code));
      res.on('end', () => {
        clearTimeout(timer);
        resolve(answer(res, Buffer.concat(chunks)));
      });
    });
    const timer = setTimeout(() => fail(`no answer within ${timeoutMs} ms`, 'ETIMEDOUT'), timeoutMs);

    req.on('error', (e) => fail(reason(e), e.code));
    req.end(body);
  });
}

function encode({ json, form, body, token, headers = {} }) {
  const out = { ...headers };

  if (json !== undefined) {
    body = JSON.stringify(json);
    out['content-type'] ??= 'application/json';
  } else if (form !== undefined) {
    body = new URLSearchParams(form).toString();
    out['content-type'] ??= 'application/x-www-form-urlencoded';
  }
  if (token !== undefined) out.authorization ??= `Bearer ${token}`;
  if (body !== undefined) out['content-length'] ??= Buffer.byteLength(body);
  return { body, headers: out };
}

function answer(res, bytes) {
  const text = bytes.toString('utf8');
  let json;

  if (/^application\/(?:[\w.+-]+\+)?json\b/.test(res.headers['content-type'] ?? '')) {
    try {
      json = JSON.parse(text);
    } catch {
      json = undefined;
    }
  }
  return { status: res.statusCode, headers: res.headers, bytes, text, json };
}

function reason(e) {
  if (e.code === 'ECONNREFUSED') return 'nothing listens there';
  if (e.code === 'ECONNRESET') return 'the connection was closed before the answer';
  return e.message;
}

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Calls `check` until it gives something truthy and returns that. While the
 * other side is Unreachable it is asked again; any other error ends the wait.
 */
export async function waitFor(what, check, { timeoutMs = 10_000, everyMs = 100 } = {}) {
  const deadline = Date.now() + timeoutMs;
  let last = '';

  for (;;) {
    try {
      const value = await check();
      if (value) return value;
      last = '';
    } catch (e) {
      if (!(e instanceof Unreachable)) throw e;
      last = `; last: ${e.message}`;
    }
    if (Date.now() + everyMs > deadline) {
      throw new Error(`${what}: not within ${timeoutMs / 1000} s${last}`);
    }
    await sleep(everyMs);
  }
}
