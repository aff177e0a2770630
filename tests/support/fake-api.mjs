// A few routes of Frontdesk's API over a handful of maps: enough for a client
// of the API to be tested without the server. It books what the sandbox's
// calls ask for and confirms through the sandbox's own providers.
import { verify } from 'retell-sdk/lib/webhook_auth';
import { COMPANIES, PASSWORD, TWILIO_ACCOUNT, TWILIO_TOKEN } from '../sandbox/companies.mjs';
import { request } from './http.mjs';
import { startReceiver } from './receiver.mjs';
import { speak } from './smtp.mjs';

const SALON = COMPANIES.salon;
const STAFF = [{ id: 'staff-anna', name: 'Anna' }, { id: 'staff-ben', name: 'Ben' }];
const SERVICES = [{ id: 'service-cut', name: 'Haircut', staff_ids: ['staff-anna', 'staff-ben'] }];
const TIMES = ['14:00', '14:30', '15:00'];

/**
 * `changes` are (call, world) => void hooks that spoil one thing, by name:
 * analyzed(call) before a call becomes visible, confirm() instead of sending.
 */
export async function startFakeApi(changes = {}) {
  const world = { calls: [], bookings: [], customers: [], tasks: [], unassigned: [], sandbox: null, seen: [] };
  const server = await startReceiver((req) => answer(world, changes, req));

  return { ...server, world };
}

async function answer(world, changes, req) {
  const url = new URL(req.path, 'http://localhost');
  const route = `${req.method} ${url.pathname}`;

  world.seen.push(route);
  if (changes.routes?.[route]) return changes.routes[route];
  if (route === 'GET /api/health') return { json: { status: 'ok', database: 'ok', uptime_seconds: 1 } };
  if (route === 'POST /api/v2/auth/login') return logIn(JSON.parse(req.body));
  if (route === `POST /webhooks/retell/${SALON.hook}`) return webhook(world, changes, req);
  if (req.headers.authorization !== 'Bearer token-of-owner') return { status: 401, json: { code: 'unauthorized', message: 'Log in.' } };
  return read(world, url);
}

function logIn({ email, password }) {
  return email === SALON.owner && password === PASSWORD
    ? { json: { access_token: 'token-of-owner', token_type: 'Bearer' } }
    : { status: 401, json: { code: 'invalid_credentials', message: 'Wrong e-mail address or password.' } };
}

function read(world, url) {
  const [collection, id] = url.pathname.replace('/api/v2/', '').split('/');
  const rows = {
    staff: STAFF, services: SERVICES, calls: world.calls, bookings: world.bookings,
    customers: world.customers, tasks: world.tasks, 'unassigned-calls': world.unassigned,
  }[collection];

  if (collection === 'availability') {
    const day = url.searchParams.get('from');
    const slots = TIMES.map((time) => `${day}T${time}`).filter((start) => free(world, start));
    return { json: { time_zone: SALON.zone, slots: slots.map((start) => ({ local_start: start, staff_ids: ['staff-anna'] })) } };
  }
  const row = id === undefined ? { data: rows, next_cursor: null } : rows?.find((r) => r.id === id);
  return rows && row ? { json: row } : { status: 404, json: { code: 'not_found', message: 'There is no such thing.' } };
}

const free = (world, start) => !world.bookings.some((b) => b.local_start === start);

async function webhook(world, changes, req) {
  if (!await verify(req.body, SALON.key, req.headers['x-retell-signature'])) return 401;
  const { event, call } = JSON.parse(req.body);

  if (event === 'call_analyzed') setTimeout(() => analyse(world, changes, call), 30);
  return 204;
}

async function analyse(world, changes, { call_id: id, from_number: from, to_number: to, duration_ms: ms, call_analysis: analysis }) {
  const understood = analysis.custom_analysis_data;

  if (!SALON.numbers.includes(to)) {
    world.unassigned.push({ id: 'u1', provider_call_id: id, to_number: to, reason: 'no branch has this number' });
    return;
  }
  const customer = { id: `customer-${world.customers.length}`, name: understood.customer_name, phone: from, email: understood.email ?? null };
  const call = {
    id: `call-${world.calls.length}`, provider_call_id: id, direction: 'inbound', status: 'analyzed', branch_name: 'Mitte',
    duration_seconds: Math.ceil(ms / 1000), customer_id: customer.id, summary: analysis.call_summary,
    appointment_made: false, appointment_id: null, booking_outcome: 'none', booking_details: null,
    cost: {
      customer_cents: 20, currency: 'EUR', platform_microusd: 73_000, exchange_rate: '1.1000',
      parts: [{ kind: 'retell', quantity: 56, unit: 'second', microusd: 65_333 }, { kind: 'telephony', quantity: 56, unit: 'second', microusd: 7_667 }],
    },
  };

  world.customers.push(customer);
  if (understood.intent === 'book') book(world, call, customer, understood);
  changes.analyzed?.(call, world);
  world.calls.unshift(call);
  if (call.appointment_made || call.booking_outcome === 'offered') await (changes.confirm ?? confirm)(world, call, customer);
}

function book(world, call, customer, { confidence, appointment_date: date, appointment_time: time, accepts_alternatives: flexible }) {
  const wanted = `${date}T${time}`;
  const start = free(world, wanted) ? wanted : TIMES.map((t) => `${date}T${t}`).find((s) => free(world, s));

  call.booking_details = { requested_local_start: wanted, booked_local_start: null, staff: 'Anna', reason: null };
  if (confidence < 0.8) {
    call.booking_outcome = 'unclear';
    world.tasks.push({ id: 't1', call_id: call.id, title: `Call ${customer.name} back` });
    return;
  }
  if (start !== wanted) call.booking_details.reason = 'Anna is busy at 14:00; the nearest free time that day was taken.';
  if (start !== wanted && !flexible) {
    call.booking_outcome = 'offered';
    return;
  }
  Object.assign(call, { appointment_made: true, appointment_id: `booking-${world.bookings.length}`,
    booking_outcome: start === wanted ? 'booked' : 'alternative_booked' });
  call.booking_details.booked_local_start = start;
  world.bookings.push({ id: call.appointment_id, status: 'confirmed', service_name: 'Haircut', staff_name: 'Anna',
    local_start: start, time_zone: SALON.zone });
}

async function confirm(world, call, customer) {
  const text = call.appointment_made ? `Ihr Termin: ${call.booking_details.booked_local_start}` : 'Frei wären: 14:30, 15:00';

  await request(`${world.sandbox.url}/2010-04-01/Accounts/${TWILIO_ACCOUNT}/Messages.json`, {
    method: 'POST',
    form: { To: customer.phone, From: SALON.numbers[0], Body: text },
    headers: { authorization: `Basic ${Buffer.from(`${TWILIO_ACCOUNT}:${TWILIO_TOKEN}`).toString('base64')}` },
  });
  if (customer.email === null || !call.appointment_made) return;
  await speak(world.sandbox.smtpPort, ['EHLO x', 'MAIL FROM:<t@salon.example>', `RCPT TO:<${customer.email}>`, 'DATA',
    `Subject: Ihr Termin im Salon Morgenrot\r\n\r\n${text}\r\n.`, 'QUIT']);
}
