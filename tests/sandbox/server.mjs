// The HTTP server under the simulators: a table of routes, bounded bodies and
// one shape of error. It serves this machine only: other Host names (a web
// page that rebinds DNS) and requests that a foreign page sends are refused.
import http from 'node:http';

const MAX_BODY = 1 << 20;
const LOCAL_HOST = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?$/;

/** Ends a request with this answer. */
export class Refusal extends Error {
  constructor(status, message, body = { status: 'error', message }) {
    super(message);
    this.reply = { status, json: body };
  }
}

/** A body of fields that are wrong, one sentence each. */
export function refuseFields(errors) {
  throw new Refusal(400, `${errors[0].field} ${errors[0].message}.`,
    { status: 'error', message: `${errors[0].field} ${errors[0].message}.`, errors });
}

/**
 * `routes` are [method, path, handler]; `:name` in a path matches one part and
 * is given in `params`. A handler returns {status, json | html | text,
 * headers}, or null when the socket was dealt with. `missing` answers what no
 * route knows.
 */
export function createServer(routes, missing) {
  const table = routes.map(([method, path, handler]) => ({ method, handler, match: pattern(path) }));
  const server = http.createServer((req, res) => {
    answer(table, missing, req)
      .catch((e) => failed(e))
      .then((reply) => reply && send(res, req.method, reply));
  });

  server.requestTimeout = 30_000;
  server.headersTimeout = 10_000;
  server.maxConnections = 512;
  return server;
}

function pattern(path) {
  const source = path.split(/(:[a-z_]+)/).map((part) => (part.startsWith(':')
    ? `(?<${part.slice(1)}>[^/]+?)`
    : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')));

  return new RegExp(`^${source.join('')}$`);
}

async function answer(table, missing, req) {
  if (!LOCAL_HOST.test(req.headers.host ?? '')) {
    throw new Refusal(421, 'The sandbox answers on 127.0.0.1 and localhost only.');
  }
  if (!local(req.headers.origin)) throw new Refusal(403, 'Pages of other origins may not use the sandbox.');
  if (!URL.canParse(req.url, 'http://localhost')) throw new Refusal(400, 'The address is not a valid path.');
  const url = new URL(req.url, 'http://localhost');
  const found = table.filter((route) => route.match.test(url.pathname));
  const route = found.find((r) => r.method === req.method);

  if (route === undefined) return missing(req.method, url.pathname, found.length > 0);
  return route.handler({
    method: req.method,
    url,
    headers: req.headers,
    params: decodeParams(url.pathname.match(route.match).groups),
    body: await readBody(req),
    socket: req.socket,
  });
}

function local(origin) {
  return origin === undefined || (URL.canParse(origin) && LOCAL_HOST.test(new URL(origin).host));
}

function decodeParams(groups = {}) {
  try {
    return Object.fromEntries(Object.entries(groups).map(([k, v]) => [k, decodeURIComponent(v)]));
  } catch {
    throw new Refusal(400, 'The path is not valid percent-encoding.');
  }
}

async function readBody(req) {
  const chunks = [];
  let size = 0;

  for await (const chunk of req) {
    size += chunk.length;
    if (size > MAX_BODY) throw new Refusal(413, `The body is larger than ${MAX_BODY} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** The JSON object of a request; an absent body is an empty object. */
export function readJson({ headers, body }) {
  if (body.length === 0) return {};
  if (!/^application\/json\b/.test(headers['content-type'] ?? '')) {
    throw new Refusal(415, 'Send the body as Content-Type: application/json.');
  }
  let value;
  try {
    value = JSON.parse(body.toString('utf8'));
  } catch (e) {
    throw new Refusal(400, `The body is not JSON: ${e.message}.`);
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw new Refusal(400, 'The body must be a JSON object.');
  }
  return value;
}

function failed(e) {
  if (e instanceof Refusal) return e.reply;
  if (e.code === 'ECONNRESET' || e.code === 'ERR_STREAM_PREMATURE_CLOSE') return null;
  console.error(`sandbox: a request failed: ${e.stack}`);
  return { status: 500, json: { status: 'error', message: 'The sandbox failed; its log says why.' } };
}

function send(res, method, { status = 200, json, html, text, headers = {} }) {
  const body = json !== undefined ? JSON.stringify(json) : html ?? text ?? '';
  const type = json !== undefined ? 'application/json'
    : html !== undefined ? 'text/html; charset=utf-8' : 'text/plain; charset=utf-8';

  if (res.destroyed) return;
  res.writeHead(status, {
    ...(status === 204 ? {} : { 'content-type': type, 'content-length': Buffer.byteLength(body) }),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...(status === 413 ? { connection: 'close' } : {}),
    ...headers,
  });
  res.end(method === 'HEAD' ? undefined : body);
}
