// A million appointments of 500 companies beside what data.mjs makes: so much
// that nothing fits everywhere any more. It takes minutes, and is kept for
// the next time (see kept()).
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { USER, company, id } from './data.mjs';

export const FIRST = 101; // number of the first of these companies
export const STAFF = 4;
export const EACH = 500; // appointments of each staff member: five a day
export const CUSTOMERS = 100; // of each company
const BACK = 40; // days that are past
export const FREE_FROM = EACH / 5 - BACK; // days from then: nothing is taken from there on
const CHUNK = 25; // companies at a time
const GOOD_FOR_DAYS = 7; // later it would lie too far back

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
export const rowOf = (k, p) => k * 1000 + p;
const row = 'k.seq * 1000 + p.seq';
const n = `(k.seq * 10 + p.seq) * 1000 + j.seq`;
const starts = `UTC_DATE() - INTERVAL ${BACK} DAY + INTERVAL j.seq DIV 5 DAY + INTERVAL 480 + j.seq MOD 5 * 105 MINUTE`;

const companies = (from, to) => `
INSERT INTO company (uid, tenant_id, plan_id, slug, name, country, time_zone, currency, locale, status)
SELECT ${id('company', 'k.seq')}, d.tenant_id, d.plan_id, CONCAT('bench-', k.seq), CONCAT('Bench ', k.seq), 'DE', 'Europe/Berlin', 'EUR', 'de', 'active'
FROM seq_${from}_to_${to} k JOIN company d ON d.slug = 'salon-morgenrot';
INSERT INTO company_settings (company_id, id) SELECT c.id, c.uid FROM seq_${from}_to_${to} k ${company};
INSERT INTO membership (user_id, company_id, role) SELECT u.id, c.id, 'owner' FROM user u JOIN seq_${from}_to_${to} k ${company} WHERE u.email = '${USER}';
INSERT INTO branch (company_id, id, name, time_zone) SELECT c.id, ${id('branch', 'k.seq')}, 'Mitte', 'Europe/Berlin' FROM seq_${from}_to_${to} k ${company};
INSERT INTO customer (company_id, id, name, phone, journey)
SELECT c.id, ${id('customer', row)}, CONCAT('Customer ', p.seq), CONCAT('+49152', LPAD(${row}, 8, '0')), 'prospect' FROM seq_${from}_to_${to} k JOIN seq_1_to_${CUSTOMERS} p ${company};
INSERT INTO service (company_id, id, name, duration_minutes, price_cents, currency) SELECT c.id, ${id('service', 'k.seq')}, 'Haircut', 30, 3500, 'EUR' FROM seq_${from}_to_${to} k ${company};
INSERT INTO service_segment (company_id, id, service_id, position, name, duration_minutes)
SELECT c.id, ${id('segment', 'k.seq')}, ${id('service', 'k.seq')}, 1, 'Haircut', 30 FROM seq_${from}_to_${to} k ${company};
`;

const people = (from, to) => {
  const all = `FROM seq_${from}_to_${to} k JOIN seq_1_to_${STAFF} p ${company}`;

  return `
INSERT INTO resource (company_id, id, branch_id, kind, name) SELECT c.id, ${id('resource', row)}, ${id('branch', 'k.seq')}, 'staff', CONCAT('Member ', p.seq) ${all};
INSERT INTO staff (company_id, id, branch_id, resource_id, name, position)
SELECT c.id, ${id('staff', row)}, ${id('branch', 'k.seq')}, ${id('resource', row)}, CONCAT('Member ', p.seq), p.seq ${all};
INSERT INTO working_hours (company_id, id, branch_id, staff_id, weekday, start_minute, end_minute)
SELECT c.id, ${id('hours', `(${row}) * 20 + d.seq`)}, ${id('branch', 'k.seq')}, ${id('staff', row)}, d.seq, 540, 1080 ${all} JOIN seq_1_to_7 d;
INSERT INTO service_staff (company_id, id, service_segment_id, staff_id) SELECT c.id, ${id('doer', row)}, ${id('segment', 'k.seq')}, ${id('staff', row)} ${all};
`;
};

