// Law 2 from the outside: whatever 64 rivals do at once, nobody is promised
// what somebody else has, and nobody loses what was promised; also while the
// workers that serve them are killed.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { sleep } from '../support/http.mjs';
import { childrenOf, partLeader, signal } from '../support/process.mjs';
import { sqlOn } from '../support/sql.mjs';
import { startStack } from '../support/stack.mjs';
import { RIVALS, startRace } from './race.mjs';

const PORT = Number(process.env.FAULT_PORT ?? 8120);
const LONG = process.env.LONG === '1';
const ROUNDS = LONG ? 1_000 : 50;
const KILLED_ROUNDS = LONG ? 1_000 : 5;
const CONTROL_ROUNDS = 10; // at most
const LIVES_MS = 200; // a worker, at most, while they are killed

describe(`${RIVALS} rivals for one hour`, () => {
  let stack;
  let sql;
  let race;

  before(async () => {
    stack = await startStack({ port: PORT });
    sql = sqlOn(stack);
    race = await startRace(stack, sql);
  });
  after(() => stack?.stop());

  async function play(rounds) {
    const faults = [];

    for (let i = 0; i < rounds && faults.length === 0; i += 1) faults.push(...await race.round());
    return faults.slice(0, 10);
  }

  test(`${ROUNDS} rounds`, async (t) => {
    assert.deepEqual(await play(ROUNDS), []);
    t.diagnostic(JSON.stringify(race.total));
    const { won, lost, cancelled, moved, alternatives } = race.total;
    assert.ok(Math.min(won, lost, cancelled, moved, alternatives) > ROUNDS, 'all of it must have happened');
  });

  test(`${KILLED_ROUNDS} rounds while workers are killed`, async (t) => {
    let kills = 0;
    let stop = false;
    const killer = (async () => {
      while (!stop) {
        await sleep(LIVES_MS * Math.random());
        const workers = childrenOf(partLeader(stack, 'api'));
        if (workers.length > 0) kills += signal(workers[Math.floor(Math.random() * workers.length)], 'SIGKILL');
      }
    })();

    race.resend = true;
    race.total.resent = 0;
    try {
      assert.deepEqual(await play(KILLED_ROUNDS), []);
    } finally {
      stop = true;
      await killer;
      race.resend = false;
    }
    t.diagnostic(`${kills} workers killed; ${JSON.stringify(race.total)}`);
    assert.ok(kills >= KILLED_ROUNDS && race.total.resent > 0, 'no request was hit: nothing has been shown');
  });

  // The same rounds without the key, and with takes that do not queue: what
  // they write first is a copy of the resources without transactions.
  test('control: without key and queue there are double bookings', async (t) => {
    const [[, view]] = await sql('SHOW CREATE VIEW frontdesk.resource');

    await sql(`
ALTER TABLE occupancy ADD KEY occupancy_control (company_id, resource_id), DROP INDEX occupancy_span;
CREATE TABLE resource_control (PRIMARY KEY (company_id, id)) ENGINE=MyISAM AS SELECT * FROM resource;
${view.replace(/^CREATE /, 'CREATE OR REPLACE ').replaceAll('`frontdesk_store`.`resource`', '`frontdesk_store`.`resource_control`')};`);
    const faults = [];

    /* much else is wrong then, too */
    for (let i = 0; i < CONTROL_ROUNDS && !faults.some((f) => f.startsWith('double booking')); i += 1) faults.push(...await race.round());
    t.diagnostic(`${faults.length} found, such as "${faults.find((f) => f.startsWith('double booking'))}"`);
    assert.ok(faults.some((f) => f.startsWith('double booking')), faults.slice(0, 10).join('\n'));
  });
});
