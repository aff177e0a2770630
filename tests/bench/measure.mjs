// What is measured. Every figure stands beside the bare limit of the same
// minute: runs of both take turns, and the middle one of the rounds counts.
import { fcgiRequest } from '../support/fcgi.mjs';
import { rssAnon, startAlone, workerCommand } from '../support/alone.mjs';
import { partMembers, signal } from '../support/process.mjs';
import { retellRequest } from '../support/retell.mjs';
import { COMPANIES, ROWS, TEAMS, idOf, rowNumber } from './data.mjs';
import { exactly, httpRequest, latency, throughput, writeRequests } from './tools.mjs';

const HOOKS = [{ hook: 'demo-salon', key: 'key_demo_salon' }, { hook: 'demo-dental', key: 'key_demo_dental' }];
const EVENT_BYTES = 4096;
const LEAST = { one: 0.6, list: 0.7, webhook: 0.5 }; // of the bare limit

/** The middle one by what `by` says of each. */
export function median(items, by = (item) => item) {
  return [...items].sort((a, b) => by(a) - by(b))[items.length >> 1];
}

const round = (n) => Number(n.toPrecision(4));

function atLeast(name, { value, bare }, least) {
  const ratio = value / bare;

  return { name, value: round(value), unit: 'requests/s', bare: round(bare), ratio: round(ratio), goal: `ratio >= ${least}`, held: ratio >= least };
}

/** `figure` null: no goal, only shown beside the bare limit. */
export function p99(name, real, bare, figure) {
  const most = Math.max(figure, 2 * bare.p99);
  const missing = real.bad > 0 ? `; ${real.bad} of ${real.count} not answered 2xx` : '';
  const goal = figure === null ? null : `<= ${round(most)} (${figure} or 2 x bare)${missing}`;

  return {
    name, value: real.p99, unit: 'ms', bare: bare.p99, ratio: round(real.p99 / bare.p99), goal,
    held: figure === null ? null : real.p99 <= most && real.bad === 0,
  };
}

function atMost(name, value, unit, most) {
  return { name, value: round(value), unit, bare: null, ratio: null, goal: `<= ${most}`, held: value <= most };
}

/** Every company's every row once, the company changing each time. */
function* rows(request) {
  for (let i = 1; i <= ROWS; i += 1) for (let k = 1; k <= COMPANIES; k += 1) yield httpRequest(request(k, i));
}

/** bench: {stack, bare, numbers (by company), token(), file(name), plan}. */
export class Measurements {
  constructor(bench) {
    Object.assign(this, bench);
    this.events = 0;
  }

  headers(k, token = this.accessToken) {
    return { Authorization: `Bearer ${token}`, 'X-Company-Id': idOf('company', k) };
  }

  /** The files of requests that do not change during a run. */
  async prepare() {
    this.accessToken = await this.token();
    const real = (path) => (k, i) => ({ path: path(k, i), headers: this.headers(k) });
    const file = (name, request) => writeRequests(this.file(name), rows(request));

    this.files = {
      one: file('one', real((k, i) => `/api/v2/customers/${idOf('customer', rowNumber(k, i))}`)),
      booking: file('booking', real((k, i) => `/api/v2/bookings/${idOf('appointment', rowNumber(k, i))}`)),
      list: file('list', real(() => '/api/v2/calls?limit=50')),
      bareOne: file('bare-one', (k, i) => ({ path: `/one?${this.numbers.get(k)},${idOf('customer', rowNumber(k, i))}` })),
      bareList: file('bare-list', (k) => ({ path: `/list?${this.numbers.get(k)}` })),
      team10: this.availability(10, 14),
      team60: this.availability(60, 31),
    };
  }

  availability(staff, days) {
    return writeRequests(this.file(`team${staff}`), [this.availabilityRequest(staff, days)]);
  }

  availabilityRequest(staff, days) {
    const k = TEAMS[staff];
    const day = (n) => new Date(Date.now() + n * 86_400_000).toISOString().slice(0, 10);

    return httpRequest({
      path: `/api/v2/availability?service_id=${idOf('service', k)}&from=${day(1)}&to=${day(days)}`, headers: this.headers(k),
    });
  }

  /** Signed now (a signature is good for five minutes), each event new; `path` instead of the hook's for the bare server. */
  signed(count, path) {
    const make = function* make(from) {
      for (let i = 0; i < count; i += 1) {
        const request = retellRequest({ ...HOOKS[i % 2], callId: `call_bench_${process.pid}_${from + i}`, bytes: EVENT_BYTES });
        yield httpRequest({ ...request, path: path ?? request.path });
      }
    };
    const from = this.events;

    this.events += count;
    return writeRequests(this.file('events'), make(from));
  }

  /** The round with the middle ratio, of rounds that take turns: {value, bare}. */
  async compare(realRun, bareRun) {
    const rounds = [];

    for (let i = 0; i < this.plan.rounds; i += 1) {
      const bare = await bareRun();
      rounds.push({ bare, value: await realRun(bare) });
    }
    return median(rounds, ({ value, bare }) => value / bare);
  }

  closed(port, file, distinct) {
    return throughput({ port, file, seconds: this.plan.seconds, distinct });
  }

