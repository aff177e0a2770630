// How the simulated providers misbehave on request (POST /control).
import { refuseFields } from './server.mjs';

const ANSWERS = ['timeout', 'drip', 'redirect', 'huge', 'garbage'];
const FAULTS = {
  twilio: ['500', '401', '429', 'drop-after-accept', 'drop-and-forget', ...ANSWERS],
  smtp: ['450', '550', 'drop', 'drop-after-accept'],
  sendgrid: ['500', '429', 'drop-after-accept', ...ANSWERS],
  slack: ['500', '429', '404', ...ANSWERS],
  telegram: ['500', '429', '403', ...ANSWERS],
  pagerduty: ['500', '429', '400', ...ANSWERS],
};
const HANG_MS = 120_000;
const DRIP_MS = 1_000;
const CHUNK = Buffer.alloc(1 << 20, 0x20);
const HUGE = 1 << 30;
const MAX_LATENCY_MS = 60_000;
const NONE = { fail: null, times: null, latency_ms: 0 };

const none = () => Object.fromEntries(Object.keys(FAULTS).map((p) => [p, { ...NONE }]));

export class Faults {
  #now = none();

  /** Replaces the faults of the providers named in `body`; the others stay. */
  set(body) {
    const errors = [];

    for (const [provider, wanted] of Object.entries(body)) {
      if (FAULTS[provider] === undefined) {
        errors.push({ field: provider, message: `is not a provider: ${Object.keys(FAULTS).join(', ')}` });
      } else {
        check(provider, wanted, errors);
      }
    }
    if (errors.length > 0) refuseFields(errors);
    for (const [provider, wanted] of Object.entries(body)) {
      this.#now[provider] = { ...NONE, ...wanted };
    }
    return this.#now;
  }

  clear() {
    this.#now = none();
  }

  get now() {
    return this.#now;
  }

  latency(provider) {
    return this.#now[provider].latency_ms;
  }

  /** The fault that this request suffers, or null; a counted one is used up. */
  take(provider) {
    const state = this.#now[provider];
    const { fail } = state;

    if (fail !== null && state.times !== null && --state.times === 0) state.fail = null;
    return fail;
  }
}

/**
 * An answer that is none, of a request that was not carried out: silence, a
 * byte a second, a redirect to itself, a gibibyte, or no JSON. What a handler
 * returns; undefined when `fail` is another fault.
 */
export function misbehave(fail, { socket, url }) {
  switch (fail) {
    case 'timeout': return hang(socket);
    case 'drip': return drip(socket);
    case 'redirect': return { status: 302, headers: { location: url.href }, text: '' };
    case 'huge': return flood(socket);
    case 'garbage': return { status: 200, text: '<html>\u0000{"sid": not JSON' };
    default: return undefined;
  }
}

/** Leaves the request unanswered until the caller gives up. */
function hang(socket) {
  const timer = setTimeout(() => socket.destroy(), HANG_MS).unref();

  socket.once('close', () => clearTimeout(timer));
  return null;
}

function drip(socket) {
  const timer = setInterval(() => socket.write(' '), DRIP_MS).unref();

  socket.write('HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n{');
  socket.once('close', () => clearInterval(timer));
  return null;
}

function flood(socket) {
  let left = HUGE;
  const pour = () => {
    while (left > 0 && socket.write(CHUNK)) left -= CHUNK.length;
    if (left <= 0) socket.end();
  };

  socket.on('drain', pour);
  socket.write(`HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${HUGE}\r\n\r\n`);
  pour();
  return null;
}

function check(provider, wanted, errors) {
  const field = (name) => `${provider}.${name}`;
  const whole = (n, min, max) => Number.isInteger(n) && n >= min && n <= max;

  if (wanted === null || typeof wanted !== 'object') {
    errors.push({ field: provider, message: 'must be an object' });
    return;
  }
  for (const [name, value] of Object.entries(wanted)) {
    if (name === 'fail' && value !== null && !FAULTS[provider].includes(value)) {
      errors.push({ field: field(name), message: `must be null or one of ${FAULTS[provider].join(', ')}` });
    } else if (name === 'times' && value !== null && !whole(value, 1, 1_000_000)) {
      errors.push({ field: field(name), message: 'must be null (until changed) or a number from 1 to 1000000' });
    } else if (name === 'latency_ms' && !whole(value, 0, MAX_LATENCY_MS)) {
      errors.push({ field: field(name), message: `must be a number from 0 to ${MAX_LATENCY_MS}` });
    } else if (!(name in NONE)) {
      errors.push({ field: field(name), message: 'is not known: fail, times, latency_ms' });
    }
  }
}
