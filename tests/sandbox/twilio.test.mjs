import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import twilio from 'twilio';
import { request } from '../support/http.mjs';
import { startReceiver } from '../support/receiver.mjs';
import { TWILIO_ACCOUNT, TWILIO_TOKEN } from './companies.mjs';
import { startSandbox } from './sandbox.mjs';
import { segments } from './twilio-message.mjs';

const FROM = '+493023125001';
const TO = '+4915112345678';

/** Twilio's own client, with the sandbox in place of api.twilio.com. */
function officialClient(base, token = TWILIO_TOKEN) {
  const httpClient = new class extends twilio.RequestClient {
    request(options) {
      return super.request({ ...options, uri: options.uri.replace('https://api.twilio.com', base) });
    }
  }({ timeout: 5_000 });

  return twilio(TWILIO_ACCOUNT, token, { httpClient });
}

describe('the Twilio simulator', () => {
  let callbacks;
  let reply;
  let sandbox;
  let client;

  before(async () => {
    callbacks = await startReceiver((req, n) => reply(req, n));
    sandbox = await startSandbox({ port: 0, smtpPort: 0, webhooks: callbacks.url, stepMs: 5 });
    client = officialClient(sandbox.url);
  });
  after(async () => {
    await sandbox.stop();
    await callbacks.close();
  });
  beforeEach(async () => {
    reply = () => 204;
    callbacks.requests.length = 0;
    await post('/reset', {});
  });

  const post = (path, json) => request(sandbox.url + path, { method: 'POST', json });
  const sent = async () => (await request(`${sandbox.url}/sent.json`)).json.messages;
  const create = (fields, options = {}) => request(`${sandbox.url}/2010-04-01/Accounts/${TWILIO_ACCOUNT}/Messages.json`, {
    method: 'POST',
    form: { To: TO, From: FROM, Body: 'Hallo', ...fields },
    headers: { authorization: `Basic ${Buffer.from(`${TWILIO_ACCOUNT}:${TWILIO_TOKEN}`).toString('base64')}` },
    ...options,
  });

  test("Twilio's own client sees the account, and another token does not", async () => {
    const account = await client.api.v2010.accounts(TWILIO_ACCOUNT).fetch();
    assert.deepEqual([account.sid, account.status], [TWILIO_ACCOUNT, 'active']);
    const stranger = officialClient(sandbox.url, 'another');
    await assert.rejects(stranger.api.v2010.accounts(TWILIO_ACCOUNT).fetch(), { status: 401, code: 20003 });
  });

  test("Twilio's own client sends, fetches and lists", async () => {
    const body = 'Ihr Termin: Di., 1. Dezember, 14:00 Uhr – bis bald!';
    const message = await client.messages.create({ to: TO, from: FROM, body });

    assert.match(message.sid, /^SM[0-9a-f]{32}$/);
    assert.deepEqual([message.status, message.direction, message.numSegments, message.errorCode, message.price],
      ['queued', 'outbound-api', '1', null, null]);
    assert.ok(Math.abs(message.dateCreated - Date.now()) < 5_000);
    assert.equal(message.dateSent, null);

    await client.messages.create({ to: '+4915100000000', from: FROM, body: 'x' });
    const fetched = await client.messages(message.sid).fetch();
    const listed = await client.messages.list({ to: TO, dateSentAfter: new Date(Date.now() - 60_000) });
    assert.equal(fetched.body, body);
    assert.deepEqual(listed.map((m) => m.sid), [message.sid]);
    assert.equal((await client.messages.list({ to: TO, dateSent: new Date() })).length, 1);
    assert.equal((await client.messages.list({ dateSentBefore: new Date(Date.now() - 60_000) })).length, 0);
    await assert.rejects(client.messages('SM00000000000000000000000000000000').fetch(), { status: 404, code: 20404 });
  });

  test('lists page by page', async () => {
    for (let n = 0; n < 5; n++) await create({ Body: `${n}` });
    const page = await client.messages.page({ pageSize: 2 });
    const next = await page.nextPage();

    assert.deepEqual([...page.instances, ...next.instances].map((m) => m.body), ['4', '3', '2', '1']);
    assert.equal((await client.messages.list({ pageSize: 2 })).length, 5);
  });

  test('the answer is the whole resource', async () => {
    const { status, json } = await create({});

    assert.equal(status, 201);
    assert.deepEqual(Object.keys(json), ['account_sid', 'api_version', 'body', 'date_created', 'date_sent', 'date_updated',
      'direction', 'error_code', 'error_message', 'from', 'messaging_service_sid', 'num_media', 'num_segments', 'price',
      'price_unit', 'sid', 'status', 'subresource_uris', 'to', 'uri']);
    assert.match(json.date_created, /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d \+0000$/);
    assert.equal(json.uri, `/2010-04-01/Accounts/${TWILIO_ACCOUNT}/Messages/${json.sid}.json`);
    const [message] = await sent();
    assert.deepEqual([message.kind, message.to, message.from, message.body, message.sid], ['sms', TO, FROM, 'Hallo', json.sid]);
  });

  test('signed status callbacks tell sent, then delivered', async () => {
    const url = `${callbacks.url}/webhooks/twilio/demo/status?x=1`;
    const { json } = await create({ StatusCallback: url });
    await callbacks.has(2);
    const forms = callbacks.requests.map((r) => Object.fromEntries(new URLSearchParams(r.body)));

    assert.deepEqual(forms.map((f) => f.MessageStatus), ['sent', 'delivered']);
    assert.deepEqual(forms[0], {
      SmsSid: json.sid, MessageSid: json.sid, SmsStatus: 'sent', MessageStatus: 'sent', To: TO, From: FROM,
      AccountSid: TWILIO_ACCOUNT, ApiVersion: '2010-04-01',
    });
    for (const [n, r] of callbacks.requests.entries()) {
      assert.equal(r.path, '/webhooks/twilio/demo/status?x=1');
      assert.ok(twilio.validateRequest(TWILIO_TOKEN, r.headers['x-twilio-signature'], url, forms[n]));
    }
    const message = await client.messages(json.sid).fetch();
    assert.deepEqual([message.status, message.price], ['delivered', '-0.00750']);
  });

  test('never calls back to another machine', async () => {
    const { status } = await create({ StatusCallback: 'http://192.0.2.1/status' });
    assert.equal(status, 201);
  });

  for (const [what, fields, code] of [
    ['no To', { To: '' }, 21604],
    ['no From', { From: '' }, 21603],
    ['no Body', { Body: '' }, 21602],
    ['a To that is no number', { To: '0151 123' }, 21211],
    ['a From that is no sender', { From: '+0' }, 21212],
    ['1601 characters', { Body: 'x'.repeat(1601) }, 21617],
    ['a callback that is no address', { StatusCallback: 'nowhere' }, 21609],
    ['an opted-out recipient', { To: '+15005550004' }, 21610],
    ['a sender that is not ours', { From: '+15005550007' }, 21606],
  ]) {
    test(`${what} is refused with ${code}`, async () => {
      const { status, json } = await create(fields);

      assert.deepEqual([status, json.status, json.code], [400, 400, code]);
      assert.equal(json.more_info, `https://www.twilio.com/docs/errors/${code}`);
      assert.deepEqual(await sent(), []);
    });
  }

  test('a messaging service and a name may send; 1600 characters pass', async () => {
    const service = await create({ From: '', MessagingServiceSid: `MG${'0'.repeat(32)}` });
    assert.deepEqual([service.status, service.json.status, service.json.from], [201, 'accepted', null]);
    assert.equal((await create({ From: 'Morgenrot' })).status, 201);
    assert.equal((await create({ Body: 'ä'.repeat(1600) })).json.num_segments, '11');
  });

  test('wrong credentials and other accounts', async () => {
    await assert.rejects(officialClient(sandbox.url, 'wrong').messages.create({ to: TO, from: FROM, body: 'x' }),
      { status: 401, code: 20003, message: 'Authenticate' });
    assert.equal((await create({}, { headers: {} })).json.code, 20003);
    const other = await request(`${sandbox.url}/2010-04-01/Accounts/AC0/Calls.json`, { method: 'POST', form: {} });
    assert.equal(other.json.code, 20404);
  });

  test('misbehaves as often as told, then no more', async () => {
    await post('/control', { twilio: { fail: '500', times: 2 } });
    assert.deepEqual([(await create({})).status, (await create({})).json.code, (await create({})).status], [500, 20500, 201]);

    await post('/control', { twilio: { fail: '429', times: 1 } });
    assert.deepEqual([(await create({})).json.code, (await create({})).status], [20429, 201]);

    await post('/control', { twilio: { fail: 'garbage', times: 1 } });
    const garbage = await create({});
    assert.deepEqual([garbage.status, garbage.json], [200, undefined]);
    assert.equal((await sent()).length, 2);
  });

  test('drops after accepting, and the message can be found', async () => {
    await post('/control', { twilio: { fail: 'drop-after-accept', times: 1 } });
    await assert.rejects(create({ Body: 'einmal' }), { code: 'ECONNRESET' });
    const found = await client.messages.list({ to: TO, dateSentAfter: new Date(Date.now() - 5_000) });
    assert.deepEqual(found.map((m) => m.body), ['einmal']);
  });

  test('forgets what it took', async () => {
    await post('/control', { twilio: { fail: 'drop-and-forget', times: 1 } });
    await assert.rejects(create({ Body: 'einmal' }), { code: 'ECONNRESET' });
    assert.deepEqual(await client.messages.list({ to: TO }), []);
    assert.equal((await sent()).length, 1);
  });

  test('stays silent, drips, redirects, sends without end, or is late', async () => {
    for (const [fail, code] of [['timeout', 'ETIMEDOUT'], ['drip', 'ETIMEDOUT'], ['huge', 'E2BIG']]) {
      await post('/control', { twilio: { fail, times: 1 } });
      await assert.rejects(create({}, { timeoutMs: fail === 'huge' ? 5_000 : 80 }), { code }, fail);
    }
    await post('/control', { twilio: { fail: 'redirect', times: 1 } });
    const there = await create({});
    assert.deepEqual([there.status, there.headers.location.endsWith('/Messages.json')], [302, true]);
    assert.deepEqual(await sent(), []);

    await post('/control', { twilio: { latency_ms: 60 } });
    const start = Date.now();
    assert.equal((await create({})).status, 201);
    assert.ok(Date.now() - start >= 59);
  });
});

test('segments follow GSM 03.38 and UCS-2', () => {
  for (const [text, count] of [
    ['', 1],
    ['a'.repeat(160), 1],
    ['a'.repeat(161), 2],
    ['a'.repeat(306), 2],
    ['a'.repeat(307), 3],
    [`${'a'.repeat(158)}€`, 1],
    [`${'a'.repeat(159)}€`, 2],
    [`${'a'.repeat(152)}€${'a'.repeat(152)}`, 3], // the escape moves on whole
    ['ä'.repeat(160), 1],
    ['ç'.repeat(70), 1],
    ['ç'.repeat(71), 2],
    ['ı'.repeat(134), 2],
    ['🗓'.repeat(35), 1],
    ['🗓'.repeat(36), 2],
    ['🗓'.repeat(67), 3], // 33 whole pairs in each
  ]) {
    assert.equal(segments(text), count, `${text.slice(0, 3)} × ${text.length}`);
  }
});
