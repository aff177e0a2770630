// Bookings: how many a second, spread over all staff members of all companies;
// how long the two steps of a call take; and many at once for one slot.
import { median, p99 } from './measure.mjs';
import { FIRST, FREE_FROM, STAFF, CUSTOMERS, rowOf } from './mass.mjs';
import { idOf } from './data.mjs';
import { answers, httpRequest, latency, throughput, writeRequests } from './tools.mjs';

const CELLS = 14; // half hours of a day, inside everybody's hours in summer and winter
const OPENS = 8.5 * 60; // UTC
const HORIZON = 85; // days: the last on which is booked
const BARE_DAYS = 30; // the bare limit's bookings lie so much later
const RIVALS = 1_000;
const GOAL = { perSecond: 500, ratio: 0.45, call: 25 };
const CALLS_PER_SECOND = 100;

export class Bookings {
  /** m: Measurements. */
  constructor(m) {
    Object.assign(this, { m, next: 0, companies: m.plan.companies });
  }

  /** The n-th place: everybody's first free half hour, then everybody's second … */
  place(n) {
    const k = FIRST + n % this.companies;
    const p = 1 + Math.floor(n / this.companies) % STAFF;
    const cell = Math.floor(n / this.companies / STAFF);
    const day = FREE_FROM + 1 + Math.floor(cell / CELLS);
    const at = new Date();

    if (day > HORIZON) throw new Error('no slots are left: load more companies');
    at.setUTCHours(0, OPENS + 30 * (cell % CELLS), 0, 0);
    return { k, p, customer: rowOf(k, 1 + (cell * STAFF + p) % CUSTOMERS), at: at.getTime() + day * 86_400_000 };
  }

  /** Places that nobody has asked for before. */
  * places(count) {
    for (let i = 0; i < count; i += 1, this.next += 1) yield this.place(this.next);
  }

  booking({ k, p, customer, at }) {
    const body = JSON.stringify({
      service_id: idOf('service', k), staff_id: idOf('staff', rowOf(k, p)), starts_at: new Date(at).toISOString().replace('.000', ''), customer_id: idOf('customer', customer),
    });

    return httpRequest({ method: 'POST', path: '/api/v2/bookings', headers: { ...this.m.headers(k), 'Content-Type': 'application/json' }, body });
  }

  search({ k, at }) {
    const day = new Date(at).toISOString().slice(0, 10);

    return httpRequest({ path: `/api/v2/availability?service_id=${idOf('service', k)}&from=${day}&to=${day}`, headers: this.m.headers(k) });
  }

  /** The same bookings as statements only; they lie on later days. */
  bare({ k, p, customer, at }) {
    const time = (ms) => new Date(ms + BARE_DAYS * 86_400_000).toISOString().slice(0, 19).replace('T', '_');
    const facts = [this.m.numbers.get(k), idOf('customer', customer), idOf('service', k), idOf('segment', k), idOf('staff', rowOf(k, p)), idOf('resource', rowOf(k, p)),
      idOf('branch', k), time(at), time(at + 1_800_000)];

    return httpRequest({ method: 'POST', path: `/book?${facts.join(',')}`, body: '' });
  }

  file(name, count, make) {
    return writeRequests(this.m.file(name), (function* all(places) { for (const place of places) yield make(place); })(this.places(count)));
  }

  async rate() {
    const { m } = this;
    const { seconds, rounds } = m.plan;
    const enough = Math.ceil(4_000 * seconds);
    const closed = (port, file) => throughput({ port, file, seconds, distinct: enough });
    const both = [];

    for (let i = 0; i < rounds; i += 1) {
      const bare = await closed(m.bare.port, this.file('bare-book', enough, (place) => this.bare(place)));
      both.push({ bare, value: await closed(m.stackPort, this.file('book', enough, (place) => this.booking(place))) });
    }
    const { value, bare } = median(both, (r) => r.value / r.bare);
    const ratio = value / bare;
    const figure = (n) => Number(n.toPrecision(4));

    await this.check();
    return [
      { name: 'bookings, spread over staff', value: figure(value), unit: 'requests/s', bare: figure(bare), ratio: figure(ratio), goal: `>= ${GOAL.perSecond}, ratio >= ${GOAL.ratio}`, held: value >= GOAL.perSecond && ratio >= GOAL.ratio },
    ];
  }

  /** Both steps one after the other never take longer than their two slowest; bare, a row is read and the statements of a booking are sent. */
  async calls() {
    const { m } = this;
    const { steady, warmUp } = m.plan;
    const count = CALLS_PER_SECOND * (steady + warmUp);
    const run = (port, file) => latency({ port, file, rate: CALLS_PER_SECOND, seconds: steady, warmUp });
    const both = (one, other) => ({ p99: Number((one.p99 + other.p99).toPrecision(4)), bad: one.bad + other.bad, count: one.count + other.count });
    const bare = both(await run(m.bare.port, m.files.bareOne), await run(m.bare.port, this.file('bare-take', count, (place) => this.bare(place))));
    const from = this.next;
    const search = await run(m.stackPort, this.file('check', count, (place) => this.search(place)));

    this.next = from; // the same places are taken
    const book = await run(m.stackPort, this.file('take', count, (place) => this.booking(place)));

    return [p99(`check + book, both p99 added, at ${CALLS_PER_SECOND}/s`, both(search, book), bare, GOAL.call)];
  }

  async rivals() {
    const { m } = this;
    const [place] = this.places(1);
    const one = this.booking(place);
    const { status } = await answers({ port: m.stackPort, file: writeRequests(m.file('rivals'), [one]), count: RIVALS, connections: RIVALS });
    const won = status[201] ?? 0;
    const lost = status[409] ?? 0;

    await this.check();
    return [
      { name: `${RIVALS.toLocaleString('en')} rivals for one slot: winners`, value: won, unit: '', bare: null, ratio: null, goal: `1, and ${RIVALS - 1} x 409${won + lost < RIVALS ? `; answers: ${JSON.stringify(status)}` : ''}`, held: won === 1 && lost === RIVALS - 1 },
    ];
  }

  /** A rate of bookings that overlap would be worth nothing. */
  async check() {
    const [[overlaps]] = await this.m.sql(`
SELECT COUNT(*) FROM occupancy a JOIN occupancy b ON b.company_id = a.company_id AND b.resource_id = a.resource_id AND b.lane = a.lane AND b.id > a.id
AND b.starts_at < a.ends_at AND a.starts_at < b.ends_at AND b.ends_at > UTC_DATE() + INTERVAL ${FREE_FROM} DAY WHERE a.starts_at > UTC_DATE() + INTERVAL ${FREE_FROM} DAY`);

    if (overlaps !== '0') throw new Error(`${overlaps} double bookings`);
  }

  async all() {
    return [...await this.rate(), ...await this.calls(), ...await this.rivals()];
  }
}
