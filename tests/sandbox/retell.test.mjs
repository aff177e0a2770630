import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, beforeEach, describe, test } from 'node:test';
import Retell from 'retell-sdk';
import { symmetric, verify } from 'retell-sdk/lib/webhook_auth';
import { request, sleep } from '../support/http.mjs';
import { startReceiver } from '../support/receiver.mjs';
import { startSandbox } from './sandbox.mjs';
import { SCRIPTS } from './scripts.mjs';

const TYPES = readFileSync(new URL('../node_modules/retell-sdk/resources/call.d.ts', import.meta.url), 'utf8');

/** Asserts that a value has only the fields of an SDK interface, and all that it requires. */
function conforms(value, name) {
  const [, indent, body] = new RegExp(`^( *)(?:export )?interface ${name} \\{\\n(.*?)^\\1\\}`, 'ms').exec(TYPES);
  const fields = [...body.matchAll(new RegExp(`^${indent} {4}(\\w+)(\\?)?:`, 'gm'))];

  assert.deepEqual(Object.keys(value).filter((key) => !fields.some(([, field]) => field === key)), [], name);
  assert.deepEqual(fields.filter(([, field, maybe]) => maybe === undefined && value[field] === undefined), [], name);
}

const OVER = ['end_timestamp', 'duration_ms', 'disconnection_reason', 'transcript', 'transcript_object',
  'transcript_with_tool_calls', 'call_cost', 'latency', 'recording_url'];

