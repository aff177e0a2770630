// From an order ("place this call") to the plan of one call. The plan is all
// that is kept: every payload and answer about the call is made from it.
import { randomBytes, randomInt } from 'node:crypto';
import { nextDay } from '../support/dates.mjs';
import { COMPANIES } from './companies.mjs';
import { naturalDuration } from './retell-payload.mjs';
import { SCRIPTS } from './scripts.mjs';
import { refuseFields } from './server.mjs';

export const EVENTS = ['call_started', 'call_ended', 'call_analyzed'];

const text = (max) => [(v) => typeof v === 'string' && v.length > 0 && v.length <= max, `must be text of 1 to ${max} characters`];
const whole = (min, max) => [(v) => Number.isInteger(v) && v >= min && v <= max, `must be a number from ${min} to ${max}`];
const oneOf = (names) => [(v) => names.includes(v), `must be one of ${names.join(', ')}`];
const matching = (re, what) => [(v) => typeof v === 'string' && re.test(v), `must be ${what}`];
const orNull = ([check, message]) => [(v) => v === null || check(v), `${message}, or null`];

const ORDER = {
  script: oneOf(Object.keys(SCRIPTS)),
  company: oneOf(Object.keys(COMPANIES)),
  from_number: text(64),
  to_number: text(64),
  wish: [(v) => v !== null && typeof v === 'object' && !Array.isArray(v), 'must be an object'],
  order: [(v) => Array.isArray(v) && v.length >= 1 && v.length <= 20 && v.every((e) => EVENTS.includes(e)),
    `must be a list of 1 to 20 of ${EVENTS.join(', ')}`],
  repeat: whole(1, 20),
  delay_ms: whole(0, 10_000),
  call_id: matching(/^[A-Za-z0-9_-]{1,64}$/, '1 to 64 letters, digits, _ or -'),
  hook: orNull(text(128)),
  key: text(256),
  agent_id: text(128),
  duration_ms: whole(1_000, 7_200_000),
  started_at: matching(/^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?(?:Z|[+-]\d\d:\d\d)$/, 'an RFC 3339 instant'),
};

const WISH = {
  intent: oneOf(['book', 'cancel', 'move', 'hours', 'price', 'person', 'other']),
  service: text(200),
  staff: text(200),
  date: text(64), // what was understood, so not necessarily a date
  time: text(64),
  customer_name: text(200),
  email: text(254),
  language: text(35),
  accepts_alternatives: [(v) => typeof v === 'boolean', 'must be true or false'],
  confidence: [(v) => typeof v === 'number' && v >= 0 && v <= 1, 'must be a number from 0 to 1'],
  notes: text(2_000),
};

/** Refuses an order with a field that is unknown or wrong. */
export function checkOrder(order) {
  const errors = check(ORDER, order, '');

  if (errors.length === 0 && order.wish !== undefined) {
    errors.push(...check(optional(WISH), order.wish, 'wish.'));
  }
  if (errors.length > 0) refuseFields(errors);
}

const optional = (fields) => Object.fromEntries(
  Object.entries(fields).map(([name, rule]) => [name, orNull(rule)]));

function check(rules, values, prefix) {
  return Object.entries(values).flatMap(([name, value]) => {
    if (!Object.hasOwn(rules, name)) {
      return [{ field: prefix + name, message: `is not known: ${Object.keys(rules).join(', ')}` }];
    }
    const [holds, message] = rules[name];
    return holds(value) ? [] : [{ field: prefix + name, message }];
  });
}

/** The plan of a new call; what the order leaves out comes from its script. */
export function planCall(order, now = Date.now()) {
  const name = order.script ?? 'book-haircut';
  const script = SCRIPTS[name];
  const companyName = order.company ?? script.company;
  const company = COMPANIES[companyName];
  const wish = fullWish(script, company, order.wish ?? {}, now);
  const language = script.lines[wish.language] === undefined ? script.language : wish.language;
  const plan = {
    call_id: order.call_id ?? `call_${randomBytes(14).toString('hex').slice(0, 27)}`,
    script: name,
    company: companyName,
    hook: order.hook === undefined ? company.hook : order.hook,
    key: order.key ?? company.key,
    agent_id: order.agent_id ?? company.agent_id,
    agent_name: company.agent_name,
    from_number: order.from_number ?? randomCaller(companyName),
    to_number: order.to_number ?? script.to_number ?? company.numbers[0],
    language,
    wish,
  };

  plan.duration_ms = order.duration_ms ?? naturalDuration(plan);
  plan.start_timestamp = order.started_at === undefined
    ? now - plan.duration_ms : Date.parse(order.started_at);
  return plan;
}

function fullWish(script, company, wish, now) {
  const date = script.days === undefined ? null : nextDay(company.zone, script.days, now);

  return { language: script.language, date, ...script.wish, ...wish };
}

/** A caller number that no other call had: a mobile number of the country. */
export function randomCaller(company) {
  const digits = (n) => String(randomInt(10 ** n)).padStart(n, '0');

  return company === 'dental' ? `+1646${randomInt(2, 10)}${digits(6)}` : `+49151${digits(8)}`;
}

