// The job worker killed again and again in the middle of its work: every
// accepted call ends as one call, one appointment, one SMS and one e-mail.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { addDays, isoWeekday, localDate } from '../support/dates.mjs';
import { request, sleep, waitFor } from '../support/http.mjs';
import { childrenOf, isAlive, partLeader, partMembers, signal } from '../support/process.mjs';
import { sqlOn } from '../support/sql.mjs';
import { startStack } from '../support/stack.mjs';

const PORT = Number(process.env.FAULT_PORT ?? 8120);
const LONG = process.env.LONG === '1';
const CALLS = LONG ? 160 : 32;
const KILLS = LONG ? 200 : 25;
const LATENCY_MS = 20; // of the providers, so that some drainers die while they wait for one
const SLOW_MS = 2_000;
const LIVES_MS = 120; // a drainer at most: a few jobs
const AWAY_MS = 3_000;
const DONE_WITHIN_MS = LONG ? 300_000 : 60_000;
const DAYS_OFF = [1, 7]; // Anna works from Tuesday to Saturday
const TIMES = ['09:00', '09:30', '10:00', '10:30', '11:00', '11:30', '12:00', '12:30', '14:00', '14:30', '15:00', '15:30', '16:00', '16:30', '17:00', '17:30'];

/** So many different times at which Anna can cut hair. */
function* times() {
  for (let date = addDays(localDate('Europe/Berlin'), 2); ; date = addDays(date, 1)) {
    if (!DAYS_OFF.includes(isoWeekday(date))) for (const time of TIMES) yield { date, time };
  }
}

