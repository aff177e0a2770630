// Plays Retell AI: takes a call, posts its signed webhooks, retries them as
// Retell does, and answers get-call and list-calls about it afterwards.
import { sign } from 'retell-sdk/lib/webhook_auth';
import { request, sleep } from '../support/http.mjs';
import { COMPANIES, PLATFORM_KEY } from './companies.mjs';
import { callObject } from './retell-payload.mjs';
import { listCalls } from './retell-list.mjs';
import { checkOrder, EVENTS, planCall } from './retell-plan.mjs';
import { SCRIPTS, tell } from './scripts.mjs';
import { readJson, Refusal } from './server.mjs';

const ANSWER_WITHIN_MS = 10_000;
const MAX_PLAYING = 256;
const MAX_SHOWN = 100;

export class Retell {
  #store;
  #webhooks;
  #retryDelays;
  #answerWithinMs;
  #playing = new Map();
  #stopping = false;

  constructor(store, { webhooks, retryDelays = [200, 500, 1_000], answerWithinMs = ANSWER_WITHIN_MS }) {
    this.#store = store;
    this.#webhooks = webhooks.replace(/\/+$/, '');
    this.#retryDelays = retryDelays;
    this.#answerWithinMs = answerWithinMs;
  }

  routes() {
    return [
      ['POST', '/calls', (req) => this.#place(req)],
      ['GET', '/calls', () => ({ json: { calls: this.#store.calls.newest(MAX_SHOWN).map((c) => this.#show(c)) } })],
      ['GET', '/calls/:id', ({ params }) => ({ json: this.#show(this.#find(params.id)) })],
      ['GET', '/retell/v2/get-call/:id', (req) => this.#getCall(req)],
      ['POST', '/retell/v3/list-calls', (req) => this.#listCalls(req)],
      ['POST', '/retell/v2/list-agents', (req) => this.#listAgents(req)],
    ];
  }

  /** How many calls are being played now. */
  get playing() {
    return this.#playing.size;
  }

  /** No further events or retries; resolves when those on the way are done. */
  async stop() {
    this.#stopping = true;
    await Promise.allSettled(this.#playing.values());
  }

  async #place(req) {
    const order = readJson(req);

    checkOrder(order);
    if (this.#stopping) throw new Refusal(503, 'The sandbox is stopping.');
    if (this.#playing.size >= MAX_PLAYING) throw new Refusal(429, `${MAX_PLAYING} calls are being played already.`);
    const call = this.#store.calls.get(order.call_id)
      ?? this.#store.calls.add({ ...planCall(order), stage: null, deliveries: [] });
    if (this.#playing.has(call.call_id)) throw new Refusal(409, `${call.call_id} is being played already.`);

    const before = call.deliveries.length;
    const played = this.#play(call, order);
    this.#playing.set(call.call_id, played);
    await played.finally(() => this.#playing.delete(call.call_id));
    return this.#report(call, call.deliveries.slice(before));
  }

  #report(call, deliveries) {
    const failed = deliveries.filter((d) => !accepted(d.status));
    const message = `${failed.length} of ${deliveries.length} deliveries failed; the last: ${failed.at(-1)?.error}.`;

    return {
      status: failed.length === 0 ? 201 : 502,
      json: {
        call_id: call.call_id,
        deliveries,
        ...(failed.length === 0 ? {} : { status: 'error', message }),
      },
    };
  }

  /**
   * Events go out in their order, each as soon as the one before was tried
   * once; retries do not hold the others back, so the arrival can differ.
   */
  async #play(call, { order = EVENTS, repeat = 1, delay_ms: delayMs = 0 }) {
    const events = order.flatMap((event) => Array(repeat).fill(event));
    const retries = [];

    for (const [n, event] of events.entries()) {
      if (n > 0 && delayMs > 0) await sleep(delayMs);
      if (this.#stopping) break;
      const body = JSON.stringify({ event, call: callObject(call, event) });
      const delivery = { event, status: null, attempts: 0 };

      call.stage = later(call.stage, event);
      await this.#attempt(call, body, delivery);
      call.deliveries = [...call.deliveries, delivery].slice(-MAX_SHOWN);
      this.#store.changed();
      if (!accepted(delivery.status)) retries.push(this.#retry(call, body, delivery));
    }
    await Promise.all(retries);
    call.stage = EVENTS.at(-1);
    this.#store.changed();
  }

  async #retry(call, body, delivery) {
    for (const delay of this.#retryDelays) {
      await sleep(delay);
      if (this.#stopping) return;
      await this.#attempt(call, body, delivery);
      this.#store.changed();
      if (accepted(delivery.status)) return;
    }
  }

  async #attempt(call, body, delivery) {
    const hook = call.hook === null ? '' : `/${encodeURIComponent(call.hook)}`;

    delivery.attempts++;
    try {
      const { status } = await request(`${this.#webhooks}/webhooks/retell${hook}`, {
        method: 'POST',
        body,
        headers: { 'content-type': 'application/json', 'x-retell-signature': await sign(body, call.key) },
        timeoutMs: this.#answerWithinMs,
      });
      delivery.status = status;
      delivery.error = accepted(status) ? undefined : `answered ${status}`;
    } catch (e) {
      delivery.status = null;
      delivery.error = e.message;
    }
  }

  #find(id) {
    const call = this.#store.calls.get(id);

    if (call === undefined) throw new Refusal(404, `No call ${id} was placed here.`);
    return call;
  }

  #show(call) {
    const script = SCRIPTS[call.script];

    return {
      call_id: call.call_id,
      script: call.script,
      title: script.title,
      company: call.company,
      from_number: call.from_number,
      to_number: call.to_number,
      language: call.language,
      start_timestamp: call.start_timestamp,
      duration_ms: call.duration_ms,
      wish: call.wish,
      stage: call.stage,
      done: !this.#playing.has(call.call_id),
      lines: tell(script, call.language, call.wish).lines,
      deliveries: call.deliveries,
    };
  }

  // ---- Retell's own API ----

  #authorised({ headers }) {
    const key = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1];
    const known = [PLATFORM_KEY, ...Object.values(COMPANIES).map((c) => c.key)];

    if (!known.includes(key)) throw new Refusal(401, 'Invalid API Key');
    return key;
  }

  #getCall(req) {
    const key = this.#authorised(req);
    const call = this.#store.calls.get(req.params.id);

    if (call?.key !== key) throw new Refusal(422, 'Cannot find requested asset under given api key.');
    return { json: callObject(call, this.#stage(call)) };
  }

  #listAgents(req) {
    const key = this.#authorised(req);
    const items = Object.values(COMPANIES).filter((c) => c.key === key)
      .map((c) => ({ agent_id: c.agent_id, agent_name: c.agent_name, channel: 'voice', version: 0, is_published: true }));

    return { json: { items, has_more: false } };
  }

  #listCalls(req) {
    const key = this.#authorised(req);
    const calls = this.#store.calls.list()
      .filter((call) => call.key === key)
      .map((call) => callObject(call, this.#stage(call), { bulky: false }));

    return { json: listCalls(calls, readJson(req)) };
  }

  /** Whichever events were sent, a call that is over has been analysed. */
  #stage(call) {
    return this.#playing.has(call.call_id) ? call.stage ?? EVENTS[0] : EVENTS.at(-1);
  }
}

const accepted = (status) => status >= 200 && status < 300;

function later(a, b) {
  return EVENTS.indexOf(a) >= EVENTS.indexOf(b) ? a : b;
}
