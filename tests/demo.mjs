// A phone call becomes a confirmed appointment, seen from outside: places a
// scripted call through the sandbox and follows it through Frontdesk's API to
// the SMS and the e-mail. Exits with 0 only when all of that was seen.
import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { COMPANIES, PASSWORD } from './sandbox/companies.mjs';
import { randomCaller } from './sandbox/retell-plan.mjs';
import { SCRIPTS } from './sandbox/scripts.mjs';
import { addDays, nextDay } from './support/dates.mjs';
import * as view from './support/demo-view.mjs';
import { request, sleep, Unreachable, waitFor } from './support/http.mjs';

const NAMES = {
  de: ['Lena Hoffmann', 'Mia Schäfer', 'Jonas Weber', 'Emre Yılmaz', 'Sophie Krüger', 'Paul Lindner', 'Aylin Demir', 'Felix Brandt'],
  en: ['Marcus Bell', 'Grace Kim', 'Olivia Reyes', 'Daniel Osei', 'Hannah Cole', 'Victor Silva', 'Priya Nair', 'Noah Green'],
};
const DAYS_AHEAD = 7;
const NEVER = 999_999_999_999_999;

const HELP = `Usage: demo.mjs [--base URL] [--sandbox URL] [--script NAME] [--pace MS]
                [--wait S] [--within S]

Places a scripted call and shows what Frontdesk makes of it. Start Frontdesk
first with \`make run\`.

  --base URL      Frontdesk (http://127.0.0.1:8080)
  --sandbox URL   the sandbox that plays the providers (http://127.0.0.1:8081)
  --script NAME   ${Object.keys(SCRIPTS).join(', ')}
  --pace MS       time between two lines of the conversation (400)
  --wait S        how long Frontdesk may take to become ready (30)
  --within S      how long the call and its messages may take (20)
`;

/** What went wrong, in a sentence that says what to do. */
class Stop extends Error {}

class Usage extends Error {}

function readOptions() {
  const { values } = parseArgs({
    options: {
      base: { type: 'string', default: 'http://127.0.0.1:8080' },
      sandbox: { type: 'string', default: 'http://127.0.0.1:8081' },
      script: { type: 'string', default: 'book-haircut' },
      pace: { type: 'string', default: '400' },
      wait: { type: 'string', default: '30' },
      within: { type: 'string', default: '20' },
      help: { type: 'boolean', short: 'h' },
    },
  });

  for (const name of ['base', 'sandbox']) {
    if (!URL.canParse(values[name]) || new URL(values[name]).protocol !== 'http:') throw new Usage(`--${name} must be an http:// address`);
  }
  if (SCRIPTS[values.script] === undefined) throw new Usage(`--script must be one of ${Object.keys(SCRIPTS).join(', ')}`);
  if (!/^\d{1,4}$/.test(values.pace)) throw new Usage('--pace must be a number of milliseconds from 0 to 9999');
  for (const name of ['wait', 'within']) {
    if (!/^\d{1,3}$/.test(values[name])) throw new Usage(`--${name} must be a number of seconds from 0 to 999`);
  }
  return { ...values, pace: Number(values.pace), wait: Number(values.wait), within: Number(values.within) };
}

async function waitUntilUp({ base, sandbox, wait }) {
  const limit = { timeoutMs: wait * 1000, everyMs: 250 };
  const healthy = async (url) => (await request(url, { timeoutMs: 3_000 })).status === 200;

  await waitFor('health', () => healthy(`${base}/api/health`), limit)
    .catch(() => { throw new Stop(`Frontdesk does not answer on ${base}: start it with \`make run\` and wait for its ready line.`); });
  await waitFor('health', () => healthy(`${sandbox}/health`), { ...limit, timeoutMs: 3_000 })
    .catch(() => { throw new Stop(`The sandbox does not answer on ${sandbox}: \`make run\` starts it; with another PORT give --sandbox its PORT+1.`); });
}

/** Logs in and returns get(path, query). */
async function logIn(base, owner) {
  const login = await request(`${base}/api/v2/auth/login`, { method: 'POST', json: { email: owner, password: PASSWORD } });

  if (login.status !== 200) {
    throw new Stop(`Logging in as ${owner} was answered ${describe(login)}: load the demo data with \`frontdeskctl seed\`, or start afresh with \`rm -rf var\` and \`make run\`.`);
  }
  return async (path, query = {}) => {
    const given = Object.entries(query).filter(([, v]) => v !== undefined);
    const url = `${base}/api/v2${path}${given.length > 0 ? `?${new URLSearchParams(given)}` : ''}`;
    const res = await request(url, { token: login.json.access_token });

    if (res.status !== 200 || res.json === undefined) {
      throw new Stop(`GET ${url} was answered ${describe(res)}: var/log has the reason.`);
    }
    return res.json;
  };
}

