// Laws 3 and 4 under a mixed load, while something is broken: what was accepted
// is processed, or waits, or is a dead letter, at any time that somebody looks;
// and no SMS, e-mail or booking comes twice. Each with a control that shows the
// count would have noticed. LONG=1: many more faults, and longer ones.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { request, sleep, waitFor } from '../support/http.mjs';
import { childrenOf, isAlive, partLeader, partMembers, signal } from '../support/process.mjs';
import { sqlOn } from '../support/sql.mjs';
import { startStack } from '../support/stack.mjs';
import { Cutter } from './cutter.mjs';
import { KEY, letTimePass, places, Storm } from './storm.mjs';

const PORT = Number(process.env.FAULT_PORT ?? 8120);
const LONG = process.env.LONG === '1';
const RATE = Number(process.env.STORM_RATE ?? (LONG ? 200 : 60)); // webhooks a second
const KILLS = LONG ? 1_000 : 50;
const DATABASE_KILLS = LONG ? 18 : 3; // run-local starts a part again at most 20 times
const FROZEN_S = LONG ? [60, 10] : [10];
const CUTS = LONG ? 400 : 30;
const ROUNDS = LONG ? 10 : 1; // of each provider's fault
const SHUFFLED_S = LONG ? 120 : 10;
const ANNA_OFF = [1, 7];
const BEN_OFF = [6, 7];
const TWILIO_FAULTS = ['500', '429', 'timeout', 'drip', 'redirect', 'huge', 'garbage', 'drop-after-accept'];
const SMTP_FAULTS = ['450', 'drop', 'drop-after-accept'];
const OURS = ['api', 'hook', 'talk', 'login'];

const any = (all) => all[Math.floor(Math.random() * all.length)];

