// Live updates: how long until the last of many streams has heard of a change,
// from the request that makes it on, and what the two nginx instances take.
import { readFileSync } from 'node:fs';
import net from 'node:net';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { request, sleep } from '../support/http.mjs';

const KEY = 'fdk_test_demoSalon000000000000000000000006vg4hR';
const OWNER = { email: 'owner@salon.example', password: 'frontdesk-demo' };
const PAUSE_MS = 500; // between two changes
const LOST_MS = 10_000;
const ALL_MS = 1000;
const MEMORY_MB = 150;
const AT_ONCE = 20; // streams being opened

const round = (n) => Number(n.toPrecision(3));

/** Pss of a part of run-local, master and workers, in MB. */
function memoryOf(stack, part) {
  const pid = Number(readFileSync(join(stack.var, 'pids', part), 'utf8').split(' ')[0]);
  const all = [pid, ...readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').map(Number)];

  return all.reduce((sum, p) => sum + Number(/^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${p}/smaps_rollup`, 'utf8'))[1]), 0) / 1024;
}

export class Live {
  /** stack; plan: {subscribers, live}. */
  constructor({ stack, stackPort, plan }) {
    Object.assign(this, { stack, port: stackPort, plan, heard: new Map(), open: [], lost: 0 });
  }

  async send(path, token, json, status = 201) {
    const r = await request(`${this.stack.base}/api/v2/${path}`, { method: 'POST', json, headers: { Authorization: `Bearer ${token}` } });

    if (r.status !== status) throw new Error(`POST ${path} was answered ${r.status}: ${r.text.slice(0, 200)}`);
    return r.json;
  }

  /** One stream, by as little as there is: the ids of what came are counted. */
  async stream(token) {
    const { url } = await this.send('live/ticket', token, {});

    await new Promise((resolve, reject) => {
      const socket = net.connect(this.port, '127.0.0.1');
      let rest = '';

      socket.setEncoding('latin1').on('error', reject).on('close', () => { this.lost += 1; });
      socket.on('data', (text) => {
        rest += text;
        if (rest.startsWith('HTTP/1.1 ') && rest.includes('\r\n')) {
          if (rest.startsWith('HTTP/1.1 200')) resolve();
          else reject(new Error(`a stream was answered ${rest.slice(0, 40)}`));
        }
        for (const [, id] of rest.matchAll(/"ids":\["([0-9a-f-]{36})"\]\}/g)) this.hear(id);
        rest = rest.slice(rest.lastIndexOf('}') + 1).slice(-400);
      });
      socket.write(`GET ${url} HTTP/1.1\r\nHost: 127.0.0.1:${this.port}\r\nAccept: text/event-stream\r\n\r\n`);
      this.open.push(socket);
    });
  }

  hear(id) {
    const known = this.heard.get(id) ?? { n: 0, at: 0 };

    known.n += 1;
    known.at = performance.now();
    this.heard.set(id, known);
  }

  async subscribe() {
    const { access_token: token } = await this.send('auth/login', '', OWNER, 200);
    let left = this.plan.subscribers;

    await Promise.all(Array.from({ length: AT_ONCE }, async () => {
      while (left > 0) {
        left -= 1;
        await this.stream(token);
      }
    }));
  }

  /** Milliseconds from the request to the last of all streams. */
  async change() {
    const began = performance.now();
    const { id } = await this.send('customers', KEY, { name: 'Bench' });

    while (performance.now() - began < LOST_MS) {
      const known = this.heard.get(id);

      if (known?.n === this.plan.subscribers) return known.at - began;
      await sleep(5);
    }
    throw new Error(`a change reached ${this.heard.get(id)?.n ?? 0} of ${this.plan.subscribers} streams within ${LOST_MS / 1000} s`);
  }

  async all() {
    const took = [];

    try {
      await this.subscribe();
      for (const end = performance.now() + this.plan.live * 1000; performance.now() < end;) {
        took.push(await this.change());
        await sleep(PAUSE_MS);
      }
      const [nginx, live] = ['nginx', 'live'].map((part) => memoryOf(this.stack, part));
      const worst = Math.max(...took);

      took.sort((a, b) => a - b);
      return [
        { name: `a change to the last of ${this.plan.subscribers} streams, worst of ${took.length} (bare: median)`, value: round(worst),
          unit: 'ms', bare: round(took[took.length >> 1]), ratio: null, goal: `<= ${ALL_MS}`, held: worst <= ALL_MS && this.lost === 0 },
        { name: `nginx with them, Pss (${round(nginx)} the site, ${round(live)} the streams)`, value: round(nginx + live),
          unit: 'MB', bare: null, ratio: null, goal: `<= ${MEMORY_MB}`, held: nginx + live <= MEMORY_MB },
      ];
    } finally {
      for (const socket of this.open) socket.destroy();
    }
  }
}