function describe({ status, json }) {
  return json?.message ? `${status} (${json.message})` : `${status}`;
}

/** What the caller will ask for, looked up as a client would. */
async function chooseWish(get, script, company) {
  const wish = { ...script.wish, ...caller(script) };
  if (script.days === undefined) return wish;

  wish.date = nextDay(company.zone, script.days);
  const service = named(await get('/services'), wish.service, 'service');
  const staff = wish.staff && named(await get('/staff'), wish.staff, 'staff member');
  const { slots } = await get('/availability', {
    service_id: service.id, staff_id: staff?.id, from: wish.date, to: addDays(wish.date, DAYS_AHEAD),
  });
  const who = staff ? `${wish.service} with ${wish.staff}` : wish.service;

  if (slots.length === 0) throw new Stop(`No time is free for ${who} from ${wish.date} on: cancel some appointments, or start afresh with \`rm -rf var\` and \`make run\`.`);
  const free = slots.some((slot) => slot.local_start.startsWith(`${wish.date}T${wish.time}`));
  view.fact('wish', `${who}, ${view.localTime(`${wish.date}T${wish.time}`)}: ${free ? 'that time is free' : 'that time is not free'}`);
  return wish;
}

function named({ data }, name, kind) {
  const found = data.find((item) => item.name === name);

  if (found === undefined) throw new Stop(`The demo data has no ${kind} ${name}: load it with \`frontdeskctl seed\`.`);
  return found;
}

/** A new person for every run; the address is what the e-mail is found by. */
function caller({ wish, language }) {
  const name = NAMES[language][Math.floor(Math.random() * NAMES[language].length)];
  const plain = name.toLowerCase().replace(/ı/g, 'i').normalize('NFD').replace(/[^a-z ]/g, '').replace(/ /g, '.');

  return {
    customer_name: name,
    ...(wish.email ? { email: `${plain}.${randomBytes(3).toString('hex')}@kunde.example` } : {}),
  };
}

/** Places the call and prints it as it goes on. */
async function playCall({ sandbox, script: name, pace }, wish, from) {
  const id = `call_${randomBytes(14).toString('hex').slice(0, 27)}`;
  const order = { script: name, call_id: id, from_number: from, wish, delay_ms: Math.min(10_000, pace * SCRIPTS[name].lines[SCRIPTS[name].language].length) };
  const posted = { over: false };
  const posting = request(`${sandbox}/calls`, { method: 'POST', json: order, timeoutMs: 90_000 })
    .then((res) => { posted.answer = res; }, (e) => { posted.error = e; })
    .finally(() => { posted.over = true; });

  view.heading(`${wish.customer_name} (${from}) calls`);
  await follow(`${sandbox}/calls/${id}`, posted, pace);
  await posting;
  if (posted.error) throw new Stop(`The sandbox lost the call (${posted.error.message}): look at what \`make run\` printed.`);
  if (posted.answer.status !== 201) {
    throw new Stop(`Frontdesk did not take the webhooks: ${describe(posted.answer)} The log under var/log has the reason.`);
  }
  return id;
}

async function follow(url, posted, pace) {
  let deliveries = 0;
  let lines = 0;
  let nextLine = 0;

  for (;;) {
    const { over } = posted;
    const { status, json: call } = await request(url);

    if (status === 200) {
      for (; deliveries < call.deliveries.length; deliveries++) {
        const delivery = call.deliveries[deliveries];

        if (delivery.event !== 'call_started') {
          for (; lines < call.lines.length; lines++) view.spokenLine(call.lines[lines]);
        }
        view.delivery(delivery);
      }
      if (deliveries > 0 && lines < call.lines.length && Date.now() >= nextLine) {
        view.spokenLine(call.lines[lines++]);
        nextLine = Date.now() + pace;
      }
    }
    if (over) return;
    await sleep(40);
  }
}

/** The call once it is analysed and its outcome is settled. */
async function waitForCall(get, id, { expect }, within) {
  const settled = (c) => c.status === 'analyzed' && (expect === 'nothing' || c.appointment_made || (c.booking_outcome ?? 'none') !== 'none');
  const seen = {};

  await waitFor('the call', async () => {
    const { data } = await get('/calls', { sort: '-started_at', limit: 100 });
    seen.call = data.find((c) => c.provider_call_id === id);
    return seen.call && settled(seen.call);
  }, { timeoutMs: within * 1000, everyMs: 250 }).catch((e) => {
    if (e instanceof Stop) throw e;
    const state = seen.call ? `it is ${seen.call.status} with outcome ${seen.call.booking_outcome ?? 'none'}` : 'it is not in the list of calls';
    throw new Stop(`The call ${id} was not worked through within ${within} s: ${state}. See Operations in the portal for its job, and var/log/ for the worker.`);
  });
  return get(`/calls/${seen.call.id}`);
}

