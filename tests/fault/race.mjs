// 64 rivals who want the same hour of one staff member over HTTP: some cancel,
// some move, and who lost tries an alternative on the spot. A ledger of what
// was answered is then held against what the database has.
import { randomUUID } from 'node:crypto';
import { addDays, localDate } from '../support/dates.mjs';
import { Unreachable, request, sleep } from '../support/http.mjs';

export const RIVALS = 64;
const LATECOMERS = 2;
const WORKERS = 4; // of the pool
const ZONE = 'Europe/Berlin';
const APART = 4; // days from one round to the next: alternatives lie up to three days ahead
const DAYS = 100; // rounds, until the days are wiped and used again
const HOUR = { begins: 600, ends: 660 };
const ANSWER_WITHIN_MS = 30_000;
const TRIES = 100; // of a request whose worker was killed

const ID = '-0000-7000-8000-';
const id = (kind, n) => `019a00${kind}${ID}${String(n).padStart(12, '0')}`;
const [ANNA, BEN, CLARA, CHAIR] = [1, 2, 3, 4];

/** parts: minutes, processing; who: staff members; own: minutes that Anna needs; chair: taken all the time. */
const SERVICES = [
  { name: 'Fringe', parts: [{ minutes: 15, who: [ANNA] }] },
  { name: 'Wash', after: 10, parts: [{ minutes: 20, who: [ANNA] }] },
  { name: 'Cut', before: 5, after: 5, parts: [{ minutes: 30, who: [ANNA] }] },
  { name: 'Style', parts: [{ minutes: 25, own: 20, who: [ANNA] }] },
  { name: 'Chair cut', chair: true, parts: [{ minutes: 15, who: [ANNA] }] },
  { name: 'Cut and colour', parts: [{ minutes: 10, who: [ANNA] }, { minutes: 10, processing: 10, who: [BEN, CLARA] }, { minutes: 10, as: 0, who: [ANNA] }] },
  { name: 'Class', capacity: 4, parts: [{ minutes: 20, who: [ANNA] }] },
].map((s, i) => ({ before: 0, after: 0, capacity: 1, ...s, id: id('50', i + 1) }));

const any = (list) => list[Math.floor(Math.random() * list.length)];

/* ---- the company they meet in ---- */

const rows = (list, columns) => list.map((r) => `(@c, ${columns.map((k) => (r[k] === null ? 'NULL' : typeof r[k] === 'number' ? r[k] : `'${r[k]}'`)).join(', ')})`).join(',\n');
const insert = (table, list) => `INSERT INTO ${table} (company_id, ${Object.keys(list[0]).join(', ')}) VALUES\n${rows(list, Object.keys(list[0]))};\n`;

function companySql() {
  const branch_id = id('b0', 1);
  const staff = [ANNA, BEN, CLARA].map((n) => ({ id: id('d0', n), branch_id, resource_id: id('e0', n), name: `Member ${n}`, position: n }));
  const segments = SERVICES.flatMap((s, k) => s.parts.map((p, i) => ({
    id: id('51', k * 10 + i), service_id: s.id, position: i + 1, name: `${s.name} ${i + 1}`, duration_minutes: p.minutes,
    processing_minutes: p.processing ?? 0, same_staff_as: p.as === undefined ? null : p.as + 1,
  })));
  const doers = SERVICES.flatMap((s, k) => s.parts.flatMap((p, i) => p.who.map((w) => ({
    id: id('52', k * 100 + i * 10 + w), service_segment_id: id('51', k * 10 + i), staff_id: id('d0', w), duration_minutes: p.own ?? null,
  }))));

  return `
INSERT INTO company (uid, tenant_id, plan_id, slug, name, country, time_zone, currency, locale, status)
SELECT '${id('c0', 1)}', tenant_id, plan_id, 'race', 'Race', 'DE', '${ZONE}', 'EUR', 'de', 'active' FROM company WHERE slug = 'salon-morgenrot';
SET @c = (SELECT id FROM company WHERE slug = 'race');
INSERT INTO company_settings (company_id, id) SELECT id, uid FROM company WHERE id = @c;
INSERT INTO membership (user_id, company_id, role) SELECT id, @c, 'owner' FROM user WHERE email = 'owner@salon.example';
${insert('branch', [{ id: branch_id, name: 'Here', time_zone: ZONE }])}
${insert('resource', [...staff.map((s) => ({ id: s.resource_id, branch_id, kind: 'staff', name: s.name, capacity: 1 })),
    { id: id('e0', CHAIR), branch_id, kind: 'room', name: 'Chairs', capacity: 2 }])}
${insert('staff', staff)}
${insert('working_hours', staff.flatMap((s, n) => [1, 2, 3, 4, 5, 6, 7].map((weekday) => ({ id: id('d1', n * 10 + weekday), branch_id, staff_id: s.id, weekday, start_minute: 540, end_minute: 1080 }))))}
${insert('service', SERVICES.map((s) => ({
    id: s.id, name: s.name, duration_minutes: minutesOf(s), price_cents: 1000, currency: 'EUR', buffer_before_minutes: s.before,
    buffer_after_minutes: s.after, grid_minutes: 5, notice_minutes: 0, horizon_days: 3650, capacity: s.capacity,
  })))}
${insert('service_segment', segments)}
${insert('service_staff', doers)}
${insert('service_resource', SERVICES.flatMap((s, k) => (s.chair ? [{ id: id('53', k), service_segment_id: id('51', k * 10), resource_id: id('e0', CHAIR) }] : [])))}`;
}

