// A day at the desk in a minute, while something is being broken: calls arrive
// by webhook, sent again until they are taken as providers do; appointments are
// booked over the API, sent again with their key until there is an answer. A
// watch reads the tables every second, and in the end everything is counted: in
// the database, and at the providers who had to carry the messages.
import { addDays, isoWeekday, localDate } from '../support/dates.mjs';
import { request, sleep, Unreachable } from '../support/http.mjs';
import { retellRequest } from '../support/retell.mjs';

export const KEY = 'fdk_test_demoSalon000000000000000000000006vg4hR';
const LIFE = ['call_started', 'call_ended', 'call_analyzed'];
const WISHES = 1.5; // of calls for an appointment, a second; and as many bookings over the API
const RETRY_MS = [100, 200, 400, 800, 1_600, 3_000]; // then as the last
const ANSWER_WITHIN_MS = 8_000;
const SEEN_WITHIN_MS = 5_000; // what is acknowledged, by whoever reads the tables
const SHUFFLED = 48; // events that overtake each other
const TIMES = ['10:00', '10:30', '11:00', '11:30', '12:00', '12:30', '14:00', '14:30', '15:00', '15:30', '16:00', '16:30', '17:00', '17:30']; // of all

/** Whatever waits for its time, but for tomorrow's reminders, has waited long enough. Workers may be in the way: then the next time. */
export async function letTimePass(sql) {
  try {
    await sql(`
UPDATE breaker SET retry_at = NOW(3) WHERE state = 'open';
UPDATE job SET run_at = NOW(3) WHERE state = 'queued' AND run_at BETWEEN NOW(3) + INTERVAL 2 SECOND AND NOW(3) + INTERVAL 1 HOUR`);
  } catch (e) {
    if (!/Deadlock|Lock wait timeout|Record has changed/.test(e.message)) throw e;
  }
}

let runs = 0;

/** Times at which somebody works who has these days off, from the third day on. */
export function* places(off) {
  for (let date = addDays(localDate('Europe/Berlin'), 3), i = 0; i < 80; date = addDays(date, 1), i += 1) {
    if (!off.includes(isoWeekday(date))) for (const time of TIMES) yield { date, time };
  }
}

export class Storm {
  /**
   * stack, sql: a private Frontdesk. free: {calls, api}, generators of places.
   * copies: how often each webhook is sent; with more than one they are shuffled.
   */
  constructor({ stack, sql, free, rate = 200, copies = 1 }) {
    Object.assign(this, { stack, sql, free, rate, copies, name: `storm_${process.pid}_${runs += 1}` });
    this.calls = new Map(); // id: {phone, email, wish}
    this.bookings = []; // {key, phone, status, id}
    this.accepted = new Map(); // "id event": when
    this.unseen = new Map();
    this.said = {}; // how often each answer
    this.faults = [];
    this.stopped = false;
    this.work = [];
    this.looks = 0;
    this.health = new Map();
  }

  start() {
    this.work = [this.send(), this.book(), this.everySecond(() => this.look()), this.everySecond(() => this.ask())];
  }

  /** Waits until whatever was begun is answered. */
  async stop() {
    this.stopped = true;
    await Promise.all(this.work);
    await Promise.all(this.under ?? []);
  }

  answered(what) {
    this.said[what] = (this.said[what] ?? 0) + 1;
  }

  /** Sends until it is answered for good; {status, json}. */
  async untilAnswered(path, options, good) {
    for (let i = 0; ; i += 1) {
      try {
        const answer = await request(this.stack.base + path, { ...options, timeoutMs: ANSWER_WITHIN_MS });

        this.answered(answer.status);
        if (good(answer.status)) return answer;
      } catch (e) {
        if (!(e instanceof Unreachable)) throw e;
        this.answered(e.code === 'ETIMEDOUT' ? 'silent' : 'cut');
      }
      await sleep(RETRY_MS[Math.min(i, RETRY_MS.length - 1)] * (0.5 + Math.random()));
    }
  }

  /* ---- calls ---- */