describe('under load', () => {
  const free = { calls: places(ANNA_OFF), api: places(BEN_OFF) };
  let stack;
  let sql;

  before(async () => {
    stack = await startStack({ port: PORT });
    sql = sqlOn(stack, { timeoutMs: 600_000 });
  });
  after(() => stack?.stop());

  const control = (json) => request(`${stack.sandbox}/control`, { method: 'POST', json });
  /** Until a provider has failed so often. Where it is left alone for a while, that while is over. */
  async function suffer(provider, fail, times) {
    await control({ [provider]: { fail, times } });
    await waitFor(`${fail} of ${provider}`, async () => {
      await letTimePass(sql);
      return (await request(`${stack.sandbox}/control`)).json[provider].fail === null;
    }, { timeoutMs: 60_000, everyMs: 300 });
  }

  /** A provider that goes on failing is named. */
  async function healthSays(provider, fail) {
    await control({ [provider]: { fail } });
    await waitFor(`health to name ${provider}`, async () => {
      const { json } = await request(`${stack.base}/api/health/detailed`);
      return json.parts.some(({ name, status }) => name === `provider ${provider}` && status !== 'ok');
    }, { timeoutMs: 60_000 });
    await control({ [provider]: {} });
  }

  const workers = () => [...OURS.flatMap((part) => childrenOf(partLeader(stack, part))), ...childrenOf(partLeader(stack, 'worker'))];

  /** The load, the fault, the count; `fault` says when it is over, and what it did. */
  async function weather(t, fault, options = {}) {
    const storm = new Storm({ stack, sql, free, rate: RATE, ...options });
    let did;

    storm.start();
    try {
      await sleep(1_500);
      did = await fault(storm);
    } finally {
      await storm.stop();
    }
    const replayed = await storm.drain(LONG ? 600_000 : 120_000);
    const faults = await storm.judge();

    t.diagnostic(`${did}; ${replayed} dead letters replayed; ${storm.figures()}`);
    return { storm, faults };
  }

  const databaseIsBack = () => waitFor('the database', () => sql('SELECT 1').catch(() => false), { timeoutMs: 60_000, everyMs: 20 });

  async function killDatabase() {
    const leader = partLeader(stack, 'mariadb');

    signal(leader, 'SIGKILL');
    await waitFor('the end of the database', () => !isAlive(leader), { timeoutMs: 5_000, everyMs: 5 });
    await databaseIsBack();
  }

  test(`${KILLS} workers killed`, async (t) => {
    const { faults, storm } = await weather(t, async () => {
      let kills = 0;

      while (kills < KILLS) {
        await sleep(400 * Math.random());
        const pid = any(workers());
        kills += pid !== undefined && signal(pid, 'SIGKILL');
      }
      return `${kills} killed`;
    });

    assert.deepEqual(faults, []);
    assert.ok(storm.accepted.size > 0 && storm.sms > 0);
  });

  test(`MariaDB killed ${DATABASE_KILLS} times`, async (t) => {
    const { faults, storm } = await weather(t, async () => {
      for (let i = 0; i < DATABASE_KILLS; i += 1) {
        await killDatabase();
        await sleep(1_500 + 1_000 * Math.random());
      }
      return `${DATABASE_KILLS} killed`;
    });

    assert.deepEqual(faults, []);
    assert.ok(storm.said[503] > 0, 'nobody met the database away: nothing has been shown');
  });

  for (const seconds of FROZEN_S) {
    test(`MariaDB frozen for ${seconds} s`, async (t) => {
      const { faults, storm } = await weather(t, async () => {
        const frozen = partMembers(stack, 'mariadb');

        frozen.forEach((pid) => signal(pid, 'SIGSTOP'));
        await sleep(seconds * 1_000);
        frozen.forEach((pid) => signal(pid, 'SIGCONT'));
        return `${seconds} s frozen`;
      });

      assert.deepEqual(faults, []);
      assert.ok((storm.health.get(503) ?? 0) > 0, 'health did not say so');
    });
  }

  /** Customers that are posted again without a key when no answer says that they are there: some are there twice. */
  async function repeatedBlindly(cutter) {
    const name = `Blindly ${process.pid}`;
    const see = sqlOn(stack, { name: cutter.name });
    let twice = 0;

    cutter.active = true;
    for (let i = 0; i < 2_000 && twice === 0; i += 1) {
      await postUntilThere(`${name} ${i}`);
      if (i % 20 === 19) twice = Number((await see(`SELECT COUNT(*) FROM (SELECT name FROM customer WHERE name LIKE '${name} %' GROUP BY name HAVING COUNT(*) > 1) t`))[0][0]);
    }
    cutter.calm();
    return twice;
  }

  async function postUntilThere(name) {
    for (let i = 0; i < 20; i += 1) {
      const { status } = await request(`${stack.base}/api/v2/customers`, { method: 'POST', json: { name }, headers: { Authorization: `Bearer ${KEY}` } });

      if (status === 201) return;
      assert.ok(status >= 500, `a customer was answered ${status}`);
    }
  }

  test(`${CUTS} connections to MariaDB cut, in the middle of transactions and at COMMIT`, async (t) => {
    const cutter = new Cutter(stack);

    await cutter.start();
    try {
      const { faults } = await weather(t, async () => {
        workers().forEach((pid) => signal(pid, 'SIGKILL')); // those that come connect through the cutter
        await waitFor(`${CUTS} cuts`, () => cutter.total >= CUTS && cutter.cuts['after COMMIT'] > 0, { timeoutMs: 600_000 });
        cutter.calm();
        return `cut ${JSON.stringify(cutter.cuts)}`;
      }, { sql: sqlOn(stack, { name: cutter.name }) });

      assert.deepEqual(faults, []);
      const twice = await repeatedBlindly(cutter);
      t.diagnostic(`control: of customers posted again without a key ${twice} are there twice`);
      assert.ok(twice > 0, 'no cut after COMMIT was met: nothing has been shown');
    } finally {
      await cutter.stop();
    }
  });

  test('providers that fail in every way', async (t) => {
    const { faults, storm } = await weather(t, async () => {
      let i = 0;

      for (; i < ROUNDS; i += 1) {
        for (const fail of TWILIO_FAULTS) await Promise.all([suffer('twilio', fail, 2), suffer('smtp', any(SMTP_FAULTS), 1)]);
      }
      await healthSays('twilio', '500');
      return `${i} rounds of ${TWILIO_FAULTS}`;
    });

    assert.deepEqual(faults, []);
    const [[failed]] = await sql("SELECT COUNT(*) FROM provider_call WHERE provider = 'twilio' AND (outcome <> 'answered' OR http_status >= 300)");
    t.diagnostic(`${failed} calls of Twilio failed`);
    assert.ok(Number(failed) >= 2 * (TWILIO_FAULTS.length - 1) && storm.sms > 0, 'all but garbage, which is answered with 200: nothing has been shown');
  });

  test('each webhook three times, in shuffled order', async (t) => {
    const { faults } = await weather(t, async () => {
      await sleep(SHUFFLED_S * 1_000);
      return `${SHUFFLED_S} s`;
    }, { copies: 3 });

    assert.deepEqual(faults, []);
  });

  describe('the same count notices', () => {
    const find = (faults, what) => assert.ok(faults.some((f) => what.test(f)), `not found among ${JSON.stringify(faults.slice(0, 5))}`);

    /* what is answered is then not on the disk, nor with the kernel */
    test('an acknowledgement before the log is written, when MariaDB is killed', async (t) => {
      const { faults } = await weather(t, async () => {
        await sql('SET GLOBAL innodb_flush_log_at_trx_commit = 0');
        await sleep(2_000);
        await killDatabase();
        await sleep(1_000);
        await sql("UPDATE job SET lease_until = NOW(3) - INTERVAL 1 SECOND WHERE state = 'running'"); // by workers who know that they ended them
        return 'killed once';
      });

      find(faults, /acknowledged and is not there|not there, not one event/);
    });

    test('a provider that forgets what it took', async (t) => {
      const { faults } = await weather(t, async () => {
        await suffer('twilio', 'drop-and-forget', 2);
        return 'forgot two';
      });

      find(faults, /: 2 SMS to /);
    });

    test('webhooks that are stored as often as they come', async (t) => {
      await sql('ALTER TABLE inbox_event ADD KEY inbox_event_control (company_id), DROP INDEX inbox_event_dedupe');
      const { faults } = await weather(t, async () => {
        await sleep(1_000);
        return 'for a second';
      }, { copies: 3 });

      find(faults, /3 3 3, not one event/);
    });
  });
});

