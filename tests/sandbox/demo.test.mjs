import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { isoWeekday, localDate, nextDay, spoken } from '../support/dates.mjs';
import { startFakeApi } from '../support/fake-api.mjs';
import { startSandbox } from './sandbox.mjs';

const DEMO = fileURLToPath(new URL('../demo.mjs', import.meta.url));

/** Runs body with a fake Frontdesk, a sandbox and a way to run the demo. */
async function withWorld(changes, body) {
  const api = await startFakeApi(changes);
  const sandbox = await startSandbox({ port: 0, smtpPort: 0, webhooks: api.url, stepMs: 1, retryDelays: [1, 1, 1] });

  api.world.sandbox = sandbox;
  try {
    await body((...args) => run('--base', api.url, '--sandbox', sandbox.url, '--pace', '5', ...args), api, sandbox);
  } finally {
    await sandbox.stop();
    await api.close();
  }
}

function run(...args) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [DEMO, ...args], { env: { ...process.env, NO_COLOR: '1' } });
    const out = { stdout: '', stderr: '' };

    child.stdout.on('data', (d) => { out.stdout += d; });
    child.stderr.on('data', (d) => { out.stderr += d; });
    child.on('exit', (code) => resolve({ code, ...out }));
  });
}

describe('the demo', () => {
  test('books the wish; a second run meets the taken time and ends with the alternative', () => withWorld({}, async (demo, { world }) => {
    const first = await demo();
    const day = nextDay('Europe/Berlin', [2, 3, 4, 5, 6]);

    assert.equal(first.stderr, '');
    assert.equal(first.code, 0);
    assert.match(first.stdout, /Haircut with Anna, .* 14:00: that time is free/);
    assert.match(first.stdout, /\(\+49151\d{8}\) calls/);
    assert.match(first.stdout, /webhook call_started: 204\n(?: {2}(?:agent|caller) .*\n){10} *→ webhook call_ended: 204\n *→ webhook call_analyzed: 204/);
    assert.match(first.stdout, /cost +0\.20 EUR for the business; 0\.0730 USD for the platform:\n +retell: 56 second, 0\.0653 USD/);
    assert.match(first.stdout, /id +booking-0\n/);
    assert.doesNotMatch(first.stdout, /alternative/);
    assert.match(first.stdout, new RegExp(`Ihr Termin: ${day}T14:00`));
    assert.match(first.stdout, /subject +Ihr Termin im Salon Morgenrot/);
    assert.match(first.stdout, /✓ Appointment booking-0 is confirmed\./);

    const second = await demo();
    assert.equal(second.code, 0);
    assert.match(second.stdout, /14:00: that time is not free/);
    assert.match(second.stdout, /alternative +The wish was .* 14:00 with Anna\. Anna is busy at 14:00;/);
    assert.match(second.stdout, /Appointment booking-1 is confirmed/);
    assert.notEqual(world.customers[0].phone, world.customers[1].phone);
  }));

  test('the other scripts of the salon come out as they should', () => withWorld({}, async (demo) => {
    for (const [script, result] of [
      ['price-question', /✓ Nothing was booked, as the caller wished\./],
      ['unclear', /✓ Too unclear to book; a task for a person was made: Call /],
      ['unknown-number', /✓ Nobody has registered \+493023125099,/],
      ['refuses-alternatives', /✓ Appointment booking-0 is confirmed\./],
      ['refuses-alternatives', /✓ The time was not free and no other was wanted: Anna is busy/],
    ]) {
      const { code, stdout, stderr } = await demo('--script', script);
      assert.equal(stderr, '', script);
      assert.equal(code, 0);
      assert.match(stdout, result);
    }
  }));

  for (const [what, changes, message] of [
    ['health that never comes', { routes: { 'GET /api/health': { status: 503, json: {} } } }, /Frontdesk does not answer on http.*: start it with `make run`/],
    ['no demo data', { routes: { 'POST /api/v2/auth/login': { status: 401, json: { message: 'Wrong.' } } } }, /Logging in as owner@salon\.example was answered 401 \(Wrong\.\): load the demo data/],
    ['a full calendar', { routes: { 'GET /api/v2/availability': { json: { slots: [] } } } }, /No time is free for Haircut with Anna/],
    ['a missing member of staff', { routes: { 'GET /api/v2/staff': { json: { data: [] } } } }, /The demo data has no staff member Anna/],
    ['a failing list', { routes: { 'GET /api/v2/services': { status: 500, json: { message: 'Sorry.' } } } }, /services was answered 500 \(Sorry\.\): var\/log/],
    ['refused webhooks', { routes: { 'POST /webhooks/retell/demo-salon': { status: 401 } } }, /Frontdesk did not take the webhooks: 502 \(3 of 3 deliveries failed; the last: answered 401\.\)/],
    ['no appointment', { analyzed: (call) => Object.assign(call, { appointment_made: false, booking_outcome: 'failed' }) }, /No appointment was made \(outcome failed\)/],
  ]) {
    test(`${what}: a sentence says what to do`, () => withWorld(changes, async (demo) => {
      const { code, stderr } = await demo('--wait', '1');
      assert.equal(code, 1);
      assert.match(stderr, message);
      assert.doesNotMatch(stderr, /\n {4}at /);
    }));
  }

  test('nothing passes for success: no call, no SMS, no e-mail', async () => {
    const outcomes = await Promise.all([
      [{ analyzed: (call) => { call.status = 'completed'; } }, /was not worked through within 2 s: it is completed with outcome booked/],
      [{ confirm: () => {} }, /The SMS to \+49151\d{8} did not arrive in the sandbox within 2 s/],
    ].map(([changes, message]) => withWorld(changes, async (demo) => {
      const { code, stderr } = await demo('--within', '2');
      assert.equal(code, 1);
      assert.match(stderr, message);
    })));
    assert.equal(outcomes.length, 2);
  });

  test('options', async () => {
    assert.match((await run('--help')).stdout, /^Usage: demo\.mjs/);
    for (const args of [['--script', 'opera'], ['--base', 'here'], ['--pace', 'slow'], ['--shout']]) {
      const { code, stderr } = await run(...args);
      assert.equal(code, 2);
      assert.match(stderr, /^demo: .*see --help\n$/);
    }
    const nobody = await run('--base', 'http://127.0.0.1:1', '--wait', '0');
    assert.equal(nobody.code, 1);
    assert.match(nobody.stderr, /Frontdesk does not answer on http:\/\/127\.0\.0\.1:1: start it with `make run`/);
  });
});