describe('the Retell simulator', () => {
  let frontdesk;
  let reply;
  let sandbox;

  before(async () => {
    frontdesk = await startReceiver((req, n) => reply(req, n));
    sandbox = await startSandbox({
      port: 0, smtpPort: 0, webhooks: frontdesk.url, retryDelays: [5, 10, 15], answerWithinMs: 150,
    });
  });
  after(async () => {
    await sandbox.stop();
    await frontdesk.close();
  });
  beforeEach(() => {
    reply = () => 204;
    frontdesk.requests.length = 0;
  });

  const place = (json, options) => request(`${sandbox.url}/calls`, { method: 'POST', json, ...options });
  const events = () => frontdesk.requests.map((r) => JSON.parse(r.body));
  const sdk = (apiKey) => new Retell({ apiKey, baseURL: `${sandbox.url}/retell`, maxRetries: 0 });

  test('signs as Retell published it', async () => {
    assert.equal(await symmetric.sign('{"event":"call_ended"}', 'test-api-key', 1700000000000),
      'v=1700000000000,d=07024cabe7dd8f6d1c6e4a8324ca92c812e6ad4a7ee506c04f7e462e3321823e');
  });

  test('posts the three events in order, each signed with the key of the company', async () => {
    for (const [company, hook, key] of [['salon', 'demo-salon', 'key_demo_salon'], ['dental', 'demo-dental', 'key_demo_dental']]) {
      frontdesk.requests.length = 0;
      const res = await place({ company });

      assert.equal(res.status, 201);
      assert.match(res.json.call_id, /^call_[0-9a-f]{27}$/);
      assert.deepEqual(res.json.deliveries.map(({ event, status, attempts }) => [event, status, attempts]),
        [['call_started', 204, 1], ['call_ended', 204, 1], ['call_analyzed', 204, 1]]);
      assert.deepEqual(events().map((e) => e.event), ['call_started', 'call_ended', 'call_analyzed']);
      for (const { method, path, headers, body } of frontdesk.requests) {
        assert.equal(`${method} ${path}`, `POST /webhooks/retell/${hook}`);
        assert.equal(headers['content-type'], 'application/json');
        assert.ok(await verify(body, key, headers['x-retell-signature']));
        assert.ok(!await verify(body, 'key_demo_platform', headers['x-retell-signature']));
      }
    }
  });

  for (const script of Object.keys(SCRIPTS)) {
    test(`${script} has the shape of the SDK's types`, async () => {
      await place({ script });
      for (const { event, call } of events()) {
        conforms(call, 'PhoneCallResponse');
        assert.equal(call.call_status, event === 'call_started' ? 'ongoing' : 'ended');
        assert.equal('call_analysis' in call, event === 'call_analyzed');
        for (const field of OVER) assert.equal(field in call, event !== 'call_started', `${field} in ${event}`);
        assert.doesNotMatch(JSON.stringify(call), /\{[a-z_]+\}|undefined|NaN/);
      }
      const { call } = events().at(-1);
      conforms(call.call_analysis, 'CallAnalysis');
      conforms(call.call_cost, 'CallCost');
      call.call_cost.product_costs.forEach((p) => conforms(p, 'ProductCost'));
      conforms(call.latency, 'Latency');
      conforms(call.latency.e2e, 'E2E');
      conforms(call.llm_token_usage, 'LlmTokenUsage');
      conforms(call.telephony_identifier, 'TelephonyIdentifier');
      call.transcript_object.forEach((u) => conforms(u, 'TranscriptObject'));
      call.transcript_object[0].words.forEach((w) => conforms(w, 'Word'));
    });
  }

  test('times every word inside the call and adds up the cost', async () => {
    await place({ script: 'book-checkup', duration_ms: 61_000, started_at: '2026-03-02T10:00:00Z' });
    const { call } = events().at(-1);
    const words = call.transcript_object.flatMap((u) => u.words);

    assert.equal(call.start_timestamp, Date.parse('2026-03-02T10:00:00Z'));
    assert.equal(call.end_timestamp - call.start_timestamp, 61_000);
    assert.ok(words.every((w, n) => w.start < w.end && (n === 0 || words[n - 1].end <= w.start)));
    assert.ok(words.at(-1).end < 61);
    assert.equal(call.transcript.split('\n').length - 1, call.transcript_object.length);
    assert.match(call.transcript, /^Agent: Bright Smile Dental/);
    assert.equal(call.transcript_with_tool_calls.at(-2).name, 'end_call');
    assert.equal(call.call_cost.total_duration_seconds, 61);
    assert.ok(Math.abs(call.call_cost.combined_cost - 61 * (0.1166667 + 0.0366667)) < 0.001);
  });

  test('the analysis holds what was understood, under the names the agents use', async () => {
    const wish = {
      date: '2026-12-01', time: '14:30', customer_name: 'Ada Byrne', email: null,
      accepts_alternatives: false, confidence: 0.85, notes: 'Erster Besuch',
    };
    const res = await place({ wish, from_number: '+4915111111111' });
    const { call } = events().at(-1);

    assert.equal(res.status, 201);
    assert.deepEqual(call.call_analysis.custom_analysis_data, {
      language: 'de', intent: 'book', service: 'Haircut', staff: 'Anna', appointment_date: '2026-12-01',
      appointment_time: '14:30', customer_name: 'Ada Byrne', accepts_alternatives: false, confidence: 0.85,
      notes: 'Erster Besuch',
    });
    assert.match(call.transcript, /User: Am Dienstag, dem 1\. Dezember, um 14 Uhr 30, wenn das geht\./);
    assert.match(call.call_analysis.call_summary, /^Ada Byrne möchte am Dienstag/);
    assert.equal(call.from_number, '+4915111111111');
    assert.equal(call.to_number, '+493023125001');
  });

  test('the language of the wish chooses the words', async () => {
    await place({ wish: { language: 'en', date: '2026-12-01', time: '14:30' } });
    assert.match(events().at(-1).call.transcript, /On Tuesday, December 1 at 2:30 pm/);
  });

  test('events come in the order asked for, repeated byte for byte', async () => {
    const res = await place({ order: ['call_analyzed', 'call_started'], repeat: 2 });

    assert.deepEqual(events().map((e) => e.event), ['call_analyzed', 'call_analyzed', 'call_started', 'call_started']);
    assert.equal(frontdesk.requests[0].body, frontdesk.requests[1].body);
    assert.equal(res.json.deliveries.length, 4);
  });

  test('a later order for the same call sends the same call', async () => {
    await place({ call_id: 'call_twice', order: ['call_started'] });
    await place({ call_id: 'call_twice', order: ['call_ended'] });
    const [started, ended] = events().map((e) => e.call);

    assert.equal(started.from_number, ended.from_number);
    assert.equal(started.start_timestamp, ended.start_timestamp);
  });

  test('retries what was not accepted, three times, and says so', async () => {
    reply = (req, n) => (n < 2 ? 500 : 200);
    const once = await place({ order: ['call_ended'] });
    assert.deepEqual([once.status, once.json.deliveries[0].attempts], [201, 3]);

    reply = () => 401;
    const never = await place({ order: ['call_ended'] });
    assert.equal(never.status, 502);
    assert.deepEqual(never.json.deliveries, [{ event: 'call_ended', status: 401, attempts: 4, error: 'answered 401' }]);
    assert.match(never.json.message, /1 of 1 deliveries failed; the last: answered 401/);
  });

  test('a retry does not hold back the next event', async () => {
    reply = (req, n) => (n === 0 ? 503 : 200);
    const res = await place({ order: ['call_started', 'call_ended'] });

    assert.equal(res.status, 201);
    assert.deepEqual(events().map((e) => e.event), ['call_started', 'call_ended', 'call_started']);
  });

  test('silence is a failed attempt', async () => {
    reply = (req, n) => (n === 0 ? null : 204);
    const res = await place({ order: ['call_analyzed'] });
    assert.deepEqual(res.json.deliveries.map((d) => [d.status, d.attempts]), [[204, 2]]);
  });

  test('another hook, key or no hook at all can be used', async () => {
    await place({ hook: 'other', key: 'key_x', order: ['call_ended'] });
    await place({ hook: null, key: 'key_demo_platform', order: ['call_ended'] });
    const [other, platform] = frontdesk.requests;

    assert.equal(other.path, '/webhooks/retell/other');
    assert.ok(await verify(other.body, 'key_x', other.headers['x-retell-signature']));
    assert.equal(platform.path, '/webhooks/retell');
  });

  test('an order that is wrong names its fields', async () => {
    for (const [order, field] of [
      [{ script: 'no-such' }, 'script'],
      [{ order: ['call_exploded'] }, 'order'],
      [{ repeat: 0 }, 'repeat'],
      [{ surprise: 1 }, 'surprise'],
      [{ wish: { confidence: 7 } }, 'wish.confidence'],
      [{ wish: { hat: 'red' } }, 'wish.hat'],
    ]) {
      const res = await place(order);
      assert.equal(res.status, 400);
      assert.equal(res.json.errors[0].field, field);
    }
    assert.equal((await request(`${sandbox.url}/calls`, { method: 'POST', body: '{' })).status, 415);
    assert.equal(frontdesk.requests.length, 0);
  });

  test('GET /calls/:id follows a call while it is going on', async () => {
    const placed = place({ call_id: 'call_live', delay_ms: 1_000, order: ['call_started', 'call_ended'] });
    await frontdesk.has(1);
    await sleep(20);
    const going = (await request(`${sandbox.url}/calls/call_live`)).json;
    const remote = await sdk('key_demo_salon').call.retrieve('call_live');
    await placed;
    const over = (await request(`${sandbox.url}/calls/call_live`)).json;

    assert.deepEqual([going.stage, going.done, going.deliveries.length], ['call_started', false, 1]);
    assert.equal(remote.call_status, 'ongoing');
    assert.equal(going.lines[0].role, 'agent');
    assert.deepEqual([over.stage, over.done, over.deliveries.length], ['call_analyzed', true, 2]);
    assert.equal((await request(`${sandbox.url}/calls/nobody`)).status, 404);
  });

  test("get-call through Retell's own client", async () => {
    const { json } = await place({ order: ['call_started'] });
    const call = await sdk('key_demo_salon').call.retrieve(json.call_id);

    assert.equal(call.call_analysis.custom_analysis_data.service, 'Haircut');
    assert.equal(call.call_status, 'ended');
    await assert.rejects(sdk('key_wrong').call.retrieve(json.call_id), { status: 401 });
    await assert.rejects(sdk('key_demo_dental').call.retrieve(json.call_id), { status: 422 });
  });

  test("list-agents through Retell's own client: those of the key's company", async () => {
    const { items, has_more } = await sdk('key_demo_dental').agent.list();

    assert.deepEqual([items.map((a) => a.agent_id), has_more], [['agent_demo_dental'], false]);
    await assert.rejects(sdk('key_wrong').agent.list(), { status: 401 });
  });

  test("list-calls through Retell's own client: filters, order and pages", async () => {
    for (let n = 0; n < 5; n++) {
      await place({ company: 'dental', started_at: `2026-02-0${n + 1}T09:00:00Z`, order: ['call_ended'], script: 'book-checkup' });
    }
    const february = { start_timestamp: { type: 'range', op: 'bt', value: [Date.parse('2026-02-01'), Date.parse('2026-02-28')] } };
    const client = sdk('key_demo_dental');
    const list = (body) => client.call.list({ filter_criteria: february, ...body });
    const all = await list({ include_total: true, sort_order: 'ascending' });
    const first = await list({ limit: 2, sort_order: 'ascending' });
    const second = await list({ limit: 2, sort_order: 'ascending', pagination_key: first.pagination_key });
    const starts = all.items.map((c) => c.start_timestamp);

    assert.deepEqual([all.total, all.items.length, all.has_more], [5, 5, false]);
    assert.deepEqual(starts, [...starts].sort((a, b) => a - b));
    assert.ok(all.items.every((c) => c.transcript === undefined && c.transcript_object === undefined && c.call_cost));
    assert.deepEqual([...first.items, ...second.items].map((c) => c.call_id), all.items.slice(0, 4).map((c) => c.call_id));
    assert.equal(first.has_more, true);

    const some = (filter) => list({ filter_criteria: { ...february, ...filter } }).then((r) => r.items.length);
    assert.equal(await some({ agent: [{ agent_id: 'agent_demo_dental' }] }), 5);
    assert.equal(await some({ agent: [{ agent_id: 'agent_demo_salon' }] }), 0);
    assert.equal(await some({ call_status: { type: 'enum', op: 'in', value: ['ended', 'error'] } }), 5);
    assert.equal(await some({ custom_analysis_data: [{ key: 'service', type: 'string', op: 'eq', value: 'Cleaning' }] }), 0);
    assert.equal(await some({ to_number: { type: 'string', op: 'ew', value: '0123' } }), 5);
    await assert.rejects(some({ moon: { type: 'string', op: 'eq', value: 'full' } }), { status: 400 });
  });
});
