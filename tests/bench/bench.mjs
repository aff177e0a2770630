// `make bench`: a private stack, the bare limit beside it, and a table of what
// the one makes of the other; build/bench.json holds the same. A goal that is
// not held is a result (exit 0); what could not be measured is an error (1).
import { mkdirSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { request } from '../support/http.mjs';
import { sqlOn } from '../support/sql.mjs';
import { startStack } from '../support/stack.mjs';
import { startBare } from './bare-server.mjs';
import { Bookings } from './booking.mjs';
import { USER, companyNumbers, loadData } from './data.mjs';
import { Growth, growthPlot, growthTable } from './growth.mjs';
import { Live } from './live.mjs';
import { Logins } from './logins.mjs';
import { forgetBookings, kept, loadMass } from './mass.mjs';
import { Measurements } from './measure.mjs';
import { Messages } from './message.mjs';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const RESULT = join(ROOT, 'build/bench.json');
const PLOTS = join(ROOT, 'build/bench');
const IDLE = 0.5; // a load average up to this
const POOL = 3 * 1024 ** 3; // bytes: the data fits, as a server's administrator would see to
const PASSWORD = 'frontdesk-demo';
const FULL = { rounds: 3, seconds: 3, steady: 30, warmUp: 5, memory: [20_000, 100_000], companies: 500, tries: 200, storm: 60, subscribers: 2000, live: 30 };
const SHORT = { rounds: 3, seconds: 1, steady: 4, warmUp: 1, memory: [10_000, 20_000], companies: 50, tries: 20, storm: 6, subscribers: 200, live: 4 };

/* In this order: messages first, for later thousands of other jobs wait. */
const PARTS = {
  messages: (m) => new Messages(m).all(),
  live: (m) => new Live(m).all(),
  reads: (m) => m.reads(),
  latencies: (m) => m.readLatencies(),
  webhooks: (m) => m.webhooks(),
  start: (m) => m.start(),
  memory: (m) => m.memory(),
  logins: (m) => new Logins(m).all(),
  bookings: (m) => new Bookings(m).all(),
  growth: null, // a table and a plot of its own
};

const USAGE = `usage: bench.mjs [--port P] [--short] [--only PART[,PART]...]
  --port P   the stack's port, and P+5 and P+6 for the bare limit (8100)
  --short    shorter runs over a tenth of the data: about a minute once that is
             loaded, and figures that vary more
  --only     of ${Object.keys(PARTS).join(', ')}; build/bench.json is left alone then`;

function partsOf(list) {
  const names = list.split(',');
  const unknown = names.find((name) => !(name in PARTS));

  if (unknown !== undefined) throw new Error(`--only knows no part "${unknown}"`);
  return Object.keys(PARTS).filter((name) => names.includes(name));
}

function options() {
  try {
    const { values } = parseArgs({ options: {
      port: { type: 'string', default: '8100' }, short: { type: 'boolean', default: false }, only: { type: 'string' }, help: { type: 'boolean', default: false },
    } });
    const port = Number(values.port);

    if (values.help) {
      console.log(USAGE);
      process.exit(0);
    }
    if (!Number.isInteger(port) || port < 1024 || port > 65_000) throw new Error('--port must be a number from 1024 to 65000');
    return { port, plan: values.short ? SHORT : FULL, only: partsOf(values.only ?? Object.keys(PARTS).join(',')) };
  } catch (e) {
    console.error(`bench: ${e.message}\n${USAGE}`);
    process.exit(2);
  }
}

async function logIn(base) {
  const { status, json } = await request(`${base}/api/v2/auth/login`, { method: 'POST', json: { email: USER, password: PASSWORD } });

  if (status !== 200) throw new Error(`${USER} could not log in: ${status} ${json?.message ?? ''}`);
  return json.access_token;
}

function table(results) {
  const show = (v) => (v === null ? '' : typeof v === 'number' ? v.toLocaleString('en', { maximumFractionDigits: v < 100 ? 2 : 0 }) : v);
  const held = (v) => (v === null ? '' : v ? 'yes' : 'NO');
  const lines = [['', 'value', 'unit', 'bare', 'ratio', 'goal', 'held'],
    ...results.map((r) => [r.name, show(r.value), r.unit, show(r.bare), show(r.ratio), show(r.goal), held(r.held)])];
  const widths = lines[0].map((_, i) => Math.max(...lines.map((l) => l[i].length)));
  const left = [0, 2, 5, 6];

  return lines.map((l) => l.map((v, i) => (left.includes(i) ? v.padEnd(widths[i]) : v.padStart(widths[i]))).join('  ').trimEnd()).join('\n');
}

async function measure({ port, plan, only }) {
  const began = Date.now();
  const say = (what) => console.error(`${String(Math.round((Date.now() - began) / 1000)).padStart(4)} s  ${what}`);

  if (loadavg()[0] > IDLE) say(`the machine is busy (load ${loadavg()[0].toFixed(1)}): expect figures that vary`);
  const VAR = join(ROOT, `build/bench-${plan.companies}`);
  const data = kept(VAR, plan.companies);
  mkdirSync(VAR, { recursive: true });
  say('starting a stack');
  const stack = await startStack({ port, dir: VAR, args: ['--limits', '10000'] });
  let bare;

  try {
    const sql = sqlOn(stack, { timeoutMs: 600_000 });
    await sql(`SET GLOBAL innodb_buffer_pool_size = ${POOL}`);
    say(data.kept ? 'the data of the last time' : 'preparing data');
    await loadData(sql);
    await (data.kept ? forgetBookings(sql) : loadMass(sql, plan.companies, say));
    data.keep();
    const numbers = await companyNumbers(sql);
    bare = await startBare(stack, port + 5);
    const m = new Measurements({
      stack, bare, plan, sql, numbers, stackPort: port, token: () => logIn(stack.base), file: (name) => join(VAR, `${name}.requests`),
    });
    await m.prepare();
    const results = [];
    let growth = null;

    for (const name of only) {
      say(name);
      if (name === 'growth') growth = await new Growth(m).all();
      else results.push(...[await PARTS[name](m)].flat());
    }
    say('done');
    return { results, growth };
  } finally {
    await bare?.stop();
    await stack.stop();
  }
}

try {
  const wanted = options();
  const { results, growth } = await measure(wanted);

  if (wanted.only.length === Object.keys(PARTS).length) writeFileSync(RESULT, `${JSON.stringify(results, null, 1)}\n`);
  console.log(table(results));
  if (growth !== null) console.log(`\n${growthTable(growth)}\n\n${growthPlot(PLOTS, growth)}`);
} catch (e) {
  console.error(`bench: ${e.message}`);
  process.exitCode = 1;
}
