// Log-ins: whether the time that a refusal takes tells which addresses have an
// account, and whether a thousand tries a second hold up anybody's webhooks.
import { request } from '../support/http.mjs';
import { retellRequest } from '../support/retell.mjs';
import { httpRequest, latency, writeRequests } from './tools.mjs';

const KNOWN = 'owner@salon.example';
const RATE = 1000; // log-ins a second
const WEBHOOKS = 200; // a second: what two cores also process, minute after minute
const T_MOST = 4.5; // beyond it chance is no explanation (1 in 150,000)
const SLOWER_MOST = 1.1;
const EVENT_BYTES = 4096;

const round = (n) => Number(n.toPrecision(4));
const mean = (all) => all.reduce((a, b) => a + b, 0) / all.length;
const median = (all) => [...all].sort((a, b) => a - b)[all.length >> 1];
const variance = (all) => { const m = mean(all); return mean(all.map((x) => (x - m) ** 2)) * all.length / (all.length - 1); };

/** Welch's t: how far two means are apart, in the noise of both. */
export function welch(a, b) {
  return (mean(a) - mean(b)) / Math.sqrt(variance(a) / a.length + variance(b) / b.length);
}

/** m: {stack, stackPort, plan: {tries, storm, warmUp}, file(name)}. */
export class Logins {
  constructor(m) {
    Object.assign(this, { stack: m.stack, port: m.stackPort, plan: m.plan, file: m.file, made: 0 });
  }

  async try(email) {
    const began = performance.now();
    const { status } = await request(`${this.stack.base}/api/v2/auth/login`, { method: 'POST', json: { email, password: 'not-the-password-of-anybody' } });

    if (status !== 401) throw new Error(`a log-in with a wrong password was answered ${status}`);
    return performance.now() - began;
  }

  /** One after the other, now this and now that, so that both meet the same machine. */
  async timing() {
    const took = { known: [], unknown: [] };

    for (let i = 0; i < this.plan.tries; i += 1) {
      const order = Math.random() < 0.5 ? ['known', 'unknown'] : ['unknown', 'known'];
      for (const who of order) took[who].push(await this.try(who === 'known' ? KNOWN : `nobody-${i}-${process.pid}@salon.example`));
    }
    const t = welch(took.known, took.unknown);
    const [known, unknown] = [median(took.known), median(took.unknown)];

    return {
      name: `log-in refused, known address (bare: an unknown one), ${this.plan.tries} tries each, Welch's t ${t.toFixed(2)}`,
      value: round(known), unit: 'ms', bare: round(unknown), ratio: round(known / unknown), goal: `|t| < ${T_MOST}`, held: Math.abs(t) < T_MOST,
    };
  }

  webhooks() {
    const { storm, warmUp } = this.plan;
    const count = WEBHOOKS * (storm + warmUp);
    const from = this.made;
    const make = function* make() {
      for (let i = 0; i < count; i += 1) {
        yield httpRequest(retellRequest({ hook: 'demo-salon', key: 'key_demo_salon', callId: `call_storm_${process.pid}_${from + i}`, bytes: EVENT_BYTES }));
      }
    };

    this.made += count;
    return latency({ port: this.port, file: writeRequests(this.file('storm-events'), make()), rate: WEBHOOKS, seconds: storm, warmUp });
  }

  /** From as many addresses as tries: nothing but the queue for passwords stops them. */
  logins() {
    const { storm, warmUp } = this.plan;
    const make = function* make() {
      for (let i = 0; i < 2000; i += 1) {
        const body = JSON.stringify({ email: i % 2 ? KNOWN : `nobody-${i}@salon.example`, password: `wrong-password-${i}` });
        yield httpRequest({ method: 'POST', path: '/api/v2/auth/login', headers: { 'Content-Type': 'application/json' }, body });
      }
    };

    return latency({ port: this.port, file: writeRequests(this.file('storm-logins'), make()), rate: RATE, seconds: storm + warmUp, warmUp: 0, connections: 256 });
  }

  /** Webhooks alone, and beside a storm of log-ins. */
  async storm() {
    const alone = await this.webhooks();
    const [beside, logins] = await Promise.all([this.webhooks(), this.logins()]);
    const ratio = beside.p99 / alone.p99;
    const checked = logins.status[401] ?? 0;

    return {
      name: `webhook acknowledged, p99 beside ${RATE.toLocaleString('en')} log-ins/s (bare: without), of which ${checked} were checked and `
        + `${logins.status[429] ?? 0} told to wait`,
      value: beside.p99, unit: 'ms', bare: alone.p99, ratio: round(ratio), goal: `ratio <= ${SLOWER_MOST}, all 2xx`,
      held: ratio <= SLOWER_MOST && beside.bad === 0 && alone.bad === 0,
    };
  }

  async all() {
    return [await this.timing(), await this.storm()];
  }
}