const minutesOf = (s) => s.parts.reduce((sum, p) => sum + (p.own ?? p.minutes) + (p.processing ?? 0), 0);

/** What a visit takes of whom, in minutes after its start. */
function takes(service) {
  const out = [];
  let at = 0;

  service.parts.forEach((p, i) => {
    const done = at + (p.own ?? p.minutes);
    const last = i === service.parts.length - 1;
    const span = { from: at - (i === 0 ? service.before : 0), to: done + (last ? service.after : 0) };

    out.push({ of: p.who.length > 1 ? 'colour' : 'anna', ...span });
    if (service.chair) out.push({ of: 'chair', ...span });
    at = done + (p.processing ?? 0);
  });
  return out;
}

/** Whether the visits that came could have kept this one from its place; a class may have been all but full before. */
function inTheWay(service, start, others, before = others) {
  const apart = (o) => (Date.parse(o.start) - Date.parse(start)) / 60_000;
  const meets = (o) => takes(service).some((a) => takes(o.service).some((b) => a.of === b.of && a.from < b.to + apart(o) && b.from + apart(o) < a.to));
  const isMate = (o) => service.capacity > 1 && o.service === service && apart(o) === 0;

  return others.some((o) => !isMate(o) && meets(o)) || (others.some(isMate) && before.filter(isMate).length >= service.capacity);
}

/* ---- rounds ---- */

/** resend: whether answers may be missing because workers are killed. */
export async function startRace(stack, sql, { resend = false, moves = true } = {}) {
  await sql(companySql());
  const race = new Race({ base: stack.base, sql, resend, moves });

  await race.logIn();
  return race;
}

class Race {
  constructor(options) {
    Object.assign(this, options);
    this.rounds = 0;
    this.total = { won: 0, lost: 0, cancelled: 0, moved: 0, stayed: 0, alternatives: 0, outrun: 0, resent: 0 };
  }

  /** An access token lasts a quarter of an hour, all rounds take longer. */
  async logIn() {
    const login = await request(`${this.base}/api/v2/auth/login`, { method: 'POST', json: { email: 'owner@salon.example', password: 'frontdesk-demo' } });

    this.token = login.json.access_token;
    this.renewAt = performance.now() + 10 * 60_000;
  }

  /** Sends until there is an answer: {status, json, text, sent, answered}. */
  async send(method, path, json) {
    const headers = { 'X-Company-Id': id('c0', 1), ...json && { 'Idempotency-Key': randomUUID() } };
    const sent = performance.now();

    for (let i = 0; ; i += 1) {
      try {
        const { status, json: answer, text } = await request(`${this.base}/api/v2${path}`, { method, json, token: this.token, headers, timeoutMs: ANSWER_WITHIN_MS });
        const missing = status >= 502 || answer?.code === 'idempotency_in_progress';

        if (!missing || !this.resend || i === TRIES) return { status, json: answer ?? {}, text, sent, answered: performance.now() };
      } catch (e) {
        if (!(e instanceof Unreachable) || !this.resend || i === TRIES) throw e;
      }
      this.total.resent += 1;
      await sleep(20 + 80 * Math.random());
    }
  }

  post(path, json) {
    return this.send('POST', path, json);
  }

