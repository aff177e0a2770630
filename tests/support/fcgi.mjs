// FastCGI 1.0 over a unix socket, as nginx speaks it: one request for each
// connection. Tests drive a single worker with it, or play one.
import net from 'node:net';

const VERSION = 1;
const [BEGIN, END, PARAMS, STDIN, STDOUT] = [1, 3, 4, 5, 6];
const RESPONDER = 1;
const RECORD_MAX = 0xfff8;
const ANSWER_MAX = 32 << 20;

export function record(type, content = Buffer.alloc(0)) {
  const head = Buffer.alloc(8);

  head[0] = VERSION;
  head[1] = type;
  head.writeUInt16BE(1, 2); // the id of the only request
  head.writeUInt16BE(content.length, 4);
  return Buffer.concat([head, content]);
}

/** A stream of content: as many records as it needs, and the empty one. */
function stream(type, content) {
  const records = [];

  for (let at = 0; at < content.length; at += RECORD_MAX) {
    records.push(record(type, content.subarray(at, at + RECORD_MAX)));
  }
  return Buffer.concat([...records, record(type)]);
}

function length(n) {
  const long = Buffer.alloc(4);

  if (n < 128) return Buffer.from([n]);
  long.writeUInt32BE((n | 0x80000000) >>> 0);
  return long;
}

function encodeParams(params) {
  return Buffer.concat(Object.entries(params).flatMap(([name, value]) => {
    const [k, v] = [Buffer.from(name), Buffer.from(String(value))];
    return [length(k.length), length(v.length), k, v];
  }));
}

/** The whole records at the beginning of a buffer, and what is left of it. */
export function records(buffer) {
  const found = [];

  while (buffer.length >= 8) {
    const end = 8 + buffer.readUInt16BE(4) + buffer[6];
    if (buffer.length < end) break;
    found.push({ type: buffer[1], content: buffer.subarray(8, 8 + buffer.readUInt16BE(4)) });
    buffer = buffer.subarray(end);
  }
  return { found, rest: buffer };
}

export function encodeRequest({ method = 'GET', path = '/', headers = {}, body = '', address = '127.0.0.1' }) {
  const content = Buffer.from(body);
  const params = {
    REQUEST_METHOD: method, REQUEST_URI: path, SERVER_PROTOCOL: 'HTTP/1.1', GATEWAY_INTERFACE: 'CGI/1.1',
    REMOTE_ADDR: address, CONTENT_LENGTH: content.length || '',
  };

  for (const [name, value] of Object.entries(headers)) {
    params[`HTTP_${name.toUpperCase().replaceAll('-', '_')}`] = value;
  }
  return Buffer.concat([
    record(BEGIN, Buffer.from([0, RESPONDER, 0, 0, 0, 0, 0, 0])),
    stream(PARAMS, encodeParams(params)), stream(STDIN, content),
  ]);
}

export function encodeAnswer(text) {
  return Buffer.concat([stream(STDOUT, Buffer.from(text)), record(END, Buffer.alloc(8))]);
}

/** True when these records are a whole request. */
export const isWhole = (found) => found.some((r) => r.type === STDIN && r.content.length === 0);

/**
 * Sends one request and resolves to {status, headers, text, complete}. A
 * worker that dies resolves too, with what it had said until then: status is
 * null when it had not said even that. `sent` is called once all is written.
 */
export function fcgiRequest(socketPath, request, { timeoutMs = 10_000, sent = () => {} } = {}) {
  return new Promise((resolve, reject) => {
    const socket = net.connect(socketPath);
    const out = [];
    let rest = Buffer.alloc(0);
    let size = 0;
    let complete = false;
    const done = () => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ ...readAnswer(Buffer.concat(out).toString('utf8')), complete });
    };
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new Error(`the worker behind ${socketPath} gave no answer within ${timeoutMs} ms`));
    }, timeoutMs);

    socket.on('connect', () => socket.write(encodeRequest(request), sent));
    socket.on('data', (chunk) => {
      const read = records(Buffer.concat([rest, chunk]));

      rest = read.rest;
      size += chunk.length;
      out.push(...read.found.filter((r) => r.type === STDOUT).map((r) => r.content));
      complete = read.found.some((r) => r.type === END);
      if (complete || size > ANSWER_MAX) done();
    });
    socket.on('error', done);
    socket.on('close', done);
  });
}

function readAnswer(text) {
  const end = text.indexOf('\r\n\r\n');
  const lines = (end < 0 ? text : text.slice(0, end)).split('\r\n').filter((l) => l.includes(': '));
  const headers = Object.fromEntries(lines.map((l) => [l.slice(0, l.indexOf(':')).toLowerCase(), l.slice(l.indexOf(': ') + 2)]));

  return { status: headers.status === undefined ? null : Number(headers.status), headers, text: end < 0 ? '' : text.slice(end + 4) };
}
