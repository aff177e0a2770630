// A worker killed at every system call between reading and answering a
// webhook: what was answered is stored with its job, what was not is stored
// whole or not at all, and sending it again leaves exactly one of each.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startAlone, workerCommand } from '../support/alone.mjs';
import { fcgiRequest } from '../support/fcgi.mjs';
import { request, waitFor } from '../support/http.mjs';
import { retellRequest } from '../support/retell.mjs';
import { sqlOn } from '../support/sql.mjs';
import { startStack } from '../support/stack.mjs';
import { Ledger } from './ledger.mjs';
import { killedAt, pointsOf, traced } from './strace.mjs';

const PORT = Number(process.env.FAULT_PORT ?? 8120);
const LONG = process.env.LONG === '1';
const LOOK_UPS = ['openat', 'newfstatat']; // of libraries, a hundred at the first connection
const ALWAYS = ['sendto', 'write']; // what others see of a worker, so often in every run
const TRIES = 3; // how often a worker waits for the database is not always the same
const NEARLY = 0.75; // how many of the points must be met
const WRONG = fileURLToPath(new URL('wrong-worker.mjs', import.meta.url));

const DENTAL = { hook: 'demo-dental', key: 'key_demo_dental', to: '+12125550123', agent: 'agent_demo_dental' };
const EVENTS = {
  'an analysed call': { event: 'call_analyzed', bytes: 4096 },
  ...LONG && {
    'a call that begins': { event: 'call_started' },
    'a call that ends, of 200 kB': { event: 'call_ended', bytes: 200_000, ...DENTAL },
    'an account set up platform-wide': { event: 'call_analyzed', hook: null, key: 'key_demo_platform' },
  },
};
const REQUESTS = { 'the first request, which connects': 1, 'the second, on a kept connection': 2 };

describe('a worker killed while it takes a webhook', () => {
  let stack;
  let sql;
  let calls = 0;

  before(async () => {
    stack = await startStack({ port: PORT });
    sql = sqlOn(stack);
  });
  after(() => stack?.stop());

  const newCall = () => `call_kill_${process.pid}_${calls += 1}`;
  const send = (worker, webhook) => fcgiRequest(worker.socket, webhook);

  /** The requests before the n-th: true when all went well. */
  async function warmUp(worker, kind, n) {
    for (let i = 1; i < n; i += 1) {
      if ((await send(worker, retellRequest({ ...EVENTS[kind], callId: newCall() }))).status !== 204) return false;
    }
    return true;
  }

  async function pointsFor(kind, n) {
    const lines = await traced(workerCommand(stack), ['-e', 'trace=all'], async (worker) => {
      assert.ok(await warmUp(worker, kind, n));
      assert.equal((await send(worker, retellRequest({ ...EVENTS[kind], callId: newCall() }))).status, 204);
    });

    return pointsOf(lines, n).filter(({ name }) => LONG || !LOOK_UPS.includes(name));
  }

  for (const kind of Object.keys(EVENTS)) {
    for (const [which, n] of Object.entries(REQUESTS)) {
      test(`${kind}: ${which}`, async (t) => {
        const points = await pointsFor(kind, n);
        const ledger = new Ledger(sql);
        const missed = [];

        assert.ok(points.length > 10, `only ${points.length} system calls were seen`);
        const killAt = (point) => killedAt(workerCommand(stack), point, n, async (worker) => {
          if (!await warmUp(worker, kind, n)) return;
          const callId = newCall();
          const webhook = retellRequest({ ...EVENTS[kind], callId });
          const at = `${point.name} number ${point.when}`;
          ledger.add(callId, { at, answered: (await send(worker, webhook)).status === 204, webhook });
        });
        for (const point of points) {
          let there = false;
          for (let i = 0; i < TRIES && !there; i += 1) there = await killAt(point);
          if (!there) missed.push(point);
        }
        const tally = await ledger.tally();
        t.diagnostic(`${points.length} points, ${missed.length} not met; ${tally.answered} webhooks answered, ${tally.stored} only stored, ${tally.neither} neither`);
        assert.ok(missed.length <= points.length * (1 - NEARLY), `${missed.length} of ${points.length} points were not met`);
        assert.deepEqual(missed.filter(({ name }) => ALWAYS.includes(name)), []);
        assert.ok(Object.values(tally).every((count) => count > 0), 'workers must have died before the commit, after it, and after the answer');

        assert.deepEqual(await ledger.faults(), []);
        for (const [, { webhook }] of ledger.entries()) {
          assert.equal((await request(stack.base + webhook.path, webhook)).status, 204);
        }
        assert.deepEqual(await ledger.faults({ all: true }), []);
      });
    }
  }

  describe('the same check notices', () => {
    const wrong = (mode) => startAlone([process.execPath, WRONG, mode, join(stack.var, 'run/mariadb.sock')]);

    test('an answer before the commit', async () => {
      const worker = await wrong('early-answer');
      const ledger = new Ledger(sql);
      const callId = newCall();
      const { status } = await send(worker, retellRequest({ callId }));

      assert.equal(await worker.end('SIGKILL'), 'SIGKILL');
      ledger.add(callId, { at: 'the answer', answered: status === 204 });
      assert.deepEqual(await ledger.faults(), ['answered and lost: 0 events and 0 jobs after the answer']);
    });

    test('an event without its job', async () => {
      const worker = await wrong('two-commits');
      const ledger = new Ledger(sql);
      const callId = newCall();
      const answer = send(worker, retellRequest({ callId }));

      await waitFor('the first commit', () => worker.said().includes('stored'));
      await worker.end('SIGKILL');
      ledger.add(callId, { at: 'the first commit', answered: (await answer).status === 204 });
      assert.deepEqual(await ledger.faults(), ['one without the other: 1 events and 0 jobs after the first commit']);
      await sql(`DELETE FROM inbox_event WHERE external_id = '${callId}'`);
    });
  });
});