  /** All rivals at once; resolves to what was wrong, as sentences. */
  async round() {
    const n = this.rounds % DAYS;

    if (performance.now() > this.renewAt) await this.logIn();
    if (n === 0) await this.wipe();
    this.rounds += 1;
    this.day = addDays(localDate(ZONE), 3 + n * APART);
    this.faults = [];
    this.bookings = new Map();
    this.placed = []; // every place that was ever taken, {service, start, sent, answered}
    this.outrun = [];
    await Promise.all(Array.from({ length: RIVALS }, (_, i) => this.rival(i)));
    for (let i = 0; i < LATECOMERS; i += 1) await this.latecomer();
    this.outrun.forEach((o) => this.judge(o));
    await this.compare();
    return this.faults;
  }

  wish() {
    const minute = HOUR.begins + 5 * Math.floor(Math.random() * (HOUR.ends - HOUR.begins) / 5);
    const time = `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;

    return { local_start: `${this.day}T${time}`, staff_id: id('d0', ANNA) };
  }

  async rival(number) {
    const service = any(SERVICES);
    const booking = await this.book(service, `Rival ${number}`);
    const next = Math.random();

    if (booking === null) return;
    if (next < 0.4) await this.cancel(booking);
    else if (next < 0.8 && this.moves) await this.move(booking);
  }

  /** The wish, else an alternative; the booking, or null. */
  async book(service, name) {
    const facts = { service_id: service.id, customer: { name } };
    const answer = await this.post('/bookings', { ...facts, ...this.wish() });
    let booking = this.won(service, answer);

    if (booking === null) {
      await this.lost(service, answer, async (place) => {
        const second = await this.post('/bookings', { ...facts, ...place });
        booking = this.won(service, second);
        return second;
      });
    }
    return booking;
  }

  /** Nobody disturbs a latecomer: what is offered or found is there for the taking. */
  async latecomer() {
    const service = any(SERVICES);
    const found = await this.search(service);

    if (await this.book(service, 'Latecomer') === null) this.faults.push(`${service.name}: what a latecomer was offered was refused`);
    const { starts_at, staff_ids } = any(found);
    const [mine] = this.placed.slice(-1);
    if (inTheWay(service, starts_at, [mine])) return;
    const answer = await this.post('/bookings', { service_id: service.id, customer: { name: 'Searcher' }, starts_at, staff_id: staff_ids[0] });
    if (this.won(service, answer) === null) this.faults.push(`${service.name} at ${starts_at} was found and then refused: ${JSON.stringify(answer.json)}`);
  }

  /** What is free that day; every worker must find the same. */
  async search(service) {
    const ask = () => this.send('GET', `/availability?service_id=${service.id}&from=${this.day}&to=${this.day}`);
    const answers = await Promise.all(Array.from({ length: WORKERS * 2 }, ask));
    const texts = new Set(answers.map(({ text }) => text));

    if (texts.size > 1) this.faults.push(`${service.name}: workers find different slots: ${[...texts].join(' ').slice(0, 2000)}`);
    return JSON.parse([...texts][0]).slots;
  }

  won(service, { status, json, sent, answered }) {
    if (status !== 201) return null;
    const booking = { id: json.id, service, start: json.starts_at, status: 'confirmed' };

    this.total.won += 1;
    this.bookings.set(booking.id, booking);
    this.placed.push({ service, start: json.starts_at, sent, answered });
    return booking;
  }

  /** Every loser is told why, and of other times; one of them is taken at once. */
  async lost(service, { status, json, sent }, take) {
    const others = json.alternatives ?? [];

    this.total.lost += 1;
    if (status !== 409 || json.code !== 'slot_taken') this.faults.push(`a loser was answered ${status} ${JSON.stringify(json)}`);
    else if (others.length === 0) this.faults.push(`a loser was offered nothing: ${json.message}`);
    else {
      const { starts_at, staff_id } = any(others);
      const second = await take({ starts_at, staff_id });

      if (second.status === 201) this.total.alternatives += 1;
      else this.outrun.push({ service, start: starts_at, since: sent, until: second.answered, said: `${second.status} ${second.json.code} ${second.json.message}` });
      return second;
    }
    return null;
  }

  /** An alternative may only be gone because somebody took it meanwhile. */
  judge({ service, start, since, until, said }) {
    const before = this.placed.filter((p) => p.sent <= until);
    const meanwhile = before.filter((p) => p.answered >= since);

    this.total.outrun += 1;
    if (!said.startsWith('409 slot_taken')) this.faults.push(`an alternative was answered ${said}`);
    else if (!inTheWay(service, start, meanwhile, before)) this.faults.push(`nobody took the alternative ${service.name} at ${start}, which was refused: ${said}`);
  }

  async cancel(booking) {
    const { status, json } = await this.post(`/bookings/${booking.id}/cancel`, {});

    this.total.cancelled += 1;
    if (status === 200) booking.status = 'cancelled';
    else this.faults.push(`a cancellation was answered ${status} ${JSON.stringify(json)}`);
  }

  /** To another time of the hour; if that fails, to an alternative; else the old visit stands. */
  async move(booking) {
    const go = async (place) => {
      const answer = await this.post(`/bookings/${booking.id}/reschedule`, place);

      if (answer.status === 200) {
        booking.start = answer.json.starts_at;
        this.placed.push({ service: booking.service, start: booking.start, sent: answer.sent, answered: answer.answered });
      }
      return answer;
    };
    const first = await go(this.wish());

    if (first.status !== 200) {
      const second = await this.lost(booking.service, first, async (place) => {
        const answer = await go(place);
        return answer.status === 200 ? { ...answer, status: 201 } : answer;
      });
      if (second?.status !== 201) this.total.stayed += 1;
    }
    this.total.moved += 1;
  }

  /* ---- what the database has ---- */

  async compare() {
    const kept = await this.sql(`
SELECT a.id, a.status, DATE_FORMAT(a.starts_at, '%Y-%m-%dT%H:%i:%sZ'), COUNT(o.id), (SELECT COUNT(*) FROM appointment_segment g WHERE g.company_id = a.company_id AND g.appointment_id = a.id)
FROM company c JOIN appointment a ON a.company_id = c.id LEFT JOIN occupancy o ON o.company_id = a.company_id AND o.appointment_id = a.id
WHERE c.slug = 'race' AND a.starts_at >= '${addDays(this.day, -1)}' AND a.starts_at < '${addDays(this.day, APART)}' GROUP BY a.id`);
    const found = new Map(kept.map(([key, ...facts]) => [key, facts.join(' ')]));

    for (const { id: key, service, status, start } of this.bookings.values()) {
      const takenRows = status === 'confirmed' ? takes(service).length : 0;
      const wanted = `${status} ${start} ${takenRows} ${service.parts.length}`;

      if (found.get(key) !== wanted) this.faults.push(`${service.name} ${key} was promised as "${wanted}" and is "${found.get(key) ?? 'not there'}"`);
      found.delete(key);
    }
    for (const [key, facts] of found) this.faults.push(`nobody was told of ${key}: ${facts}`);
    this.faults.push(...await this.overlaps());
  }

  /** Two rows in one lane; of a staff member also in two, unless they are seats of one class. */
  async overlaps() {
    const pairs = await this.sql(`
SELECT r.name, a.lane, b.lane, a.starts_at, a.ends_at, b.starts_at, b.ends_at
FROM company c JOIN occupancy a ON a.company_id = c.id
JOIN occupancy b ON b.company_id = a.company_id AND b.resource_id = a.resource_id AND b.id > a.id AND b.starts_at < a.ends_at AND a.starts_at < b.ends_at
JOIN resource r ON r.company_id = a.company_id AND r.id = a.resource_id
WHERE c.slug = 'race' AND (a.lane = b.lane OR r.kind = 'staff'
	AND NOT (a.class_of IS NOT NULL AND a.class_of <=> b.class_of AND a.starts_at = b.starts_at AND a.ends_at = b.ends_at))`);
    const full = await this.sql(`
SELECT r.name, COUNT(*), s.capacity FROM company c JOIN occupancy o ON o.company_id = c.id JOIN service s ON s.company_id = o.company_id AND s.id = o.class_of
JOIN resource r ON r.company_id = o.company_id AND r.id = o.resource_id
WHERE c.slug = 'race' GROUP BY o.resource_id, o.starts_at HAVING COUNT(*) > MAX(s.capacity)`);

    return [...pairs.map((p) => `double booking: ${p.join(' ')}`), ...full.map((f) => `class too full: ${f.join(' ')}`)];
  }

  wipe() {
    const table = (name) => `DELETE t FROM ${name} t JOIN company c ON c.id = t.company_id WHERE c.slug = 'race';`;

    return this.sql(['occupancy', 'appointment_segment', 'appointment'].map(table).join('\n'));
  }
}
