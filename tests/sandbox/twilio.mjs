// Plays Twilio's Messages API: create, list, fetch, and signed status
// callbacks (sent, then delivered); and tells of the account. Callbacks go to
// this machine only.
import { randomBytes, timingSafeEqual } from 'node:crypto';
import twilio from 'twilio';
import { request, sleep, Unreachable } from '../support/http.mjs';
import { TWILIO_ACCOUNT, TWILIO_TOKEN } from './companies.mjs';
import { misbehave } from './faults.mjs';
import { readJson } from './server.mjs';
import { advance, createMessage, fault, statusForm } from './twilio-message.mjs';

const CALLBACK_WITHIN_MS = 15_000;
const STEP_MS = 50;
const LOCAL = ['127.0.0.1', 'localhost', '[::1]'];

export class Twilio {
  #store;
  #faults;
  #stepMs;
  #webhooks;
  #callbacks = new Set();
  #stopping = false;

  constructor(store, faults, { stepMs = STEP_MS, webhooks } = {}) {
    this.#store = store;
    this.#faults = faults;
    this.#stepMs = stepMs;
    this.#webhooks = webhooks;
  }

  routes() {
    const account = '/2010-04-01/Accounts/:account';
    const messages = `${account}/Messages`;

    return [
      ['GET', `${account}.json`, (req) => this.#guard(req, () => ({ json: shownAccount() }))],
      ['POST', '/sms', (req) => this.#inbound(readJson(req))],
      ['POST', `${messages}.json`, (req) => this.#guard(req, () => this.#create(req))],
      ['GET', `${messages}.json`, (req) => this.#guard(req, () => this.#list(req))],
      ['GET', `${messages}/:sid.json`, (req) => this.#guard(req, () => this.#fetch(req))],
    ];
  }

  async stop() {
    this.#stopping = true;
    await Promise.allSettled(this.#callbacks);
  }

  async #guard(req, serve) {
    await sleep(this.#faults.latency('twilio'));
    if (!authenticated(req.headers.authorization)) {
      return error(401, 20003, 'Authenticate', { 'www-authenticate': 'Basic realm="Twilio API"' });
    }
    if (req.params.account !== TWILIO_ACCOUNT) return notFound(req.url.pathname);
    return serve();
  }

  #create(req) {
    const form = new URLSearchParams(req.body.toString('utf8'));

    const fail = this.#faults.take('twilio');

    switch (fail) {
      case '500': return error(500, 20500, 'An internal server error has occurred');
      case '401': return error(401, 20003, 'Authenticate');
      case '429': return error(429, 20429, 'Too Many Requests');
      case 'drop-after-accept':
      case 'drop-and-forget':
        if (fault(form) === null) this.#accept(form, req, { forget: fail === 'drop-and-forget' });
        req.socket.destroy();
        return null;
      default: break;
    }
    const answer = misbehave(fail, req);
    if (answer !== undefined) return answer;
    const wrong = fault(form);
    if (wrong !== null) return error(400, ...wrong);
    return { status: 201, json: this.#accept(form, req) };
  }

  /** Takes the message; its fate runs on after the answer. One that is forgotten is in no list, and nothing is told of it. */
  #accept(form, req, { forget = false } = {}) {
    const made = { ...createMessage(TWILIO_ACCOUNT, form), callback: form.get('StatusCallback') || null };
    const message = forget ? made : this.#store.sms.add(made);
    const { sid, to, from, body, messaging_service_sid: service } = message;
    const answer = shown(message);

    this.#store.sent({
      kind: 'sms', to, from: from ?? service, subject: null, body, html: null, attachments: [], sid, traceparent: req.headers.traceparent ?? null,
    });
    if (forget) return answer;
    const sending = this.#deliver(message)
      .catch((e) => console.error(`sandbox: the fate of ${sid} failed: ${e.stack}`))
      .finally(() => this.#callbacks.delete(sending));
    this.#callbacks.add(sending);
    return answer;
  }

  async #deliver(message) {
    for (const status of ['sent', 'delivered']) {
      await sleep(this.#stepMs);
      if (this.#stopping) return;
      advance(message, status);
      await this.#callBack(message);
    }
  }

  /** As Twilio does: one more try, and only when there was no connection. */
  async #callBack({ callback, ...message }) {
    if (callback === null || !LOCAL.includes(new URL(callback).hostname)) return;
    const form = statusForm(message);
    const options = {
      method: 'POST',
      form,
      headers: { 'x-twilio-signature': twilio.getExpectedTwilioSignature(TWILIO_TOKEN, callback, form) },
      timeoutMs: CALLBACK_WITHIN_MS,
    };

    for (const last of [false, true]) {
      try {
        const { status } = await request(callback, options);
        if (status >= 300) console.error(`sandbox: the status callback of ${message.sid} was answered ${status}`);
        return;
      } catch (e) {
        if (!(e instanceof Unreachable)) throw e;
        if (last || e.code === 'ETIMEDOUT') {
          console.error(`sandbox: the status callback of ${message.sid} was lost: ${e.message}`);
          return;
        }
      }
    }
  }

  /** Somebody writes to a company's number: {hook, from, to, body}. */
  async #inbound({ hook = 'demo-salon', from, to = '+493023125001', body = '' }) {
    const sid = `SM${randomBytes(16).toString('hex')}`;
    const address = new URL(`/webhooks/twilio/${hook}/sms`, this.#webhooks);
    const form = {
      SmsMessageSid: sid, MessageSid: sid, SmsSid: sid, SmsStatus: 'received', AccountSid: TWILIO_ACCOUNT, ApiVersion: '2010-04-01',
      From: from, To: to, Body: body, NumMedia: '0', NumSegments: '1',
    };

    address.hostname = 'localhost'; // as server.public_url names this machine
    const answer = await request(address.href, {
      method: 'POST',
      form,
      headers: { 'x-twilio-signature': twilio.getExpectedTwilioSignature(TWILIO_TOKEN, address.href, form) },
    });
    return { json: { sid, status: answer.status, twiml: answer.text } };
  }

  #fetch({ params, url }) {
    const message = this.#store.sms.get(params.sid);

    return message === undefined ? notFound(url.pathname) : { json: shown(message) };
  }

  #list({ url }) {
    const query = url.searchParams;
    const size = Math.min(Math.max(Number.parseInt(query.get('PageSize') ?? '50', 10) || 50, 1), 1000);
    const page = Math.max(Number.parseInt(query.get('Page') ?? '0', 10) || 0, 0);
    const found = this.#store.sms.newest().filter(matcher(query));
    const messages = found.slice(page * size, (page + 1) * size).map(shown);
    const at = (n) => {
      const there = new URLSearchParams(query);
      there.set('PageSize', size);
      there.set('Page', n);
      return `${url.pathname}?${there}`;
    };

    return {
      json: {
        messages,
        page,
        page_size: size,
        start: page * size,
        end: page * size + Math.max(messages.length - 1, 0),
        uri: at(page),
        first_page_uri: at(0),
        next_page_uri: (page + 1) * size < found.length ? at(page + 1) : null,
        previous_page_uri: page > 0 ? at(page - 1) : null,
      },
    };
  }
}

/** To, From, and DateSent as a day or with > or < as a day or an instant. */
function matcher(query) {
  const to = query.get('To');
  const from = query.get('From');
  const instant = (m) => new Date(m.date_sent ?? m.date_created).toISOString();
  const dates = [...query].filter(([name]) => /^DateSent[<>]?$/.test(name)).map(([name, value]) => (m) => {
    const given = /^([<>]?)=?(.*)$/.exec(name.slice('DateSent'.length) + value);
    const precise = given[1] !== '' && given[2].length > 10;
    const [a, b] = precise ? [Date.parse(instant(m)), Date.parse(given[2])] : [instant(m).slice(0, 10), given[2].slice(0, 10)];
    return given[1] === '' ? a === b : given[1] === '<' ? a <= b : a >= b;
  });

  return (m) => (to === null || m.to === to) && (from === null || m.from === from)
    && dates.every((holds) => holds(m));
}

function shown({ seq, callback, ...message }) {
  return message;
}

function shownAccount() {
  return { sid: TWILIO_ACCOUNT, friendly_name: 'Frontdesk demo', status: 'active', type: 'Full' };
}

function authenticated(header = '') {
  const given = Buffer.from(/^Basic (.+)$/.exec(header)?.[1] ?? '', 'base64');
  const right = Buffer.from(`${TWILIO_ACCOUNT}:${TWILIO_TOKEN}`);

  return given.length === right.length && timingSafeEqual(given, right);
}

function error(status, code, message, headers = {}) {
  return {
    status,
    headers,
    json: { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status },
  };
}

/** What an unknown path under the API answers. */
export function notFound(path) {
  return error(404, 20404, `The requested resource ${path} was not found`);
}
