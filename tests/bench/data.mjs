// What the measurements read: 20 companies with calls, appointments and
// customers, two with many staff members and some with ten who are more and
// more busy, all of one user. mass.mjs adds the many.
export const COMPANIES = 20;
export const ROWS = 100; // of each kind, in each of these companies
export const USER = 'bench@frontdesk.example';
export const TEAMS = { 10: 21, 60: 22 }; // staff members: number of the company
export const BUSY = { 0: 23, 2: 24, 4: 25, 8: 26, 16: 27 }; // appointments of each of ten a day, for a month: number of the company
export const HANDS = [1, 2, 5, 10, 20, 40, 60]; // services of the biggest team that so many can do

const DAYS = 34; // for which the teams are busy: five times a day in the first week, once in the last
const ID = '-0000-7000-8000-';
const KINDS = {
  company: 'c0', user: 'a0', branch: 'b0', resource: 'e0', staff: 'd0', hours: 'd1', doer: 'd2', service: '50', segment: '51', customer: 'c1',
  massAppointment: 'ad', massSegment: 'ae', massOccupancy: '0d', doerOfSome: 'd3', busy: '0e', call: 'ca', cost: 'cb', appointment: 'ab', appointmentSegment: 'ac', occupancy: '0c',
};

/** The id of the n-th row of a kind; n is unique over all companies. */
export const idOf = (kind, n) => `019800${KINDS[kind]}${ID}${n.toString(16).padStart(12, '0')}`;
export const id = (kind, n) => `CONCAT('019800${KINDS[kind]}${ID}', LPAD(LOWER(HEX(${n})), 12, '0'))`;

/** The number of the i-th row of company k, for idOf(). */
export const rowNumber = (k, i) => k * 1000 + i;
const row = 'k.seq * 1000 + p.seq';

const LAST = Math.max(...Object.values(TEAMS), ...Object.values(BUSY));
export const company = "JOIN company c ON c.slug = CONCAT('bench-', k.seq)";
const rows = `FROM seq_1_to_${COMPANIES} k JOIN seq_1_to_${ROWS} p ${company}`;
const team = [...Object.entries(TEAMS), ...Object.values(BUSY).map((k) => [10, k])].map(([n, k]) => `WHEN ${k} THEN ${n}`).join(' ');
const busy = Object.entries(BUSY).map(([n, k]) => `WHEN ${k} THEN ${n}`).join(' ');
/** The service of the biggest team that so many can do. */
export const serviceOf = (hands) => 1000 + hands;
const staff = `FROM seq_1_to_${LAST} k JOIN seq_1_to_60 p ON p.seq <= CASE k.seq ${team} ELSE 1 END ${company}`;
const started = 'UTC_TIMESTAMP(3) - INTERVAL p.seq HOUR';
const starts = 'UTC_DATE() + INTERVAL p.seq DAY + INTERVAL 12 HOUR';

const TRANSCRIPT = 'Agent: Hello, how can I help?\\nUser: A haircut with Anna on Tuesday at two, please.\\n'.repeat(20);
const DETAILS = '{"intent":"book","customer_name":"Ada Byrne","service":"Haircut","requested_local_start":"2026-12-01T14:00","confidence":0.95}';