  newCall() {
    const n = this.calls.size;
    const phone = `+49152${String(process.pid % 100).padStart(2, '0')}${runs % 10}${String(n).padStart(5, '0')}`;
    const wished = n % Math.round(this.rate / LIFE.length / WISHES) === 0 ? this.free.calls.next().value : undefined;
    const call = { id: `${this.name}_${n}`, phone, email: `guest-${this.name}-${n}@kunde.example`, wished };

    this.calls.set(call.id, call);
    return call;
  }

  events({ id, phone, email, wished }) {
    const wish = wished && {
      intent: 'book', service: 'Haircut', staff: 'Anna', customer_name: 'Guest', email, appointment_date: wished.date, appointment_time: wished.time,
      accepts_alternatives: true, confidence: 0.97,
    };
    const analysis = { call_summary: 'Of the storm.', user_sentiment: 'Neutral', custom_analysis_data: wish ?? { intent: 'price' } };

    return LIFE.map((event) => ({
      key: `${id} ${event}`,
      make: () => retellRequest({ event, callId: id, from: phone, more: event === 'call_analyzed' ? { call_analysis: analysis } : {} }),
    }));
  }

  async deliver({ key, make }) {
    const { path, ...options } = make();

    await this.untilAnswered(path, options, (status) => status < 300);
    if (!this.accepted.has(key)) {
      this.accepted.set(key, Date.now());
      this.unseen.set(key, Date.now());
    }
  }

  /** `rate` webhooks a second, whatever becomes of those before. */
  async send() {
    const began = performance.now();
    const waiting = [];
    const under = new Set();

    this.under = under;
    for (let sent = 0; !this.stopped || waiting.length > 0; sent += 1) {
      while (!this.stopped && waiting.length < (this.copies > 1 ? SHUFFLED : 1)) {
        for (const e of this.events(this.newCall())) for (let i = 0; i < this.copies; i += 1) waiting.push(e);
      }
      const at = this.copies > 1 ? Math.floor(Math.random() * waiting.length) : 0;
      const going = this.deliver(waiting.splice(at, 1)[0]).finally(() => under.delete(going));

      under.add(going);
      const early = sent * 1000 / this.rate - (performance.now() - began);
      if (early > 1 && !this.stopped) await sleep(early);
    }
  }

  /* ---- bookings over the API ---- */

  async book() {
    const headers = { Authorization: `Bearer ${KEY}` };
    const get = async (path) => (await this.untilAnswered(`/api/v2/${path}`, { headers }, (status) => status === 200)).json.data;
    const service = (await get('services')).find((s) => s.name === 'Haircut');
    const ben = (await get('staff')).find((s) => s.name === 'Ben');
    const under = [];

    while (!this.stopped) {
      const { value: place } = this.free.api.next();
      if (place === undefined) break;
      const booking = { key: `${this.name}-${this.bookings.length}`, phone: `+49151${String(process.pid % 100).padStart(2, '0')}${runs % 10}${String(this.bookings.length).padStart(5, '0')}` };

      this.bookings.push(booking);
      under.push(this.bookOne(booking, { service_id: service.id, staff_id: ben.id, local_start: `${place.date}T${place.time}` }, headers));
      await sleep(1000 / WISHES);
    }
    await Promise.all(under);
  }

  async bookOne(booking, what, headers) {
    const { status, json } = await this.untilAnswered('/api/v2/bookings', {
      method: 'POST', headers: { ...headers, 'Idempotency-Key': booking.key }, json: { ...what, customer: { name: booking.key, phone: booking.phone } },
    }, (s) => s < 500 && s !== 429 && s !== 408);

    if (status === 409 && json?.code === 'idempotency_in_progress') {
      await sleep(500);
      return this.bookOne(booking, what, headers);
    }
    Object.assign(booking, { status, id: json?.id });
    if (status !== 201) this.faults.push(`a booking that nobody rivals was answered ${status} ${json?.code} ${json?.message}`);
    return undefined;
  }

  /* ---- the watch ---- */

