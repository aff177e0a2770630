// systemd/run-local: starts once, stops without a trace, and comes back after
// any crash; and what the units do to a pool and to the database, done to its.
// Runs the programs of build/ (or of $TEST_BUILD).
import assert from 'node:assert/strict';
import { execFile, execFileSync, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { request, sleep, waitFor } from '../support/http.mjs';
import { partLeader, partMembers, signal } from '../support/process.mjs';
import { startStack } from '../support/stack.mjs';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const PORT = 18410;
const BUILD = process.env.TEST_BUILD ?? join(ROOT, 'build');
const PARTS = ['api', 'hook', 'login', 'mariadb', 'nginx', 'sandbox', 'talk', 'worker'];
const run = promisify(execFile);

const start = (dir, more = {}) => startStack({ port: PORT, dir, args: ['--build', BUILD], ...more });
const runnerOf = (dir) => Number(readFileSync(join(dir, 'lock'), 'utf8').split(' ')[0]);
const everyone = (stack) => PARTS.flatMap((part) => partMembers(stack, part));
const living = (pids) => pids.filter((pid) => existsSync(`/proc/${pid}`) && !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`)));

/** Whether somebody listens on this port of the machine itself. */
const listens = (port) => new Promise((resolve) => {
  const socket = net.connect(port, '127.0.0.1');
  socket.on('connect', () => { socket.destroy(); resolve(true); }).on('error', () => resolve(false));
});

/** {address, port} of the TCP sockets on which these processes listen; addresses as the kernel writes them. */
function listeners(pids) {
  const inodes = new Set(pids.flatMap((pid) => {
    try {
      return readdirSync(`/proc/${pid}/fd`).map((fd) => /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1]);
    } catch {
      return []; // a program that lets nobody look
    }
  }));
  return ['tcp', 'tcp6'].filter((name) => existsSync(`/proc/net/${name}`))
    .flatMap((name) => readFileSync(`/proc/net/${name}`, 'utf8').trim().split('\n').slice(1))
    .map((line) => line.trim().split(/\s+/))
    .filter((f) => f[3] === '0A' && inodes.has(f[9]))
    .map((f) => ({ address: f[1].split(':')[0], port: parseInt(f[1].split(':')[1], 16) }));
}

async function assertNothingLeft(dir, pids) {
  await waitFor('the end', () => living(pids).length === 0, { timeoutMs: 5000 }).catch(() => {});
  assert.deepEqual(living(pids), [], 'processes are left');
  assert.deepEqual(readdirSync(join(dir, 'pids')), []);
  assert.ok(!existsSync(join(dir, 'run')), 'var/run is left');
  for (const port of [PORT, PORT + 1, PORT + 2]) assert.ok(!await listens(port), `port ${port} is left`);
}

async function seconds(f) {
  const began = performance.now();
  const value = await f();
  return [value, (performance.now() - began) / 1000];
}

test('where nothing is missing, deps says nothing and takes no second', async () => {
  const [{ stdout, stderr }, took] = await seconds(() => run(join(ROOT, 'systemd/deps')));

  assert.equal(stdout + stderr, '');
  assert.ok(took < 1, `took ${took} s`);
});

describe('one folder, from its first start', () => {
  const dir = mkdtempSync(join(tmpdir(), 'fd-'));
  let stack;

  after(async () => {
    await stack?.stop().catch(() => {});
    rmSync(dir, { recursive: true, force: true });
  });

  test('a start that is interrupted leaves nothing, and the next one works', async () => {
    const child = spawn(join(ROOT, 'systemd/run-local'), ['--port', String(PORT), '--var', dir, '--build', BUILD], { stdio: 'ignore' });
    const ended = new Promise((resolve) => child.once('exit', resolve));

    await waitFor('the first task', () => existsSync(join(dir, 'pids/task')), { everyMs: 5 });
    child.kill('SIGINT');
    assert.equal(await ended, 0);
    await assertNothingLeft(dir, []);
    stack = await start(dir);
    assert.equal((await request(`${stack.base}/api/health`)).json.database, 'ok');
  });

  test('only nginx and the sandbox have ports, on this machine only', () => {
    const listening = listeners(everyone(stack));

    assert.deepEqual([...new Set(listening.map((l) => l.port))].sort(), [PORT, PORT + 1, PORT + 2]);
    for (const { address } of listening) {
      assert.ok(['0100007F', `${'0'.repeat(24)}01000000`, `${'0'.repeat(16)}FFFF00000100007F`].includes(address), address);
    }
  });

  test('nobody else may read its secrets or reach its sockets', () => {
    for (const name of readdirSync(join(dir, 'secrets'))) assert.equal(statSync(join(dir, 'secrets', name)).mode & 0o77, 0, name);
    for (const name of ['run', 'secrets', 'mariadb']) assert.equal(statSync(join(dir, name)).mode & 0o77, 0, name);
  });

  test('a second start says so and changes nothing', async () => {
    const [error, took] = await seconds(() => run(join(ROOT, 'systemd/run-local'), ['--port', '18419', '--var', dir, '--build', BUILD]).catch((e) => e));

    assert.equal(error.code, 3);
    assert.equal(error.stderr, `run-local: already running (pid ${runnerOf(dir)}) at http://localhost:${PORT}\n`);
    assert.ok(took < 2.5, `took ${took} s`);
    assert.equal((await request(`${stack.base}/api/health`)).status, 200);
  });

  test('ports of others are named before anything starts', async () => {
    const other = mkdtempSync(join(tmpdir(), 'fd-'));
    const error = await run(join(ROOT, 'systemd/run-local'), ['--port', String(PORT - 1), '--var', other, '--build', BUILD]).catch((e) => e);

    assert.equal(error.code, 1);
    assert.match(error.stderr, new RegExp(`port ${PORT} is taken by another program`));
    assert.ok(!existsSync(join(other, 'mariadb')));
    rmSync(other, { recursive: true });
  });

  test('a part that dies is started again; without the database it is 503 with Retry-After', async () => {
    signal(partLeader(stack, 'mariadb'), 'SIGKILL');
    const down = await waitFor('503', async () => {
      const reply = await request(`${stack.base}/api/health`);
      return reply.status === 503 && reply;
    }, { timeoutMs: 2000, everyMs: 5 });

    assert.match(down.headers['retry-after'], /^\d+$/);
    assert.equal(down.json.code, 'unavailable');
    await waitFor('the database', async () => (await request(`${stack.base}/api/health`)).status === 200, { timeoutMs: 15_000 });

    const members = partMembers(stack, 'login');
    signal(members[0], 'SIGKILL'); // multiwatch: its workers are orphans now
    await waitFor('the pool', async () => partLeader(stack, 'login') !== members[0]
      && (await request(`${stack.base}/api/v2/auth/login`, { method: 'POST', json: {} })).status === 422, { timeoutMs: 15_000 });
    assert.deepEqual(living(members), []);
    assert.match(stack.output(), /mariadb ended; it is started again[^]*login ended; it is started again/);
  });

  /** The answers to requests that take their time (a password is checked), while `disturb` is at work. */
  async function answersWhile(disturb) {
    let busy = true;
    const statuses = [];
    const clients = Array.from({ length: 6 }, async () => {
      while (busy) {
        const json = { email: `nobody-${Math.random()}@salon.example`, password: 'not-the-password' };
        statuses.push((await request(`${stack.base}/api/v2/auth/login`, { method: 'POST', json }).catch(() => ({ status: 0 }))).status);
      }
    });

    await sleep(300);
    await disturb();
    await sleep(300);
    busy = false;
    await Promise.all(clients);
    return statuses;
  }

  test('a pool is renewed without losing a request', async () => {
    const old = partMembers(stack, 'login');
    const statuses = await answersWhile(() => run(join(ROOT, 'systemd/reload-pool'), { env: { ...process.env, MAINPID: String(old[0]) } }));

    assert.deepEqual(living(old), [old[0]], 'all workers but none of the parent are new');
    assert.equal(partMembers(stack, 'login').length, old.length);
    assert.ok(statuses.length > 5);
    assert.deepEqual(statuses.filter((status) => status !== 401), []);
  });

  test('control: workers that are killed do lose requests', async () => {
    const workers = partMembers(stack, 'login').slice(1);
    const statuses = await answersWhile(() => workers.forEach((pid) => signal(pid, 'SIGKILL')));

    assert.ok(statuses.includes(503), `${statuses}`);
  });

  test('the health unit\'s question is answered by every pool\'s own socket', async () => {
    for (const pool of ['api', 'login', 'hook', 'talk']) {
      const { stdout } = await run('timeout', ['10', 'env', '-i', 'REQUEST_METHOD=GET', 'REQUEST_URI=/api/health',
        'cgi-fcgi', '-bind', '-connect', join(dir, `run/${pool}.sock`)]);
      assert.match(stdout, /^Status: /);
    }
  });

  test('the nightly dump can be read back, and fourteen are kept', async () => {
    const folder = join(dir, 'dumps');
    const sql = (text, ...args) => execFileSync('mariadb', ['--no-defaults', `--socket=${dir}/run/mariadb.sock`, '--user=root', '-N', ...args], { input: text, encoding: 'utf8' });
    const checksums = (schema) => {
      const tables = sql(`SELECT table_name FROM information_schema.tables WHERE table_schema = '${schema}' ORDER BY 1`).trim().split('\n');
      return sql(tables.map((t) => `CHECKSUM TABLE ${schema}.\`${t}\`;`).join('\n')).replaceAll(`${schema}.`, '');
    };

    mkdirSync(folder);
    for (let day = 1; day <= 15; day++) writeFileSync(join(folder, `frontdesk-202001${String(day).padStart(2, '0')}T000000Z.sql.gz`), '');
    signal(partLeader(stack, 'worker'), 'SIGSTOP'); // else it writes meanwhile
    try {
      await run(join(ROOT, 'systemd/dump'), [folder], {
        env: { ...process.env, SERVER: `--socket=${dir}/run/mariadb.sock`, RUNTIME_DIRECTORY: folder, CREDENTIALS_DIRECTORY: join(dir, 'secrets') },
      });
      const files = readdirSync(folder);
      const newest = join(folder, files.at(-1));

      assert.equal(files.length, 14);
      assert.equal(files[0], 'frontdesk-20200103T000000Z.sql.gz');
      assert.equal(statSync(newest).mode & 0o777, 0o600);
      sql('CREATE DATABASE restored');
      sql(execFileSync('gzip', ['-dc', newest], { encoding: 'utf8', maxBuffer: 1 << 28 }), 'restored');
      assert.match(checksums('restored'), /appointment\t/);
      assert.equal(checksums('restored'), checksums('frontdesk_store'));
      sql('DROP DATABASE restored');
    } finally {
      signal(partLeader(stack, 'worker'), 'SIGCONT');
    }

    await assert.rejects(run(join(ROOT, 'systemd/dump'), [folder], {
      env: { ...process.env, SERVER: '--socket=/nowhere', RUNTIME_DIRECTORY: folder, CREDENTIALS_DIRECTORY: join(dir, 'secrets') },
    }));
    assert.equal(readdirSync(folder).length, 14);
  });

  test('TERM stops everything; the second start takes at most 5 s', async () => {
    const pids = everyone(stack);
    assert.ok(pids.length > 20);
    await stack.stop();
    stack = undefined;
    await assertNothingLeft(dir, pids);

    const [again, took] = await seconds(() => start(dir));
    stack = again;
    assert.ok(took <= 5, `took ${took} s`);
    assert.equal((await request(`${stack.base}/api/health`)).status, 200);
  });

  test('killed with SIGKILL, its parts end by themselves', async () => {
    const pids = everyone(stack);

    signal(runnerOf(dir), 'SIGKILL');
    await waitFor('the end', () => living(pids).length === 0, { timeoutMs: 20_000 });
    stack = await start(dir);
    assert.match(stack.output(), /stopping what an earlier run left behind/);
  });

  test('what cannot end by itself is cleared away by the next start, and nothing else', async (t) => {
    const stranger = spawn('sleep', ['1000']);
    t.after(() => stranger.kill());
    const pids = everyone(stack);
    const hook = partMembers(stack, 'hook');

    // A hung sandbox and nginx, workers without their parent, and a number
    // that the system has given to somebody else since.
    signal(partLeader(stack, 'sandbox'), 'SIGSTOP');
    partMembers(stack, 'nginx').forEach((pid) => signal(pid, 'SIGSTOP'));
    hook.slice(1).forEach((pid) => signal(pid, 'SIGSTOP'));
    signal(runnerOf(dir), 'SIGKILL');
    signal(hook[0], 'SIGKILL');
    await sleep(500);
    assert.ok(living(pids).length >= 4);
    const [, , era] = readFileSync(join(dir, 'pids/nginx'), 'utf8').trim().split(' ');
    writeFileSync(join(dir, 'pids/other'), `${stranger.pid} 5 ${era}\n`);

    stack = await start(dir);
    assert.deepEqual(living(pids), []);
    assert.ok(signal(stranger.pid, 0), 'the stranger lives');
    const now = everyone(stack);
    await stack.stop();
    stack = undefined;
    await assertNothingLeft(dir, now);
  });

  test('told to stop twice, it waits for nobody', async () => {
    const child = spawn(join(ROOT, 'systemd/run-local'), ['--port', String(PORT), '--var', dir, '--build', BUILD], { stdio: 'ignore' });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    await waitFor('the start', async () => (await request(`http://127.0.0.1:${PORT}/api/health`)).status === 200, { timeoutMs: 20_000 });
    await sleep(500);
    const pids = everyone({ var: dir });

    signal(partLeader({ var: dir }, 'sandbox'), 'SIGSTOP');
    child.kill('SIGINT');
    await sleep(1000);
    assert.equal(child.exitCode, null, 'once, it waits');
    child.kill('SIGINT');
    const [, took] = await seconds(() => ended);
    assert.ok(took < 2, `took ${took} s`);
    await assertNothingLeft(dir, pids);
  });

  test('a command in between: its status, then the end', async () => {
    const args = ['--port', String(PORT), '--var', dir, '--build', BUILD, '--once-ready-cmd'];
    const { stdout } = await run(join(ROOT, 'systemd/run-local'), [...args, 'curl -s $FRONTDESK_BASE/api/health; echo; echo $FRONTDESK_SANDBOX $FRONTDESK_VAR']);
    const failed = await run(join(ROOT, 'systemd/run-local'), [...args, 'exit 7']).catch((e) => e);

    assert.match(stdout, /"database":"ok"/);
    assert.match(stdout, new RegExp(`^http://127.0.0.1:${PORT + 1} ${dir}$`, 'm'));
    assert.equal(failed.code, 7);
    await assertNothingLeft(dir, []);
  });
});

