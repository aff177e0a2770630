// MariaDB stopped, and killed under load: every answer is a sentence and in
// time, no process of ours ends, nothing acknowledged is lost, and all works
// again by itself when the database is back.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { request, sleep, waitFor } from '../support/http.mjs';
import { isAlive, partLeader, partMembers, signal } from '../support/process.mjs';
import { retellRequest } from '../support/retell.mjs';
import { sqlOn } from '../support/sql.mjs';
import { startStack } from '../support/stack.mjs';
import { Ledger } from './ledger.mjs';

const PORT = Number(process.env.FAULT_PORT ?? 8120);
const KILLS = process.env.LONG === '1' ? 10 : 2; // run-local starts a part again at most 20 times
const ANSWER_WITHIN_MS = 1_000;
const BACK_WITHIN_MS = 5_000;
const SENDERS = 8;
const OURS = ['api', 'login', 'hook', 'talk'];

describe('without a database', () => {
  let stack;
  let sql;
  let token;
  let calls = 0;

  before(async () => {
    stack = await startStack({ port: PORT });
    sql = sqlOn(stack);
    const login = await request(`${stack.base}/api/v2/auth/login`, { method: 'POST', json: { email: 'owner@salon.example', password: 'frontdesk-demo' } });
    assert.equal(login.status, 200);
    token = login.json.access_token;
  });
  after(() => stack?.stop());

  const newCall = () => `call_db_${process.pid}_${calls += 1}`;
  const webhook = (callId) => {
    const { path, ...rest } = retellRequest({ callId });
    return request(stack.base + path, rest);
  };
  const QUESTIONS = {
    'GET /api/health': () => request(`${stack.base}/api/health`),
    'GET /api/v2/customers': () => request(`${stack.base}/api/v2/customers`, { token }),
    'POST /webhooks/retell/demo-salon': (callId = newCall()) => webhook(callId),
  };
  const workers = () => Object.fromEntries(OURS.map((part) => [part, partMembers(stack, part)]));
  const isGone = (pid) => () => !isAlive(pid);
  const databaseIsBack = () => waitFor('the database', () => sql('SELECT 1').catch(() => false), { timeoutMs: 60_000, everyMs: 20 });
  const allWork = async () => {
    const answers = await Promise.all(Object.values(QUESTIONS).map((ask) => ask()));
    return answers.every(({ status }) => status < 300);
  };

  test('it is stopped: 503 in time, and everything by itself when it is back', async (t) => {
    const before = workers();
    const database = partLeader(stack, 'mariadb');
    const runner = Number(readFileSync(join(stack.var, 'lock'), 'utf8').split(' ')[0]);
    const refused = [];

    assert.ok(await allWork());
    signal(runner, 'SIGSTOP'); // it would start the database again at once
    try {
      signal(database, 'SIGTERM');
      await waitFor('the end of the database', isGone(database), { timeoutMs: 20_000, everyMs: 20 });
      for (let i = 0; i < 12; i += 1) { // every worker of each pool, more than once
        for (const [question, ask] of Object.entries(QUESTIONS)) {
          const callId = newCall();
          const began = performance.now();
          const { status, headers, json } = await ask(callId);
          const took = performance.now() - began;

          assert.equal(status, 503, question);
          assert.ok(took < ANSWER_WITHIN_MS, `${question} took ${took} ms`);
          assert.match(headers['retry-after'], /^[1-9]\d*$/, question);
          assert.deepEqual([json.status, json.code], ['error', 'unavailable'], question);
          if (question.startsWith('POST')) refused.push(callId);
        }
      }
    } finally {
      signal(runner, 'SIGCONT');
    }
    await databaseIsBack();
    const back = performance.now();
    await waitFor('all to work again', allWork, { timeoutMs: BACK_WITHIN_MS, everyMs: 20 });
    t.diagnostic(`works again ${Math.round(performance.now() - back)} ms after the database`);

    assert.deepEqual(workers(), before, 'no worker has ended');
    const [[stored]] = await sql(`SELECT COUNT(*) FROM inbox_event WHERE external_id IN (${refused.map((id) => `'${id}'`)})`);
    assert.equal(stored, '0', 'what was refused is not stored');
  });

  test('it is killed under load: nothing acknowledged is lost', async (t) => {
    const before = workers();
    const ledger = new Ledger(sql);
    let stop = false;
    const sender = async () => {
      while (!stop) {
        const callId = newCall();
        const { status } = await webhook(callId);
        assert.ok([204, 503].includes(status), `answered ${status}`);
        ledger.add(callId, { at: `the answer ${status}`, answered: status === 204 });
      }
    };
    const senders = Promise.all(Array.from({ length: SENDERS }, sender));
    const outages = [];

    for (let i = 0; i < KILLS; i += 1) {
      await sleep(300 + Math.random() * 500);
      const database = partLeader(stack, 'mariadb');
      signal(database, 'SIGKILL');
      await waitFor('the end of the database', isGone(database), { timeoutMs: 5_000, everyMs: 5 });
      await databaseIsBack();
      const back = performance.now();
      await waitFor('all to work again', allWork, { timeoutMs: BACK_WITHIN_MS, everyMs: 20 });
      outages.push(Math.round(performance.now() - back));
    }
    stop = true;
    await senders;
    const tally = await ledger.tally();
    t.diagnostic(`${tally.answered} webhooks answered, ${tally.stored} only stored, ${tally.neither} neither; works again after ${outages} ms`);
    assert.deepEqual(await ledger.faults(), []);
    assert.ok(tally.answered > 0 && tally.neither > 0, 'some must have come before, and some during the outage');
    assert.deepEqual(workers(), before, 'no worker has ended');
  });
});