  mine(column) {
    return `${column} LIKE '${this.name}\\_%'`;
  }

  async everySecond(does) {
    while (!this.stopped) await Promise.all([sleep(1_000), does()]);
  }

  /** As long as there is a database: what was acknowledged is there, with its job. */
  async look() {
    try {
      await this.lookUp();
      this.looks += 1;
    } catch (e) {
      if (!/^SQL failed/.test(e.message)) throw e;
      this.answered('no look');
    }
  }

  async lookUp() {
    const before = Date.now();
    const late = [...this.unseen].filter(([, at]) => at < before - SEEN_WITHIN_MS).map(([key]) => key);
    const rows = await this.sql(`
SELECT i.external_id, i.event, j.state FROM inbox_event i LEFT JOIN job j ON j.ref_id = i.id AND j.kind = 'inbox.retell'
WHERE ${this.mine('i.external_id')} AND i.received_at > NOW(3) - INTERVAL 60 SECOND`);

    for (const [id, event, state] of rows) {
      this.unseen.delete(`${id} ${event}`);
      if (state === null) this.faults.push(`${id} ${event} has no job`);
    }
    for (const key of late) {
      if (this.unseen.delete(key) && !(await this.isStored(key))) this.faults.push(`${key} was acknowledged and is not there`);
    }
  }

  async isStored(key) {
    const [id, event] = key.split(' ');
    const [[n]] = await this.sql(`SELECT COUNT(*) FROM inbox_event WHERE external_id = '${id}' AND event = '${event}'`);

    return n !== '0';
  }

  /** What health says meanwhile: how often each part was not well. */
  async ask() {
    const count = (what) => this.health.set(what, (this.health.get(what) ?? 0) + 1);

    try {
      const [brief, detailed] = await Promise.all(['', '/detailed'].map((part) => request(`${this.stack.base}/api/health${part}`, { timeoutMs: ANSWER_WITHIN_MS })));

      count(brief.status);
      (detailed.json?.parts ?? []).filter((p) => p.status !== 'ok').forEach((p) => count(`${p.name} ${p.status}`));
    } catch (e) {
      if (!(e instanceof Unreachable)) throw e;
      count('none');
    }
  }

  /* ---- the count ---- */

  /** Presses the button for what is dead until nothing waits; how much that was. */
  async drain(withinMs = 120_000) {
    const headers = { Authorization: `Bearer ${KEY}` };
    const until = Date.now() + withinMs;
    let replayed = 0;

    for (;;) {
      const states = Object.fromEntries(await this.sql(`SELECT state, COUNT(*) FROM job
WHERE state <> 'done' AND run_at < NOW(3) + INTERVAL 1 HOUR AND kind NOT IN ('audit.seal', 'sweep', 'retention', 'retention.day', 'api_key.reminders') GROUP BY state`));
      if (Object.keys(states).length === 0) return replayed;
      if (Date.now() > until) {
        this.faults.push(`not done within ${withinMs / 1000} s: ${JSON.stringify(states)}`);
        return replayed;
      }
      if (states.dead) replayed += (await request(`${this.stack.base}/api/v2/dead-letters/replay`, { method: 'POST', headers, json: { all: true } })).json.replayed;
      await letTimePass(this.sql);
      await sleep(300);
    }
  }

  /** Sentences about what should not be. */
  async judge() {
    await this.judgeCalls();
    await this.judgeBookings();
    await this.judgeMessages();
    const pairs = await this.sql(`
SELECT r.name, a.starts_at, b.starts_at FROM occupancy a
JOIN occupancy b ON b.company_id = a.company_id AND b.resource_id = a.resource_id AND b.lane = a.lane AND b.id > a.id AND b.starts_at < a.ends_at AND a.starts_at < b.ends_at
JOIN resource r ON r.company_id = a.company_id AND r.id = a.resource_id`);
    this.faults.push(...pairs.map((p) => `double booking: ${p.join(' ')}`));
    return this.faults.slice(0, 20);
  }

