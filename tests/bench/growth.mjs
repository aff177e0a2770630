// How the time of a search grows with staff, days and appointments: a table,
// and a plot in build/bench/availability.svg.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BUSY, HANDS, TEAMS, idOf, serviceOf } from './data.mjs';
import { median } from './measure.mjs';
import { plot } from './plot.mjs';
import { request } from '../support/http.mjs';

const DAYS = [1, 7, 14, 31, 45, 62];
const TIMES = 15; // a search is timed so often, and the middle one counts
const WORKERS = 4; // each remembers for itself

const day = (n) => new Date(Date.now() + n * 86_400_000).toISOString().slice(0, 10);

export class Growth {
  /** m: Measurements. */
  constructor(m) {
    this.m = m;
  }

  /** What is asked: {what, x, k (company), service, days}. */
  static* questions() {
    for (const n of HANDS) yield { what: 'staff', x: n, k: TEAMS[60], service: serviceOf(n), days: 14 };
    for (const n of DAYS) yield { what: 'days', x: n, k: TEAMS[10], service: TEAMS[10], days: n };
    for (const [n, k] of Object.entries(BUSY)) yield { what: 'appointments', x: Number(n), k, service: k, days: 31 };
  }

  async once({ k, service, days }) {
    const url = `${this.m.stack.base}/api/v2/availability?service_id=${idOf('service', service)}&from=${day(1)}&to=${day(days)}`;
    const began = performance.now();
    const { status, text } = await request(url, { headers: this.m.headers(k) });

    if (status !== 200) throw new Error(`a search was answered ${status}: ${text}`);
    return performance.now() - began;
  }

  /** Everything has changed since the last search: all rows are read again. */
  async change({ k }) {
    await this.m.sql(`UPDATE resource SET booking_seq = booking_seq + 1 WHERE company_id = ${this.m.numbers.get(k)}`);
  }

  async time(question) {
    const known = [];
    const changed = [];

    for (let i = 0; i < WORKERS * 3; i += 1) await this.once(question);
    for (let i = 0; i < TIMES; i += 1) known.push(await this.once(question));
    for (let i = 0; i < TIMES; i += 1) {
      await this.change(question);
      changed.push(await this.once(question));
    }
    return { ...question, known: median(known), changed: median(changed) };
  }

  async all() {
    const rows = [];

    for (const question of Growth.questions()) rows.push(await this.time(question));
    return rows;
  }
}

const PANELS = {
  staff: { title: 'Staff (14 days)', label: 'staff members' },
  days: { title: 'Days (10 staff)', label: 'days' },
  appointments: { title: 'Appointments (10 staff, 31 days)', label: 'appointments of each on a day' },
};

export function growthTable(rows) {
  const lines = Object.entries(PANELS).flatMap(([what, { label }]) => [
    `${label.padEnd(32)}   known  changed since   (ms, middle one of ${TIMES})`,
    ...rows.filter((r) => r.what === what).map((r) => `${String(r.x).padStart(32)} ${r.known.toFixed(2).padStart(7)} ${r.changed.toFixed(2).padStart(14)}`),
  ]);

  return lines.join('\n');
}

/** Writes the plot; its path. */
export function growthPlot(folder, rows) {
  const path = join(folder, 'availability.svg');
  const panels = Object.entries(PANELS).map(([what, { title, label }]) => {
    const mine = rows.filter((r) => r.what === what);
    const series = (key) => mine.map((r) => ({ x: r.x, y: r[key] }));

    return { title, x: label, y: 'ms', series: { 'what is taken is known': series('known'), 'all of it has changed': series('changed') } };
  });

  mkdirSync(folder, { recursive: true });
  writeFileSync(path, plot('Time of a search, HTTP included', panels));
  return path;
}
