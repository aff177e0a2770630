// frontdesk-live and what happens when it, or what it asks, is away: streams
// end, nothing else does, and asking finds every change.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { request, sleep } from '../support/http.mjs';
import { startStack } from '../support/stack.mjs';
import { openEvents, openSocket } from '../support/stream.mjs';

const PORT = Number(process.env.TEST_PORT ?? 18460);
const MODULE = '/usr/lib/nginx/modules/ngx_nchan_module.so';

let stack;
let token;

before(async () => {
  stack = await startStack({ port: PORT, args: process.env.TEST_BUILD ? ['--build', process.env.TEST_BUILD] : [] });
  token = (await send('POST', 'auth/login', { email: 'owner@salon.example', password: 'frontdesk-demo' })).json.access_token;
}, { timeout: 120_000 });
after(() => stack?.stop());

const send = (method, path, json) => request(`${stack.base}/api/v2/${path}`, {
  method, ...(json ? { json } : {}), headers: token ? { Authorization: `Bearer ${token}` } : {},
});
const ticket = async () => (await send('POST', 'live/ticket')).json.url;
const last = async () => (await send('GET', 'changes')).json.last_id;
const log = (name) => readFileSync(join(stack.var, 'log', `${name}.log`), 'utf8');
const crashes = () => (log('live').match(/exited on signal/g) ?? []).length;
const master = () => Number(readFileSync(join(stack.var, 'pids/live'), 'utf8').split(' ')[0]);
const workerOf = (pid) => Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')[0]);
const socket = (name) => join(realpathSync(join(stack.var, 'run')), name);
let number = 0;
const change = async () => assert.equal((await send('POST', 'customers', { name: `Away ${++number}` })).status, 201);

async function until(what, ms = 5000) {
  const end = Date.now() + ms;

  while (Date.now() < end) {
    if (await what()) return;
    await sleep(10);
  }
  assert.fail(`not within ${ms} ms: ${what}`);
}

/** While a socket of this name leads nowhere. */
async function without(name, work) {
  const path = socket(name);

  renameSync(path, `${path}.away`);
  try {
    await work();
  } finally {
    renameSync(`${path}.away`, path);
  }
}

async function streams() {
  const s = await openEvents(stack.base, await ticket());

  assert.equal(s.status, 200);
  await change();
  await until(() => s.messages.length > 0);
  s.close();
}

test('while the application is away nobody gets a stream, and the nginx of streams lives on', async () => {
  const before = workerOf(master());
  const urls = await Promise.all(Array.from({ length: 20 }, ticket));

  await without('api.sock', async () => {
    const all = await Promise.all(urls.map((url, i) => (i % 2 ? openEvents : openSocket)(stack.base, url)));

    assert.ok(all.every((s) => s.status >= 500), JSON.stringify(all.map((s) => s.status)));
    const ended = await openEvents(stack.base, '/live?ticket=x');
    assert.equal(JSON.parse(ended.text || '{}').status ?? 'error', 'error');
  });
  assert.equal(workerOf(master()), before);
  assert.equal(crashes(), 0);
  await streams();
});

test('while it cannot be reached, or stands still, everything else goes on and asking finds every change', async () => {
  const held = master();
  const stop = (signal) => [held, workerOf(held)].forEach((pid) => process.kill(pid, signal));
  const goesOn = async () => {
    const begin = await last();
    const began = Date.now();

    for (let i = 0; i < 20; i++) await change();
    await until(async () => (await last()) >= begin + 20);
    assert.ok(Date.now() - began < 4000, `${Date.now() - began} ms`);
    assert.equal((await send('GET', `changes?after=${begin}`)).json.data.length, 20);
  };

  await without('publish.sock', goesOn);
  await without('subscribe.sock', async () => {
    const r = await request(`${stack.base}${await ticket()}`);
    assert.equal(r.status, 503);
    assert.equal(r.json.code, 'unavailable');
    await goesOn();
  });
  stop('SIGSTOP');
  try {
    await goesOn();
  } finally {
    stop('SIGCONT');
  }
  assert.equal(crashes(), 0);
  await sleep(1100); // so long nothing is published after a failure
  await streams();
});

test('browsers that come and go in the middle of everything do it no harm', async () => {
  const before = workerOf(master());
  const changing = (async () => { for (let i = 0; i < 60; i++) await change(); })();

  await Promise.all(Array.from({ length: 150 }, async () => {
    const url = await ticket();
    await sleep(Math.random() * 300);
    const r = http.get(stack.base + url, { agent: false, headers: { Accept: 'text/event-stream' } });
    r.on('error', () => {}).on('response', (reply) => reply.on('error', () => {}).resume());
    await sleep(Math.random() * 200);
    r.destroy();
  }));
  await changing;
  assert.equal(workerOf(master()), before);
  assert.equal(crashes(), 0);
  await streams();
});

test('killed, it is there again, and what was published meanwhile is found by asking', async () => {
  const s = await openEvents(stack.base, await ticket());
  const begin = await last();

  process.kill(master(), 'SIGKILL');
  await s.ended;
  await change();
  await until(async () => (await last()) > begin);
  assert.equal((await send('GET', `changes?after=${begin}`)).json.data[0].kind, 'customer.created');
  await until(async () => (await openEvents(stack.base, await ticket())).status === 200, 10_000);
  await sleep(1100);
  await streams();
});

// nchan's own way to ask, with fastcgi_pass: the reason why there is another
// listener between (nginx/live.conf).
test('control: a crash of an nginx worker would be seen', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'fd-nchan-'));
  const root = process.getuid() === 0 ? 'user root;' : '';

  writeFileSync(join(dir, 'conf'), `${root} load_module ${MODULE}; daemon off; worker_processes 1; pid ${dir}/pid; error_log stderr crit;
    events {} http { access_log off; ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((t) => `${t}_temp_path ${dir}/${t};`).join(' ')}
    server { listen unix:${dir}/s;
      location = /live { nchan_authorize_request /auth; nchan_subscriber eventsource websocket; nchan_channel_id x; }
      location = /auth { internal; fastcgi_param REMOTE_PORT $remote_port; fastcgi_pass unix:${dir}/nobody; } } }`);
  const child = spawn('nginx', ['-p', dir, '-c', join(dir, 'conf'), '-e', 'stderr'], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';

  child.stderr.setEncoding('utf8').on('data', (text) => { said += text; });
  const ended = new Promise((resolve) => { child.on('exit', resolve); });
  try {
    await until(() => readdirSync(dir).includes('s'));
    for (let i = 0; i < 20 && !said.includes('exited on signal'); i++) {
      await new Promise((resolve) => {
        http.get({ socketPath: join(dir, 's'), path: '/live', headers: { Accept: 'text/event-stream' } }, (r) => { r.resume().on('close', resolve); }).on('error', resolve);
      });
      await sleep(50);
    }
    assert.match(said, /exited on signal/);
  } finally {
    child.kill('SIGTERM');
    await ended;
    rmSync(dir, { recursive: true, force: true });
  }
});
