// From a booking over the API to the SMS at the provider: the request, the wake
// file, the event's job, the message's job and the call.
import { performance } from 'node:perf_hooks';
import { request, sleep } from '../support/http.mjs';

const KEY = 'fdk_test_demoSalon000000000000000000000006vg4hR';
const MEDIAN_MS = 300;
const LOST_MS = 10_000;
const LOOK_MS = 5;

export class Messages {
  /** stack: {base, sandbox}. */
  constructor({ stack, plan }) {
    Object.assign(this, { base: stack.base, sandbox: stack.sandbox, times: plan.seconds * 20, headers: { Authorization: `Bearer ${KEY}` } });
  }

  async get(path) {
    return (await request(`${this.base}/api/v2/${path}`, { headers: this.headers })).json;
  }

  /** Starts of a service that can be had at the same time as any other of them. */
  async starts() {
    const day = (n) => new Date(Date.now() + n * 86_400_000).toISOString().slice(0, 10);
    const { id } = (await this.get('services')).data.find((s) => s.name === 'Haircut');
    const { slots } = await this.get(`availability?service_id=${id}&from=${day(2)}&to=${day(60)}`);

    return { id, starts: slots.filter((s) => s.local_start.endsWith(':00') || s.local_start.endsWith(':30')).map((s) => s.starts_at) };
  }

  async arrived(phone, since) {
    for (const began = performance.now(); performance.now() - began < LOST_MS; await sleep(LOOK_MS)) {
      const { messages } = (await request(`${this.sandbox}/sent.json?since=${since}`)).json;
      if (messages.some((m) => m.kind === 'sms' && m.to === phone)) return;
    }
    throw new Error(`the SMS of a booking did not arrive within ${LOST_MS / 1000} s`);
  }

  async one(id, startsAt, phone) {
    const { seq } = (await request(`${this.sandbox}/sent.json?since=999999999`)).json;
    const began = performance.now();
    const { status, text } = await request(`${this.base}/api/v2/bookings`, {
      method: 'POST', headers: this.headers, json: { service_id: id, starts_at: startsAt, customer: { name: 'Bench', phone } },
    });

    if (status !== 201) throw new Error(`a booking was answered ${status}: ${text.slice(0, 200)}`);
    await this.arrived(phone, seq);
    return performance.now() - began;
  }

  async all() {
    const { id, starts } = await this.starts();
    const took = [];

    for (let i = 0; i < this.times && i < starts.length; i += 1) {
      took.push(await this.one(id, starts[i], `+49151${String(Date.now()).slice(-6)}${String(i % 100).padStart(2, '0')}`));
    }
    took.sort((a, b) => a - b);
    const value = Math.round(took[took.length >> 1]);
    return [{ name: 'booking to SMS at the provider, median', value, unit: 'ms', bare: null, ratio: null, goal: `<= ${MEDIAN_MS}`, held: value <= MEDIAN_MS }];
  }
}
