import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { request, waitFor } from '../support/http.mjs';
import { startReceiver } from '../support/receiver.mjs';
import { TWILIO_ACCOUNT, TWILIO_TOKEN } from './companies.mjs';
import { startSandbox } from './sandbox.mjs';
import { Log } from './store.mjs';

const MAIN = fileURLToPath(new URL('main.mjs', import.meta.url));

function sendSms(base, body) {
  return request(`${base}/2010-04-01/Accounts/${TWILIO_ACCOUNT}/Messages.json`, {
    method: 'POST',
    form: { To: '+4915112345678', From: '+493023125001', Body: body },
    headers: { authorization: `Basic ${Buffer.from(`${TWILIO_ACCOUNT}:${TWILIO_TOKEN}`).toString('base64')}` },
  });
}

describe('the controls and the page', () => {
  let frontdesk;
  let sandbox;

  before(async () => {
    frontdesk = await startReceiver();
    sandbox = await startSandbox({ port: 0, smtpPort: 0, webhooks: frontdesk.url, stepMs: 1 });
  });
  after(async () => {
    await sandbox.stop();
    await frontdesk.close();
  });

  const get = (path, options) => request(sandbox.url + path, options);
  const post = (path, json, options) => request(sandbox.url + path, { method: 'POST', json, ...options });

  test('health', async () => {
    assert.deepEqual((await get('/health')).json, { status: 'ok', sent: 0, calls: 0 });
  });

  test('sent.json gives what came after a number; reset forgets but counts on', async () => {
    for (const text of ['eins', 'zwei', 'drei']) await sendSms(sandbox.url, text);
    const all = (await get('/sent.json')).json;
    const later = (await get(`/sent.json?since=${all.messages[1].seq}`)).json;

    assert.deepEqual(all.messages.map((m) => m.body), ['eins', 'zwei', 'drei']);
    assert.equal(all.seq, all.messages[2].seq);
    assert.deepEqual(later.messages.map((m) => m.body), ['drei']);
    assert.equal((await get('/sent.json?since=-1')).status, 400);

    assert.deepEqual((await request(`${sandbox.url}/reset`, { method: 'POST' })).json, { status: 'ok', seq: all.seq });
    assert.deepEqual((await get('/sent.json')).json, { seq: all.seq, messages: [] });
  });

  test('control refuses what it does not know, naming the field', async () => {
    for (const [body, field] of [
      [{ carrier: {} }, 'carrier'],
      [{ twilio: { fail: '418' } }, 'twilio.fail'],
      [{ twilio: { times: 0 } }, 'twilio.times'],
      [{ smtp: { latency_ms: -1 } }, 'smtp.latency_ms'],
      [{ smtp: { mood: 'bad' } }, 'smtp.mood'],
      [{ smtp: null }, 'smtp'],
    ]) {
      const res = await post('/control', body);
      assert.deepEqual([res.status, res.json.errors[0].field], [400, field]);
    }
    assert.deepEqual((await get('/control')).json.twilio, { fail: null, times: null, latency_ms: 0 });
  });

  test('the page shows calls and messages escaped, and nothing from elsewhere', async () => {
    await post('/calls', { wish: { customer_name: '<img src=x onerror=alert(1)>' } });
    await sendSms(sandbox.url, 'Hallo <b>Mia</b> & "Co"');
    await post('/control', { twilio: { fail: '429', times: 3 } });
    const { headers, text } = await get('/');

    assert.match(headers['content-security-policy'], /default-src 'none'; script-src 'sha256-/);
    assert.match(text, /Hallo &#60;b&#62;Mia&#60;\/b&#62; &#38; &#34;Co&#34;/);
    assert.doesNotMatch(text, /<img src=x/);
    assert.match(text, /A caller books a haircut/);
    assert.match(text, /twilio is told to misbehave: 429, 3 more times/);
    assert.doesNotMatch(text, /(?:src|href)="(?:https?:)?\/\//);

    const version = /data-version="(\d+)"/.exec(text)[1];
    assert.equal((await get(`/?since=${version}`)).status, 204);
    await post('/reset', {});
    assert.equal((await get(`/?since=${version}`)).status, 200);
  });

  test('answers this machine only', async () => {
    assert.equal((await get('/sent.json', { headers: { host: 'evil.example' } })).status, 421);
    assert.equal((await post('/reset', {}, { headers: { origin: 'https://evil.example' } })).status, 403);
    assert.equal((await post('/reset', {}, { headers: { origin: sandbox.url } })).status, 200);
    assert.equal((await post('/reset', undefined, { body: 'x', headers: { 'content-type': 'text/plain' } })).status, 415);
    const addresses = await new Promise((resolve) => {
      net.connect(sandbox.port, '127.0.0.2').on('connect', () => resolve('open')).on('error', (e) => resolve(e.code));
    });
    assert.equal(addresses, 'ECONNREFUSED');
  });

  test('bounds bodies and knows its paths', async () => {
    assert.equal((await post('/calls', undefined, { body: 'x'.repeat((1 << 20) + 1) }).catch((e) => ({ status: e.code }))).status, 413);
    assert.equal((await get('/nowhere')).status, 404);
    assert.equal((await get('/reset')).status, 405);
    assert.equal((await get('/calls/%zz')).status, 400);
    assert.equal((await post('/control', undefined, { body: '{"twilio":', headers: { 'content-type': 'application/json' } })).status, 400);
    assert.equal((await post('/control', [1])).status, 400);
  });

  test('a caller that hangs up in the middle of a body harms nothing', async () => {
    await new Promise((resolve) => {
      const req = http.request(`${sandbox.url}/calls`, { method: 'POST', headers: { 'content-length': 100 } });
      req.on('error', resolve);
      req.write('{');
      setTimeout(() => req.destroy(), 20);
    });
    assert.equal((await get('/health')).status, 200);
  });
});

describe('memory', () => {
  test('keeps the newest 5,000, and no more bytes than allowed', () => {
    const log = new Log('seq');
    for (let n = 0; n < 5_010; n++) log.add({ n });
    assert.deepEqual([log.size, log.list()[0].n, log.newest(1)[0].n, log.seq], [5_000, 10, 5_009, 5_010]);

    const small = new Log('seq', { maxBytes: 1_000 });
    for (let n = 0; n < 50; n++) small.add({ text: 'x'.repeat(90) });
    assert.ok(small.size < 11 && small.size > 5);
    assert.equal(small.get(50).seq, 50);
    assert.equal(small.get(1), undefined);
  });

  test('--state carries calls and messages over a restart', async () => {
    const state = mkdtempSync(join(tmpdir(), 'fd-'));
    const frontdesk = await startReceiver();
    const start = () => startSandbox({ port: 0, smtpPort: 0, webhooks: frontdesk.url, state, stepMs: 1 });

    let sandbox = await start();
    await sendSms(sandbox.url, 'bleibt');
    const { json } = await request(`${sandbox.url}/calls`, { method: 'POST', json: {} });
    await sandbox.stop();

    sandbox = await start();
    await sendSms(sandbox.url, 'neu');
    const sent = (await request(`${sandbox.url}/sent.json`)).json;
    const call = (await request(`${sandbox.url}/calls/${json.call_id}`)).json;
    await sandbox.stop();
    await frontdesk.close();

    assert.deepEqual(sent.messages.map((m) => [m.seq, m.body]), [[1, 'bleibt'], [2, 'neu']]);
    assert.equal(call.deliveries.length, 3);
    writeFileSync(join(state, 'sandbox.json'), '{');
    await assert.rejects(start(), /sandbox\.json cannot be read: delete it to start empty/);
    rmSync(state, { recursive: true });
  });
});

describe('the program', () => {
  function run(...args) {
    const child = spawn(process.execPath, [MAIN, ...args]);
    const out = { stdout: '', stderr: '' };

    child.stdout.on('data', (d) => { out.stdout += d; });
    child.stderr.on('data', (d) => { out.stderr += d; });
    return { child, out, exited: new Promise((resolve) => { child.on('exit', (code, signal) => resolve(code ?? signal)); }) };
  }

  for (const signal of ['SIGTERM', 'SIGINT']) {
    test(`prints one line when ready and drains on ${signal}`, async () => {
      let release;
      const held = new Promise((resolve) => { release = resolve; });
      const frontdesk = await startReceiver(async () => held.then(() => 200));
      const { child, out, exited } = run('--port', '0', '--smtp-port', '0', '--webhooks', frontdesk.url);

      await waitFor('the ready line', () => out.stdout.includes('\n'));
      const [, base] = /^sandbox ready (http:\/\/127\.0\.0\.1:\d+)\n$/.exec(out.stdout);
      const call = request(`${base}/calls`, { method: 'POST', json: { order: ['call_ended'] } });
      await frontdesk.has(1);
      child.kill(signal);
      setTimeout(release, 50);

      assert.equal((await call).status, 201);
      assert.equal(await exited, 0);
      assert.equal(out.stderr, '');
      await frontdesk.close();
    });
  }

  test('says what is wrong with its options or ports', async () => {
    for (const [args, code, message] of [
      [[], 2, /--port must be a port number/],
      [['--port', '1', '--smtp-port', '2', '--webhooks', 'ftp://x'], 2, /--webhooks must be an http:\/\/ address/],
      [['--surprise'], 2, /surprise/],
    ]) {
      const { out, exited } = run(...args);
      assert.equal(await exited, code);
      assert.match(out.stderr, message);
    }
    const taken = await startReceiver();
    const port = new URL(taken.url).port;
    for (const ports of [['--port', port, '--smtp-port', '0'], ['--port', '0', '--smtp-port', port]]) {
      const { out, exited } = run(...ports, '--webhooks', taken.url);
      assert.equal(await exited, 1);
      assert.match(out.stderr, new RegExp(`^sandbox: port ${port} is in use`));
    }
    await taken.close();
  });

  test('--help', async () => {
    const { out, exited } = run('--help');
    assert.equal(await exited, 0);
    assert.match(out.stdout, /^Usage: main\.mjs --port P/);
  });
});