describe('a job worker killed in the middle of its work', () => {
  let stack;
  let sql;
  let token;
  const calls = [];

  before(async () => {
    stack = await startStack({ port: PORT });
    sql = sqlOn(stack);
    const login = await request(`${stack.base}/api/v2/auth/login`, { method: 'POST', json: { email: 'owner@salon.example', password: 'frontdesk-demo' } });
    token = login.json.access_token;
  });
  after(() => stack?.stop());

  const free = times();

  async function place(many) {
    for (let i = calls.length, end = i + many; i < end; i += 1) {
      const call = { id: `call_worker_${process.pid}_${i}`, phone: `+4915255${String(process.pid % 1000).padStart(3, '0')}${String(i).padStart(3, '0')}`, email: `guest${i}@kunde.example` };
      const json = { script: 'book-haircut', call_id: call.id, from_number: call.phone, wish: { ...free.next().value, email: call.email, customer_name: `Guest ${i}` } };
      const { status, text } = await request(`${stack.sandbox}/calls`, { method: 'POST', json });

      assert.equal(status, 201, text);
      calls.push(call);
    }
  }

  /** Kills drainers at so many instants of their work, as long as there is any. */
  async function kill() {
    const parent = partLeader(stack, 'worker');
    let kills = 0;

    while (kills < KILLS && (await jobs()).queued) {
      const drainers = await waitFor('a drainer', () => {
        const children = childrenOf(parent);
        return children.length > 0 && children;
      }, { everyMs: 5, timeoutMs: 20_000 });

      await sleep(LIVES_MS * Math.random());
      kills += drainers.filter((pid) => signal(pid, 'SIGKILL')).length;
    }
    return kills;
  }

  /* But reminders, which wait for their day. */
  const jobs = async () => Object.fromEntries(await sql('SELECT state, COUNT(*) FROM job WHERE run_at < NOW(3) + INTERVAL 30 MINUTE GROUP BY state'));

  /** A job whose worker died twice waits for a person, who presses the button. */
  async function replayDead() {
    const { json } = await request(`${stack.base}/api/v2/dead-letters?limit=100`, { token });

    for (const { id } of json.data) {
      const { status, text } = await request(`${stack.base}/api/v2/dead-letters/${id}/replay`, { method: 'POST', token });
      assert.equal(status, 200, text);
    }
    return json.data.length;
  }

  const control = (json) => request(`${stack.sandbox}/control`, { method: 'POST', json });
  const one = (rows) => new Map(rows.map(([id, count]) => [id, Number(count)]));
  const count = async (text) => one(await sql(text));

  /** A death while the SMS provider still thinks: its list does not show the message yet. */
  async function killWhileSending() {
    await control({ twilio: { latency_ms: SLOW_MS } });
    await place(1);
    await waitFor('an SMS on its way', async () => (await sql("SELECT 1 FROM notification WHERE channel = 'sms' AND tried_at IS NOT NULL")).length > 0, { everyMs: 10 });
    childrenOf(partLeader(stack, 'worker')).forEach((pid) => signal(pid, 'SIGKILL'));
  }

  test(`${CALLS} calls, ${KILLS} deaths`, async (t) => {
    await killWhileSending();
    await control({ twilio: { latency_ms: LATENCY_MS }, smtp: { latency_ms: LATENCY_MS } });
    const worker = partMembers(stack, 'worker');
    worker.forEach((pid) => signal(pid, 'SIGSTOP')); // until there is enough to do
    await place(CALLS);
    worker.forEach((pid) => signal(pid, 'SIGCONT'));
    const kills = await kill();
    let replayed = 0;

    await waitFor('all jobs to end', async () => {
      replayed += await replayDead();
      const states = await jobs();
      return !states.queued && !states.running && !states.dead;
    }, { timeoutMs: DONE_WITHIN_MS, everyMs: 250 });
    const [[crashed]] = await sql('SELECT COUNT(*) FROM job WHERE crashes > 0');
    t.diagnostic(`${kills} drainers killed, ${crashed} jobs hit, ${replayed} replayed by hand`);
    assert.ok(Number(crashed) > 0, 'no job was hit: nothing has been shown');

    const mine = `LIKE 'call_worker_${process.pid}_%'`;
    const perCall = (what, from) => count(`SELECT c.provider_call_id, COUNT(DISTINCT ${what}) FROM \`call\` c ${from} WHERE c.provider_call_id ${mine} GROUP BY 1`);
    const counts = {
      calls: await count(`SELECT provider_call_id, COUNT(*) FROM \`call\` WHERE provider_call_id ${mine} AND status = 'analyzed' GROUP BY 1`),
      events: await perCall('e.id', 'JOIN call_event e ON e.company_id = c.company_id AND e.call_id = c.id'),
      appointments: await perCall('a.id', "JOIN appointment a ON a.company_id = c.company_id AND a.call_id = c.id AND a.status = 'confirmed'"),
      spans: await perCall('o.id', 'JOIN occupancy o ON o.company_id = c.company_id AND o.appointment_id = c.appointment_id'),
      customers: await perCall('k.id', 'JOIN customer k ON k.company_id = c.company_id AND k.phone = c.from_number'),
      sms: await perCall('n.id', "JOIN notification n ON n.company_id = c.company_id AND n.call_id = c.id AND n.channel = 'sms' AND n.status IN ('sent', 'delivered')"),
      emails: await perCall('n.id', "JOIN notification n ON n.company_id = c.company_id AND n.call_id = c.id AND n.channel = 'email' AND n.status IN ('sent', 'delivered')"),
    };
    const wrong = calls.flatMap(({ id }) => Object.entries(counts)
      .filter(([what, found]) => found.get(id) !== (what === 'events' ? 3 : 1))
      .map(([what, found]) => `${id}: ${found.get(id) ?? 0} ${what}`));
    assert.deepEqual(wrong, []);
    t.diagnostic(await received());
  });

  /* Their leases would last for two minutes and a half. */
  test('what was claimed when the database died is done soon after it is back', async (t) => {
    const leader = partLeader(stack, 'mariadb');
    const runner = Number(readFileSync(join(stack.var, 'lock'), 'utf8').split(' ')[0]);

    await control({ twilio: { latency_ms: 300 } });
    await place(6);
    await waitFor('messages on their way', async () => Number((await sql("SELECT COUNT(*) FROM job WHERE kind = 'notification.send' AND state = 'running'"))[0][0]) >= 3, { everyMs: 10 });
    signal(runner, 'SIGSTOP'); // it would start the database again at once
    signal(leader, 'SIGKILL');
    await waitFor('its end', () => !isAlive(leader), { everyMs: 5 });
    await sleep(AWAY_MS);
    signal(runner, 'SIGCONT');
    await waitFor('the database', () => sql('SELECT 1').catch(() => false), { timeoutMs: 60_000, everyMs: 50 });
    const back = performance.now();
    await waitFor('all jobs to end', async () => {
      const states = await jobs();
      return !states.queued && !states.running && !states.dead;
    }, { timeoutMs: 75_000, everyMs: 250 });
    t.diagnostic(`${Math.round((performance.now() - back) / 1000)} s`);
    await received();
  });

  /** What came out at the providers: an e-mail may come twice, but then under one Message-ID. */
  async function received() {
    const { json } = await request(`${stack.sandbox}/sent.json?since=0`);
    const to = (address) => json.messages.filter((m) => m.to === address);
    let twice = 0;

    for (const { id, phone, email } of calls) {
      const mails = to(email);

      assert.equal(to(phone).length, 1, `SMS of ${id}`);
      assert.equal(new Set(mails.map((m) => m.sid)).size, 1, `e-mails of ${id}`);
      twice += mails.length > 1;
    }
    return `${twice} of ${calls.length} e-mails came more than once, under one Message-ID`;
  }
});