  async judgeCalls() {
    const stored = new Map((await this.sql(`
SELECT CONCAT(i.external_id, ' ', i.event), COUNT(DISTINCT i.id), COUNT(DISTINCT j.id), SUM(j.state = 'done')
FROM inbox_event i LEFT JOIN job j ON j.ref_id = i.id AND j.kind = 'inbox.retell' WHERE ${this.mine('i.external_id')} GROUP BY 1`)).map(([key, ...n]) => [key, n.join(' ')]));
    const calls = new Map((await this.sql(`
SELECT c.provider_call_id, COUNT(DISTINCT c.id), COUNT(DISTINCT e.id), MAX(c.status), COUNT(DISTINCT a.id), COUNT(DISTINCT k.id)
FROM \`call\` c LEFT JOIN call_event e ON e.company_id = c.company_id AND e.call_id = c.id LEFT JOIN appointment a ON a.company_id = c.company_id AND a.call_id = c.id
LEFT JOIN customer k ON k.company_id = c.company_id AND k.phone = c.from_number
WHERE ${this.mine('c.provider_call_id')} GROUP BY 1`)).map(([id, ...facts]) => [id, facts.join(' ')]));

    for (const key of this.accepted.keys()) {
      if (stored.get(key) !== '1 1 1') this.faults.push(`${key}: ${stored.get(key) ?? 'not there'}, not one event with one job that is done`);
    }
    for (const { id, wished } of this.calls.values()) {
      if (!LIFE.every((event) => this.accepted.has(`${id} ${event}`))) continue;
      const wanted = `1 ${LIFE.length} analyzed ${wished ? 1 : 0}`;
      if (!calls.get(id)?.startsWith(wanted)) this.faults.push(`${id}: "${calls.get(id) ?? 'no call'}" and not "${wanted}"`);
    }
  }

  async judgeBookings() {
    const there = new Map((await this.sql(`
SELECT k.name, COUNT(DISTINCT a.id), COUNT(DISTINCT k.id), MAX(a.id) FROM customer k LEFT JOIN appointment a ON a.company_id = k.company_id AND a.customer_id = k.id
WHERE k.name LIKE '${this.name}-%' GROUP BY 1`)).map(([key, ...facts]) => [key, facts.join(' ')]));

    for (const { key, status, id } of this.bookings) {
      if (status === 201 && there.get(key) !== `1 1 ${id}`) this.faults.push(`${key}: "${there.get(key) ?? 'nothing'}" and not one booking ${id}`);
    }
  }

  /** One SMS for each visit, and none twice; of e-mails, which SMTP may repeat, one Message-ID. */
  async judgeMessages() {
    const { json } = await request(`${this.stack.sandbox}/sent.json?since=0`, { timeoutMs: 30_000 });
    const to = new Map();

    for (const m of json.messages) to.set(m.to, [...(to.get(m.to) ?? []), m]);
    const wanted = [
      ...[...this.calls.values()].filter(({ wished }) => wished).map((c) => ({ who: c.id, ...c })),
      ...this.bookings.filter(({ status }) => status === 201).map((b) => ({ who: b.key, phone: b.phone })),
    ];

    this.sms = wanted.length;
    this.mailsAgain = 0;
    for (const { who, phone, email } of wanted) {
      const sms = (to.get(phone) ?? []).length;
      const mails = (email && to.get(email)) ?? [];

      if (sms !== 1) this.faults.push(`${who}: ${sms} SMS to ${phone}`);
      if (email && new Set(mails.map((m) => m.sid)).size !== 1) this.faults.push(`${who}: ${mails.length} e-mails of ${new Set(mails.map((m) => m.sid)).size} Message-IDs`);
      this.mailsAgain += mails.length > 1 ? 1 : 0;
    }
  }

  /** What happened, for whoever reads the test's output. */
  figures() {
    return JSON.stringify({
      calls: this.calls.size, webhooks: this.accepted.size, bookings: this.bookings.length, sms: this.sms, mails_again: this.mailsAgain,
      looks: this.looks, answers: this.said, health: Object.fromEntries(this.health),
    });
  }
}