describe('when no line of a log can be written', () => {
  const dir = mkdtempSync(join(tmpdir(), 'fd-'));
  let stack;

  before(async () => {
    mkdirSync(join(dir, 'log'));
    for (const part of ['api', 'hook', 'talk', 'login', 'worker', 'mariadb', 'nginx', 'nginx-error', 'sandbox']) symlinkSync('/dev/full', join(dir, 'log', `${part}.log`));
    stack = await startStack({ port: PORT, dir });
  });
  after(async () => {
    await stack?.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  test('all goes on', async (t) => {
    const storm = new Storm({ stack, sql: sqlOn(stack), free: { calls: places(ANNA_OFF), api: places(BEN_OFF) }, rate: RATE });
    const logs = ['api', 'hook', 'worker'].flatMap((part) => childrenOf(partLeader(stack, part))).map((pid) => readlinkSync(`/proc/${pid}/fd/2`));

    assert.deepEqual([...new Set(logs)], ['/dev/full'], 'they do write there');
    storm.start();
    await sleep(LONG ? 60_000 : 5_000);
    await storm.stop();
    await storm.drain();
    const faults = await storm.judge();
    t.diagnostic(storm.figures());
    assert.deepEqual(faults, []);
    assert.equal(storm.said[503] ?? 0, 0);
  });
});