describe('dates', () => {
  const at = (text) => Date.parse(text);
  const TUE_TO_SAT = [2, 3, 4, 5, 6];

  test('the day is the one on the wall in the zone', () => {
    assert.equal(localDate('Europe/Berlin', at('2026-11-30T22:59:00Z')), '2026-11-30');
    assert.equal(localDate('Europe/Berlin', at('2026-11-30T23:00:00Z')), '2026-12-01');
    assert.equal(localDate('America/New_York', at('2026-12-01T04:59:00Z')), '2026-11-30');
  });

  test('the next working day is never today', () => {
    assert.equal(nextDay('Europe/Berlin', TUE_TO_SAT, at('2026-12-01T08:00:00Z')), '2026-12-02');
    assert.equal(nextDay('Europe/Berlin', TUE_TO_SAT, at('2026-12-05T08:00:00Z')), '2026-12-08');
    assert.equal(nextDay('Europe/Berlin', TUE_TO_SAT, at('2026-11-30T23:30:00Z')), '2026-12-02');
    assert.equal(nextDay('Europe/Berlin', [2], at('2026-12-01T08:00:00Z')), '2026-12-08');
    assert.equal(isoWeekday('2026-12-06'), 7);
  });

  test('spoken as people do', () => {
    assert.deepEqual(spoken('de', '2026-12-01', '14:00'), { weekday: 'Dienstag', date: '1. Dezember', time: '14 Uhr' });
    assert.deepEqual(spoken('en', '2026-12-01', '00:05'), { weekday: 'Tuesday', date: 'December 1', time: '12:05 am' });
    assert.deepEqual(spoken('de', 'someday', 'noon'), { weekday: 'someday', date: 'someday', time: 'noon' });
  });
});