const appointments = (from, to) => {
  const all = `FROM seq_${from}_to_${to} k ${company} JOIN seq_1_to_${STAFF} p JOIN seq_0_to_${EACH - 1} j`;

  return `
INSERT INTO appointment (company_id, id, branch_id, customer_id, service_id, staff_id, status, starts_at, ends_at, local_start, time_zone, tz_version, price_cents, currency, source)
SELECT c.id, ${id('massAppointment', n)}, ${id('branch', 'k.seq')}, ${id('customer', `k.seq * 1000 + 1 + (j.seq * ${STAFF} + p.seq) MOD ${CUSTOMERS}`)}, ${id('service', 'k.seq')}, ${id('staff', row)},
	IF(j.seq < ${BACK * 5}, 'completed', 'confirmed'), ${starts}, ${starts} + INTERVAL 45 MINUTE, ${starts} + INTERVAL 1 HOUR, 'Europe/Berlin', '2026a', 3500, 'EUR', 'phone' ${all};
INSERT INTO appointment_segment (company_id, id, appointment_id, service_segment_id, staff_id, starts_at, ends_at)
SELECT c.id, ${id('massSegment', n)}, ${id('massAppointment', n)}, ${id('segment', 'k.seq')}, ${id('staff', row)}, ${starts}, ${starts} + INTERVAL 45 MINUTE ${all};
INSERT INTO occupancy (company_id, id, resource_id, starts_at, ends_at, kind, appointment_id)
SELECT c.id, ${id('massOccupancy', n)}, ${id('resource', row)}, ${starts}, ${starts} + INTERVAL 45 MINUTE, 'appointment', ${id('massAppointment', n)} ${all};
`;
};

/** Loads so many companies; say() is told how far it is. */
export async function loadMass(sql, count, say) {
  for (let from = FIRST; from < FIRST + count; from += CHUNK) {
    const to = Math.min(from + CHUNK, FIRST + count) - 1;

    await sql(`SET unique_checks = 0, foreign_key_checks = 0; ${companies(from, to)} ${people(from, to)} ${appointments(from, to)}`);
    if ((to + 1 - FIRST) % 100 === 0) say(`${((to + 1 - FIRST) * STAFF * EACH).toLocaleString('en')} appointments`);
  }
  await sql('ANALYZE TABLE appointment, appointment_segment, occupancy, working_hours, customer, staff, resource, service, service_segment, service_staff');
}

/** Takes away what measurements before have made. */
export async function forgetBookings(sql) {
  const mine = ['0c', '0d', '0e', 'ab', 'ad'].map((kind) => `'019800${kind}'`).join(', ');
  const made = (table, column = 'id') => `DELETE t FROM ${table} t JOIN company c ON c.id = t.company_id AND c.slug LIKE 'bench-%' WHERE LEFT(t.${column}, 8) NOT IN (${mine});`;

  await sql(`${made('occupancy')} ${made('appointment_segment', 'appointment_id')} ${made('appointment')} SET foreign_key_checks = 0; TRUNCATE job; TRUNCATE event; TRUNCATE audit_entry;`);
}

function fingerprint(count) {
  const hash = createHash('sha256').update(String(count));

  for (const folder of ['sql', 'tests/bench']) {
    for (const file of readdirSync(join(ROOT, folder)).filter((f) => f.endsWith('.sql') || ['data.mjs', 'mass.mjs'].includes(f)).sort()) {
      hash.update(readFileSync(join(ROOT, folder, file)));
    }
  }
  return hash.digest('hex');
}

/**
 * What an earlier run has left in a folder: {kept, keep()}. What is of another
 * version, or too old, is removed; keep() says that it is whole now.
 */
export function kept(folder, count) {
  const file = join(folder, 'made.json');
  const now = fingerprint(count);
  const made = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  const good = made.fingerprint === now && Date.now() - made.at < GOOD_FOR_DAYS * 86_400_000;

  if (!good) rmSync(folder, { recursive: true, force: true });
  return { kept: good, keep: () => writeFileSync(file, JSON.stringify({ fingerprint: now, at: Date.now() })) };
}