const SQL = `
INSERT INTO company (uid, tenant_id, plan_id, slug, name, country, time_zone, currency, locale, status)
SELECT ${id('company', 'k.seq')}, d.tenant_id, d.plan_id, CONCAT('bench-', k.seq), CONCAT('Bench ', k.seq), 'DE', 'Europe/Berlin', 'EUR', 'de', 'active'
FROM seq_1_to_${LAST} k JOIN company d ON d.slug = 'salon-morgenrot';
INSERT INTO company_settings (company_id, id) SELECT id, uid FROM company WHERE slug LIKE 'bench-%';

INSERT INTO user (id, email, name, password_hash)
SELECT ${id('user', '1')}, '${USER}', 'Bench', password_hash FROM user WHERE email = 'owner@salon.example';
INSERT INTO membership (user_id, company_id, role)
SELECT ${id('user', '1')}, id, 'owner' FROM company WHERE slug LIKE 'bench-%';

INSERT INTO branch (company_id, id, name, time_zone)
SELECT c.id, ${id('branch', 'k.seq')}, 'Mitte', 'Europe/Berlin' FROM seq_1_to_${LAST} k ${company};
INSERT INTO resource (company_id, id, branch_id, kind, name)
SELECT c.id, ${id('resource', row)}, ${id('branch', 'k.seq')}, 'staff', CONCAT('Member ', p.seq) ${staff};
INSERT INTO staff (company_id, id, branch_id, resource_id, name, position)
SELECT c.id, ${id('staff', row)}, ${id('branch', 'k.seq')}, ${id('resource', row)}, CONCAT('Member ', p.seq), p.seq ${staff};
INSERT INTO working_hours (company_id, id, branch_id, staff_id, weekday, start_minute, end_minute)
SELECT c.id, ${id('hours', `(${row}) * 20 + d.seq * 2 + h.seq`)}, ${id('branch', 'k.seq')}, ${id('staff', row)}, d.seq, IF(h.seq = 0, 540, 840), IF(h.seq = 0, 780, 1080)
${staff} JOIN seq_1_to_6 d JOIN seq_0_to_1 h;
INSERT INTO service (company_id, id, name, duration_minutes, price_cents, currency)
SELECT c.id, ${id('service', 'k.seq')}, 'Haircut', 30, 3500, 'EUR' FROM seq_1_to_${LAST} k ${company};
INSERT INTO service_segment (company_id, id, service_id, position, name, duration_minutes)
SELECT c.id, ${id('segment', 'k.seq')}, ${id('service', 'k.seq')}, 1, 'Haircut', 30 FROM seq_1_to_${LAST} k ${company};
INSERT INTO service_staff (company_id, id, service_segment_id, staff_id)
SELECT c.id, ${id('doer', row)}, ${id('segment', 'k.seq')}, ${id('staff', row)} ${staff};

INSERT INTO customer (company_id, id, name, phone, email, language, journey)
SELECT c.id, ${id('customer', row)}, CONCAT('Customer ', p.seq), CONCAT('+49151', LPAD(${row}, 8, '0')), CONCAT('c', ${row}, '@example.com'), 'de', 'prospect' ${rows};
INSERT INTO \`call\` (company_id, id, provider, provider_call_id, direction, status, from_number, to_number, branch_id, customer_id,
	started_at, ended_at, duration_seconds, disconnection_reason, language, transcript, summary, sentiment, booking_outcome, booking_details,
	customer_cents, currency, platform_microusd, exchange_rate_micro, exchange_rate_on, exchange_rate_source, cost_parts)
SELECT c.id, ${id('call', row)}, 'retell', CONCAT('call_bench_', ${row}), 'inbound', 'analyzed', CONCAT('+49151', LPAD(${row}, 8, '0')), '+493023125001',
	${id('branch', 'k.seq')}, ${id('customer', row)}, ${started}, ${started} + INTERVAL 118 SECOND, 118, 'user_hangup', 'de', '${TRANSCRIPT}',
	'The caller booked a haircut with Anna for Tuesday at two.', 'Positive', 'booked', '${DETAILS}', 40, 'EUR', 154383, 1100000, '2020-01-01', 'demo',
	'voice:118:second:137667|telephony:118:second:16716' ${rows};
INSERT INTO platform_cost (company_id, id, call_id, kind, quantity, unit, microusd, rate_id)
SELECT c.id, ${id('cost', `(${row}) * 2 + h.seq`)}, ${id('call', row)}, IF(h.seq = 0, 'voice', 'telephony'), 118, 'second', IF(h.seq = 0, 137667, 16716),
	(SELECT MIN(id) FROM rate) ${rows} JOIN seq_0_to_1 h;
INSERT INTO appointment (company_id, id, branch_id, customer_id, service_id, staff_id, call_id, status, starts_at, ends_at, local_start, time_zone,
	tz_version, price_cents, currency, source)
SELECT c.id, ${id('appointment', row)}, ${id('branch', 'k.seq')}, ${id('customer', row)}, ${id('service', 'k.seq')}, ${id('staff', 'k.seq * 1000 + 1')},
	${id('call', row)}, 'confirmed', ${starts}, ${starts} + INTERVAL 30 MINUTE, ${starts} + INTERVAL 1 HOUR, 'Europe/Berlin', '2024a', 3500, 'EUR', 'phone' ${rows};
INSERT INTO appointment_segment (company_id, id, appointment_id, service_segment_id, staff_id, starts_at, ends_at)
SELECT c.id, ${id('appointmentSegment', row)}, ${id('appointment', row)}, ${id('segment', 'k.seq')}, ${id('staff', 'k.seq * 1000 + 1')},
	${starts}, ${starts} + INTERVAL 30 MINUTE ${rows};
UPDATE \`call\` SET appointment_id = REPLACE(id, '019800ca', '019800ab') WHERE provider_call_id LIKE 'call_bench_%';

INSERT INTO occupancy (company_id, id, resource_id, starts_at, ends_at, kind)
SELECT b.company_id, ${id('occupancy', 'b.n * 1000 + d.seq * 10 + h.seq')}, b.resource_id, b.base + INTERVAL d.seq DAY + INTERVAL h.seq * 105 MINUTE,
	b.base + INTERVAL d.seq DAY + INTERVAL h.seq * 105 + 45 MINUTE, 'block'
FROM (SELECT c.id AS company_id, ${row} AS n, ${id('resource', row)} AS resource_id,
		UTC_DATE() + INTERVAL 450 + p.seq MOD 4 * 15 MINUTE AS base ${staff} WHERE k.seq IN (${Object.values(TEAMS)})) b
	JOIN seq_0_to_${DAYS} d JOIN seq_0_to_4 h ON h.seq <= 4 - d.seq DIV 7;

INSERT INTO service (company_id, id, name, duration_minutes, price_cents, currency)
SELECT c.id, ${id('service', '1000 + h.n')}, CONCAT('For ', h.n), 30, 3500, 'EUR' FROM (${HANDS.map((n) => `SELECT ${n} AS n`).join(' UNION ')}) h JOIN company c ON c.slug = 'bench-${TEAMS[60]}';
INSERT INTO service_segment (company_id, id, service_id, position, name, duration_minutes)
SELECT company_id, REPLACE(id, '01980050', '01980051'), id, 1, name, 30 FROM service WHERE name LIKE 'For %';
INSERT INTO service_staff (company_id, id, service_segment_id, staff_id)
SELECT g.company_id, ${id('doerOfSome', 'SUBSTR(g.name, 5) * 1000 + t.position')}, g.id, t.id
FROM service_segment g JOIN staff t ON t.company_id = g.company_id AND t.position <= SUBSTR(g.name, 5) WHERE g.name LIKE 'For %';
INSERT INTO occupancy (company_id, id, resource_id, starts_at, ends_at, kind)
SELECT c.id, ${id('busy', '((k.seq * 100 + p.seq) * 100 + d.seq) * 100 + h.seq')}, ${id('resource', row)}, UTC_DATE() + INTERVAL d.seq DAY + INTERVAL 480 + h.seq * 30 MINUTE,
	UTC_DATE() + INTERVAL d.seq DAY + INTERVAL 495 + h.seq * 30 MINUTE, 'block'
FROM seq_1_to_${LAST} k JOIN seq_1_to_10 p JOIN seq_0_to_62 d JOIN seq_0_to_15 h ${company} WHERE h.seq < CASE k.seq ${busy} ELSE 0 END;

CREATE DATABASE bench;
CREATE TABLE bench.event (id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, body MEDIUMBLOB NOT NULL);
ANALYZE TABLE customer, \`call\`, platform_cost, appointment, appointment_segment, occupancy, working_hours;
`;

/** Loads it, unless it is there. */
export async function loadData(sql) {
  const [[loaded]] = await sql("SELECT COUNT(*) FROM company WHERE slug LIKE 'bench-%'");

  if (loaded === '0') await sql(SQL);
}

/** The companies' internal numbers by k. */
export async function companyNumbers(sql) {
  const found = await sql("SELECT SUBSTR(slug, 7), id FROM company WHERE slug LIKE 'bench-%'");

  return new Map(found.map(([k, number]) => [Number(k), Number(number)]));
}