async function waitForMessage({ sandbox, within }, since, what, matches) {
  return waitFor(what, async () => {
    const { json } = await request(`${sandbox}/sent.json?since=${since}`);
    return json?.messages.find(matches);
  }, { timeoutMs: within * 1000, everyMs: 250 }).catch(() => {
    throw new Stop(`${what} did not arrive in the sandbox within ${within} s: see Operations in the portal for the job that sends it.`);
  });
}

async function seeMessages(options, since, { from, email }) {
  view.showSms(await waitForMessage(options, since, `The SMS to ${from}`, (m) => m.kind === 'sms' && m.to === from));
  if (!email) return;
  view.showEmail(await waitForMessage(options, since, `The e-mail to ${email}`,
    (m) => m.kind === 'email' && m.to.toLowerCase().includes(email)));
}

/** What must have come of the call, by what its script expects. */
async function seeOutcome(get, options, script, { id, wish, from, since }) {
  if (script.expect === 'unassigned') return seeUnassigned(get, id, options.within);
  const call = await waitForCall(get, id, script, options.within);
  const details = call.booking_details;

  view.showCall(call);
  if (call.customer_id) view.showCustomer(await get(`/customers/${call.customer_id}`));
  if (script.expect === 'nothing') return 'Nothing was booked, as the caller wished.';
  if (script.expect === 'task') return seeTask(get, call);
  if (!call.appointment_made && script.expect === 'booking') {
    throw new Stop(`No appointment was made (outcome ${call.booking_outcome}): ${details?.reason ?? 'no reason is given'}`);
  }
  if (!call.appointment_made) {
    await seeMessages(options, since, { from });
    return `The time was not free and no other was wanted: ${details?.reason ?? ''}`;
  }
  view.showBooking(await get(`/bookings/${call.appointment_id}`), details);
  await seeMessages(options, since, { from, email: wish.email });
  return `Appointment ${call.appointment_id} is confirmed.`;
}

async function seeTask(get, call) {
  const { data } = await get('/tasks', { status: 'open', limit: 100 });
  const task = data.find((t) => t.call_id === call.id);

  if (task === undefined) throw new Stop('The wish was unclear, but no task for a person was made.');
  return `Too unclear to book; a task for a person was made: ${task.title}`;
}

async function seeUnassigned(get, id, within) {
  const row = await waitFor('the unassigned call', async () => {
    const { data } = await get('/unassigned-calls', { limit: 100 });
    return data.find((u) => u.provider_call_id === id);
  }, { timeoutMs: within * 1000, everyMs: 250 }).catch((e) => {
    if (e instanceof Stop) throw e;
    throw new Stop(`The call ${id} is not among the unassigned calls after ${within} s: see var/log/ for the worker.`);
  });

  return `Nobody has registered ${row.to_number}, so the call waits among the unassigned ones: ${row.reason}`;
}

async function demo(options) {
  const script = SCRIPTS[options.script];
  const company = COMPANIES[script.company];

  await waitUntilUp(options);
  const get = await logIn(options.base, company.owner);
  view.say(`${view.bold(company.name)}: ${script.title.toLowerCase()}`);
  const wish = await chooseWish(get, script, company);
  const from = randomCaller(script.company);
  const since = (await request(`${options.sandbox}/sent.json?since=${NEVER}`)).json?.seq ?? 0;
  const id = await playCall(options, wish, from);
  const result = await seeOutcome(get, options, script, { id, wish, from, since });

  view.say(`\n${view.green('✓')} ${result}`);
  view.say(view.dim(`  Portal: ${options.base}/   What was sent: ${options.sandbox}/`));
}

async function main() {
  let options;

  try {
    options = readOptions();
  } catch (e) {
    console.error(`demo: ${e.message}; see --help`);
    return 2;
  }
  if (options.help) {
    process.stdout.write(HELP);
    return 0;
  }
  try {
    await demo(options);
    return 0;
  } catch (e) {
    console.error(`\ndemo: ${explain(e)}`);
    return 1;
  }
}

function explain(e) {
  if (e instanceof Stop) return e.message;
  if (e instanceof Unreachable) return `${e.message}: is \`make run\` still running?`;
  return `An answer was not as the demo expects it: ${e.stack}`;
}

process.exitCode = await main();