  async reads() {
    const { files, stackPort, bare } = this;
    const pair = (real, bareFile) => this.compare(() => this.closed(stackPort, files[real]), () => this.closed(bare.port, files[bareFile]));

    return [
      atLeast('read of one row, authenticated', await pair('one', 'bareOne'), LEAST.one),
      atLeast('list of 50, authenticated', await pair('list', 'bareList'), LEAST.list),
      { ...atLeast('read of an appointment with names and segments', await pair('booking', 'bareOne'), 0), goal: null, held: null },
    ];
  }

  steady(port, file, rate) {
    return latency({ port, file, rate, seconds: this.plan.steady, warmUp: this.plan.warmUp });
  }

  async readLatencies() {
    const { files, stackPort, bare } = this;
    const bareOne = await this.steady(bare.port, files.bareOne, 200);

    return [
      p99('read of one row, p99 at 200/s', await this.steady(stackPort, files.one, 200), bareOne, null),
      p99('availability 10 staff x 14 days, p99 at 200/s', await this.steady(stackPort, files.team10, 200), bareOne, 5),
      p99('availability 60 staff x 31 days, p99 at 50/s', await this.steady(stackPort, files.team60, 50), bareOne, null),
      p99('availability 60 staff x 31 days, p99 at 200/s', await this.steady(stackPort, files.team60, 200), bareOne, 15),
    ];
  }

  /** While events only pile up, nothing else works on them. */
  async webhooks() {
    const worker = partMembers(this.stack, 'worker');
    const { stackPort, bare, plan } = this;
    const all = 1000 * (plan.steady + plan.warmUp);

    worker.forEach((pid) => signal(pid, 'SIGSTOP'));
    try {
      const rates = await this.compare(
        (bareRate) => {
          const count = Math.ceil(bareRate * plan.seconds * 1.5);
          return this.closed(stackPort, this.signed(count), count);
        },
        () => this.closed(bare.port, this.signed(2000, '/write')),
      );
      const bareSteady = await this.steady(bare.port, this.signed(all, '/write'), 1000);
      const steady = await this.steady(stackPort, this.signed(all), 1000);

      await this.checkStored();
      return [
        atLeast('webhook acknowledged', rates, LEAST.webhook),
        p99('webhook acknowledged, p99 at 1,000/s', steady, bareSteady, 10),
      ];
    } finally {
      await this.sql("DELETE FROM job WHERE state = 'queued' AND kind = 'inbox.retell'; TRUNCATE bench.event");
      worker.forEach((pid) => signal(pid, 'SIGCONT'));
    }
  }

  /** A throughput of events that were not kept would be worth nothing. */
  async checkStored() {
    const mine = `call_bench_${process.pid}_%`;
    const [[events, jobs]] = await this.sql(`SELECT COUNT(*), COUNT(j.id) FROM inbox_event i LEFT JOIN job j ON j.ref_id = i.id WHERE i.external_id LIKE '${mine}'`);

    if (events !== jobs || Number(events) < 1000 * this.plan.steady) throw new Error(`of the acknowledged webhooks ${events} were stored, with ${jobs} jobs`);
  }

  /** From exec to the first answer, with a warm page cache. */
  async start() {
    const took = [];

    for (let i = 0; i < 10; i += 1) {
      const began = performance.now();
      const worker = await startAlone(workerCommand(this.stack));
      const { status } = await fcgiRequest(worker.socket, { path: '/api/health' });

      took.push(performance.now() - began);
      await worker.end();
      if (status !== 200) throw new Error(`a worker that has just begun answered ${status}: ${worker.said()}`);
    }
    return atMost('start, from exec to the first answer', median(took.slice(1)), 'ms', 60);
  }

  /** One worker by itself, asked for a bit of everything. */
  async memory() {
    const [first, last] = this.plan.memory;
    const worker = await startAlone(workerCommand(this.stack), { socket: this.bare.aloneSocket });
    const file = writeRequests(this.file('mixed'), this.mixed());

    try {
      await exactly({ port: this.bare.alonePort, file, count: first });
      const before = rssAnon(worker.pid);
      await exactly({ port: this.bare.alonePort, file, count: last - first });
      const after = rssAnon(worker.pid);
      return [
        atMost(`private memory of a worker after ${last.toLocaleString('en')} requests`, after / 1024, 'MB', 8),
        atMost(`its growth since the ${first.toLocaleString('en')}th`, Math.max(0, after - before), 'kB', 64),
      ];
    } finally {
      await worker.end();
    }
  }

  * mixed() {
    for (let i = 1; i <= ROWS; i += 1) {
      const k = 1 + (i % COMPANIES);
      const get = (path) => httpRequest({ path, headers: this.headers(k) });

      yield get('/api/v2/calls?limit=50');
      yield get(`/api/v2/bookings/${idOf('appointment', rowNumber(k, i))}`);
      yield get(`/api/v2/calls/${idOf('call', rowNumber(k, i))}`);
      if (i % 4 === 0) yield this.availabilityRequest(10, 14);
      yield httpRequest(retellRequest({ ...HOOKS[i % 2], callId: `call_mixed_${process.pid}_${i}`, bytes: EVENT_BYTES }));
      for (let n = 0; n < 12; n += 1) yield get(`/api/v2/customers/${idOf('customer', rowNumber(k, 1 + ((i * 12 + n) % ROWS)))}`);
    }
  }
}