describe('a deep folder with blanks, and another user', () => {
  const dir = mkdtempSync(join(tmpdir(), 'fd-'));
  const deep = join(dir, 'a checkout & its folders', 'x'.repeat(120), 'frontdesk');
  const user = `fdtest${process.pid}`;
  const isRoot = process.getuid() === 0;
  let who = {};

  before(() => {
    for (const path of ['systemd', 'nginx', 'sql', 'tests/sandbox', 'tests/support', 'tests/node_modules', 'tests/package.json']) {
      cpSync(join(ROOT, path), join(deep, path), { recursive: true });
    }
    for (const path of ['frontdesk-fcgi', 'frontdesk-worker', 'frontdeskctl']) cpSync(join(BUILD, path), join(deep, 'build', path));
    cpSync(join(ROOT, 'build/www'), join(deep, 'build/www'), { recursive: true });
    if (!isRoot) return;
    execFileSync('useradd', ['--system', '--no-create-home', '--shell', '/bin/sh', user]);
    execFileSync('chown', ['-R', `${user}:`, dir]);
    const id = (flag) => Number(execFileSync('id', [flag, user], { encoding: 'utf8' }));
    who = { uid: id('-u'), gid: id('-g') };
  });
  after(() => {
    rmSync(dir, { recursive: true, force: true });
    if (isRoot) execFileSync('userdel', [user]);
  });

  test('works there as well, twice, and leaves nothing outside', async () => {
    const node = process.execPath.startsWith('/usr/') ? [] : [join(dir, 'bin')];
    if (node.length > 0) cpSync(process.execPath, join(dir, 'bin/node'));
    const env = { PATH: [...node, dirname(process.execPath), process.env.PATH].join(':'), HOME: dir };
    const args = ['--port', String(PORT), '--once-ready-cmd', 'curl -s $FRONTDESK_BASE/api/health; echo; readlink var/run; cat var/pids/*; id -u'];

    for (let i = 0; i < 2; i++) {
      const { stdout } = await run('systemd/run-local', args, { cwd: deep, env, ...who });
      assert.match(stdout, /"database":"ok"/);
      const [, short] = /^(\/\S+\/frontdesk-\w{6})$/m.exec(stdout);
      assert.ok(!existsSync(short), 'the short folder is left');
      if (isRoot) assert.match(stdout, new RegExp(`^${who.uid}$`, 'm'));
      await assertNothingLeft(join(deep, 'var'), [...stdout.matchAll(/^(\d+) \d+ \S+:/gm)].map(([, pid]) => Number(pid)));
    }
  });
});
