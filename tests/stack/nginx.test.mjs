// What nginx does with requests, seen from both sides: the pools are stand-ins
// that answer with what they were given. First the local variant, then the
// production site against the same pools.
import assert from 'node:assert/strict';
import { execFile, execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { standInBuild } from '../support/standin/build.mjs';
import { startStack } from '../support/stack.mjs';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const PORT = Number(process.env.TEST_PORT ?? 18400);
const HTTP_PORT = PORT + 3;
const HTTPS_PORT = PORT + 4;
const BROTLI = existsSync('/usr/lib/nginx/modules/ngx_http_brotli_static_module.so');
const CSP = (style, frames = "'none'") => `default-src 'self'; script-src 'self'; style-src 'self' ${style}; img-src 'self' data:; `
  + `connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors ${frames}`;

let stack;
let build;

before(async () => {
  build = standInBuild();
  stack = await startStack({ port: PORT, args: ['--build', build, '--trust', '127.0.0.2'] });
});
after(async () => {
  await stack?.stop();
  rmSync(build, { recursive: true, force: true });
});

/** {status, headers, text, json()} of one request; `options` as in node:http. */
function ask(path, { body, client = http, ...options } = {}) {
  return new Promise((resolve, reject) => {
    const request = client.request({ host: '127.0.0.1', port: PORT, path, agent: false, ...options }, (reply) => {
      const chunks = [];
      reply.on('data', (chunk) => chunks.push(chunk));
      reply.on('error', reject);
      reply.on('end', () => {
        const text = Buffer.concat(chunks).toString('latin1');
        resolve({ status: reply.statusCode, headers: reply.headers, text, json: () => JSON.parse(text) });
      });
    });
    request.on('error', reject);
    request.end(body);
  });
}

/** Bytes as they are; the answer's bytes. */
function raw(text, port = PORT) {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = net.connect(port, '127.0.0.1')
      .on('data', (chunk) => { answer += chunk.toString('latin1'); })
      .on('error', reject)
      .on('close', () => resolve(answer))
      .setTimeout(5000, () => socket.destroy());
    socket.write(text); // not end(): to nginx that is a client that has left
  });
}

const given = async (path, options) => Object.fromEntries((await ask(path, options)).json().params);

const FILTER = join(ROOT, 'nginx/fail2ban/filter.conf');

/** The addresses that fail2ban would find in these lines of the log. */
function accusedIn(lines) {
  const patterns = /^failregex = ([^]*?)^ignoreregex/m.exec(readFileSync(FILTER, 'utf8'))[1].trim().split(/\n\s+/)
    .map((p) => new RegExp(p.replace('<HOST>', '(?<host>\\S+)')));

  assert.equal(patterns.length, 2);
  return lines.map((l) => patterns.map((p) => p.exec(l.replace(/^at=\S+/, ''))?.groups.host).find(Boolean)).filter(Boolean);
}

/** An error of nginx's own must look like one of the API. */
function assertApiError(reply, status, code) {
  const error = reply.json();

  assert.equal(reply.status, status);
  assert.match(reply.headers['content-type'], /^application\/json/);
  assert.deepEqual(Object.keys(error), ['status', 'code', 'message', 'errors', 'request_id']);
  assert.deepEqual([error.status, error.code, error.errors], ['error', code, []]);
  assert.equal(reply.headers['x-request-id'], error.request_id);
  assert.match(error.request_id, /^[0-9a-f]{32}$/);
}

describe('pools', () => {
  for (const [method, path, pool] of [
    ['GET', '/api/health', 'api'],
    ['GET', '/api/v2/calls?limit=2', 'api'],
    ['PATCH', '/api/v2/customers/1', 'api'],
    ['POST', '/api/v2/files', 'api'],
    ['POST', '/api/v2/auth/login', 'login'],
    ['POST', '/api/v2/auth/signup', 'login'],
    ['POST', '/api/v2/auth/refresh', 'api'],
    ['POST', '/api/v2/auth/logout', 'api'],
    ['GET', '/api/v2/auth/sessions', 'api'],
    ['POST', '/api/v2/public/salon/bookings', 'api'],
    ['POST', '/api/v2/demo/race', 'talk'],
    ['POST', '/api/ai/appointments', 'talk'],
    ['POST', '/api/mcp', 'talk'],
    ['POST', '/webhooks/retell/demo-salon', 'hook'],
    ['POST', '/webhooks/retell', 'hook'],
    ['POST', '/webhooks/twilio/x/status', 'hook'],
    ['POST', '/webhooks/retell/x/inbound', 'talk'],
    ['POST', '/webhooks/retell/x/functions/check', 'talk'],
    ['POST', '/webhooks/twilio/x/voice', 'talk'],
    ['POST', '/webhooks/twilio/x/gather', 'talk'],
    ['POST', '/api/retell/webhook', 'hook'],
  ]) {
    test(`${method} ${path} goes to ${pool}`, async () => {
      const reply = await ask(path, { method });
      const params = Object.fromEntries(reply.json().params);

      assert.equal(reply.json().pool, pool);
      assert.deepEqual([params.REQUEST_METHOD, params.REQUEST_URI], [method, path]);
      assert.equal(reply.headers['x-content-type-options'], 'nosniff');
    });
  }
});

describe('how the parts are, and numbers', () => {
  for (const path of ['/api/health/detailed', '/api/health/metrics']) {
    test(`${path}: for this machine, and for who says who he is`, async () => {
      const near = await ask(path);
      assert.deepEqual([near.status, near.json().pool], [200, 'api']);
      // of the world: by a proxy that is trusted, and by one on this machine that nobody has named
      for (const who of [{ localAddress: '127.0.0.2', headers: { 'x-forwarded-for': '203.0.113.7' } }, { headers: { 'x-forwarded-for': '203.0.113.7' } }]) {
        assertApiError(await ask(path, who), 403, 'forbidden');
        const named = await ask(path, { ...who, headers: { ...who.headers, authorization: 'Bearer t' } });
        assert.equal(named.status, 200);
        assert.equal(Object.fromEntries(named.json().params).HTTP_AUTHORIZATION, 'Bearer t');
      }
      assert.equal((await ask(`${path}?x=1`)).status, 200);
    });
  }
});

describe('what a worker is given', () => {
  test('the headers as they came, and no more than it reads', async () => {
    const params = await given('/api/v2/me?x=1', { headers: { authorization: 'Bearer t', 'X-Company-Id': 'c' } });

    assert.deepEqual(Object.keys(params).filter((name) => !name.startsWith('HTTP_')).sort(),
      ['CONTENT_LENGTH', 'REMOTE_ADDR', 'REQUEST_METHOD', 'REQUEST_URI']);
    assert.deepEqual([params.HTTP_AUTHORIZATION, params.HTTP_X_COMPANY_ID], ['Bearer t', 'c']);
    assert.equal(params.HTTP_HOST, `127.0.0.1:${PORT}`);
  });

  test('a header that came twice, twice (or nginx refuses it)', async () => {
    for (const name of ['Authorization', 'X-Company-Id', 'Content-Type', 'X-Retell-Signature']) {
      const answer = await raw(`POST /webhooks/x/y HTTP/1.0\r\n${name}: a\r\n${name}: b\r\n\r\n`);
      const param = `HTTP_${name.toUpperCase().replaceAll('-', '_')}`;

      if (answer.startsWith('HTTP/1.1 400')) continue;
      const { params } = JSON.parse(answer.slice(answer.indexOf('{')));
      assert.deepEqual(params.filter(([key]) => key === param).map(([, value]) => value), ['a', 'b'], name);
    }
  });

  test('no header that pretends to be another, a proxy or an address', async () => {
    const params = await given('/api/v2/me', {
      headers: { Proxy: 'http://evil', 'X-Forwarded-For': '9.9.9.9', 'X-Real-IP': '9.9.9.9', Forwarded: 'for=9.9.9.9', X_Company_Id: 'c' },
    });

    assert.ok(!JSON.stringify(params).includes('evil'));
    assert.ok(!JSON.stringify(params).includes('9.9.9.9'));
    assert.equal(params.HTTP_X_COMPANY_ID, undefined);
    assert.equal(params.REMOTE_ADDR, '127.0.0.1');
  });

  test('the client\'s address from a trusted proxy, and from nobody else', async () => {
    const headers = { 'X-Forwarded-For': '198.51.100.7, 203.0.113.9' };

    assert.equal((await given('/api/v2/me', { headers, localAddress: '127.0.0.2' })).REMOTE_ADDR, '203.0.113.9');
    assert.equal((await given('/api/v2/me', { headers, localAddress: '127.0.0.3' })).REMOTE_ADDR, '127.0.0.3');
  });

  test('a request id: the client\'s, else one of nginx', async () => {
    assert.equal((await given('/api/v2/me', { headers: { 'X-Request-Id': 'mine-1' } })).HTTP_X_REQUEST_ID, 'mine-1');
    assert.match((await given('/api/v2/me')).HTTP_X_REQUEST_ID, /^[0-9a-f]{32}$/);
  });

  test('a chunked body with its length', async () => {
    const reply = await ask('/webhooks/x/y', { method: 'POST', headers: { 'transfer-encoding': 'chunked' }, body: 'x'.repeat(200_000) });

    assert.equal(Object.fromEntries(reply.json().params).CONTENT_LENGTH, '200000');
    assert.equal(reply.json().body, 200_000);
  });
});

describe('errors of nginx itself', () => {
  test('sentences and codes are those of errors.def', () => {
    const def = readFileSync(join(ROOT, 'core/base/errors.def'), 'utf8');
    const conf = readFileSync(join(ROOT, 'nginx/snippets/http.conf'), 'utf8');
    const entries = (name) => conf.match(new RegExp(`map \\$status \\$${name} \\{\n([^}]*)`))[1].matchAll(/(\d+|default) "?([^";]*)"?;/g);
    const codes = new Map([...entries('frontdesk_error_code')].map(([, status, code]) => [status, code]));

    assert.ok(codes.size > 8);
    for (const [, status, sentence] of entries('frontdesk_error_message')) {
      const line = def.split('\n').find((l) => l.includes(`"${codes.get(status)}"`));
      assert.ok(line?.includes(`"${sentence}"`), `${status}: ${sentence}`);
    }
  });

  for (const [path, limit] of [['/api/v2/calls', 1], ['/webhooks/retell/x', 8], ['/api/retell/webhook', 8],
    ['/webhooks/retell/x/inbound', 8], ['/api/v2/files', 32]]) {
    test(`a body over ${limit} MiB for ${path} is 413`, async () => {
      const body = Buffer.alloc((limit << 20) + 1);

      assertApiError(await ask(path, { method: 'POST', body, headers: { expect: '' } }), 413, 'too_large');
      assert.equal((await ask(path, { method: 'POST', body: body.subarray(1) })).json().body, limit << 20);
    });
  }

  test('methods that nothing here takes are 405', async () => {
    for (const method of ['TRACE', 'PROPFIND', 'MKCOL']) {
      assertApiError(await ask('/api/v2/me', { method }), 405, 'method_not_allowed');
    }
    assertApiError(await ask('/', { method: 'POST' }), 405, 'method_not_allowed');
  });

  test('what is no HTTP is 400, and so are headers without end', async () => {
    assert.match(await raw('GARBAGE\r\n\r\n'), /^HTTP\/1.1 400[^]*"code":"bad_request"/);
    assert.match(await raw('GET /api/v2/me HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n'), /^HTTP\/1.1 400[^]*"code":"bad_request"/);
    assert.match(await raw(`GET /api/v2/me HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(9000)}\r\n\r\n`), /^HTTP\/1.1 400[^]*"code":"bad_request"/);
    assert.match(await raw(`GET /api/${'x'.repeat(9000)} HTTP/1.1\r\nHost: a\r\n\r\n`), /^HTTP\/1.1 414[^]*"code":"too_large"/);
  });

  test('a client\'s request id is not repeated unchecked', async () => {
    const reply = await ask('/api/v2/me', { method: 'TRACE', headers: { 'X-Request-Id': '","x":"' } });
    assertApiError(reply, 405, 'method_not_allowed');
  });

  test('a pool that is down is 503 with Retry-After; the others go on', async () => {
    const [pid] = readFileSync(join(stack.var, 'pids/hook'), 'utf8').split(' ');
    process.kill(Number(pid), 'SIGSTOP'); // so that multiwatch does not start new workers
    const { pid: worker } = (await ask('/webhooks/x/y')).json();
    const workers = execFileSync('ps', ['-o', 'pid=', '--ppid', pid], { encoding: 'utf8' }).trim().split(/\s+/).map(Number);
    assert.ok(workers.includes(worker));
    workers.forEach((id) => process.kill(id, 'SIGKILL'));
    rmSync(join(stack.var, 'run/hook.sock'));

    try {
      const reply = await ask('/webhooks/x/y', { method: 'POST', body: 'x' });
      assertApiError(reply, 503, 'unavailable');
      assert.equal(reply.headers['retry-after'], '2');
      assert.equal((await ask('/api/health')).status, 200);
    } finally {
      process.kill(Number(pid), 'SIGKILL'); // run-local starts the pool anew
      for (let i = 0; i < 100 && (await ask('/webhooks/x/y')).status !== 200; i++) await new Promise((r) => setTimeout(r, 100));
    }
    assert.equal((await ask('/webhooks/x/y')).status, 200);
  });

  test('a worker\'s own errors stay as they are', async () => {
    for (const status of [404, 413, 500, 503]) {
      const reply = await ask(`/api/v2/x?status=${status}`);
      assert.equal(reply.status, status);
      assert.equal(reply.json().pool, 'api');
    }
  });
});

describe('the portal', () => {
  test('any path is the first page, which is asked for anew each time', async () => {
    for (const path of ['/', '/calls/0190', '/index.html', '/deep/er/path']) {
      const reply = await ask(path);

      assert.match(reply.text, /Portal/);
      assert.equal(reply.headers['cache-control'], 'no-cache');
      assert.match(reply.headers['content-type'], /^text\/html/);
      assert.equal(reply.headers['content-security-policy'], CSP("'sha256-c3R5bGU='"));
      assert.equal(reply.headers.server, 'nginx');
    }
  });

  test('assets are kept for a year; a missing one is 404, not the page', async () => {
    const reply = await ask('/assets/app.0a1b2c3d.js');

    assert.equal(reply.headers['cache-control'], 'public, max-age=31536000, immutable');
    assert.match(reply.headers['content-type'], /javascript/);
    for (const path of ['/assets/gone.js', '/assets/', '/assets']) {
      const missing = await ask(path, { headers: { accept: 'text/html' } });
      if (path === '/assets') assert.equal(missing.status, 200);
      else assertApiError(missing, 404, 'not_found');
      assert.doesNotMatch(missing.headers['cache-control'], /immutable/);
    }
  });

  test('compressed files are sent as the build left them', async () => {
    for (const encoding of BROTLI ? ['gzip', 'br'] : ['gzip']) {
      const reply = await ask('/assets/app.0a1b2c3d.js', { headers: { 'accept-encoding': encoding } });
      const file = readFileSync(join(build, `www/assets/app.0a1b2c3d.js.${encoding === 'br' ? 'br' : 'gz'}`), 'latin1');

      assert.equal(reply.headers['content-encoding'], encoding);
      assert.match(reply.headers.vary, /Accept-Encoding/);
      assert.equal(reply.text, file);
    }
  });

  test('files outside it are not served', async () => {
    for (const path of ['/../frontdesk-fcgi', '/..%2ffrontdesk-fcgi', '/%2e%2e/frontdesk-fcgi', '/assets/../../frontdesk-fcgi']) {
      assert.doesNotMatch((await ask(path)).text, /^#!/);
    }
  });
});

describe('a booking page', () => {
  const STYLE = "'sha256-c3R5bGU='";
  const page = async (path, options) => {
    const reply = await ask(path, options);
    assert.equal(reply.status, 200, path);
    assert.match(reply.text, /Portal/);
    assert.equal(reply.headers['cache-control'], 'no-cache');
    assert.equal(reply.headers['x-content-type-options'], 'nosniff');
    assert.equal(reply.headers['cross-origin-opener-policy'], 'same-origin');
    assert.equal(reply.headers['x-frame-origins'], undefined);
    return reply.headers['content-security-policy'];
  };

  test('may be framed by those that its company names, and by nobody else', async () => {
    for (const path of ['/book/framed', '/book/framed/', '/book/framed/done?x=1']) {
      assert.equal(await page(path), CSP(STYLE, "'self' https://www.salon.example https://x.example:8443"), path);
    }
    for (const path of ['/book/none', '/book/absent', '/book/broken', '/book/Framed', '/book/', '/book/framed%3Fx', '/book/framed%2f..%2fx',
      `/book/${'x'.repeat(64)}`, '/bookframed', '/calls']) {
      assert.equal(await page(path), CSP(STYLE), path);
    }
  });

  test('asks the API with nothing of what the browser sent', async () => {
    await page('/book/framed', { headers: { authorization: 'Bearer secret', cookie: 'a=b', 'x-company-id': 'c' } });
    const asked = readFileSync(join(stack.var, 'log/api.log'), 'utf8').trim().split('\n').at(-1);
    assert.deepEqual(JSON.parse(asked).map(([name]) => name).sort(), ['CONTENT_LENGTH', 'HTTP_X_REQUEST_ID', 'REMOTE_ADDR', 'REQUEST_METHOD', 'REQUEST_URI']);
    assert.ok(!asked.includes('secret'));
  });

  test('has no other address', async () => {
    for (const path of ['/.frame', '/.unframed']) {
      const reply = await ask(path);
      assert.equal(reply.text.includes('pool'), false);
      assert.equal(reply.headers['x-frame-origins'], undefined);
    }
  });
});

describe('the log', () => {
  test('a line a request, with its id and without query', async () => {
    await ask('/api/v2/customers?q=Lena+Hoffmann', { headers: { authorization: 'Bearer secret-token' } });
    await new Promise((resolve) => setTimeout(resolve, 1500));
    const log = readFileSync(join(stack.var, 'log/nginx.log'), 'utf8');

    assert.match(log, /^at=\S+ id=worker method=GET path="\/api\/v2\/customers" status=200 .* address=127\.0\.0\.1$/m);
    assert.doesNotMatch(log, /Hoffmann|secret-token/);
  });

  test('no address whose knowledge is a right', async () => {
    const places = ['/api/v2/public/bookings/', '/api/v2/public/feeds/'];

    for (const place of [...places, '/manage/']) await ask(`${place}a-token-of-somebody/calendar.ics`);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    const log = readFileSync(join(stack.var, 'log/nginx.log'), 'utf8');
    for (const place of places) assert.ok(log.includes(`path="${place}..."`), place);
    assert.ok(!log.includes('a-token-of-somebody'));
  });
});

describe('fail2ban', () => {
  const HAS = spawnSync('fail2ban-regex', ['--version']).status === 0;
  const guilty = '192.0.2.66';
  let lines;

  /** What nginx writes down about requests from an address. */
  before(async () => {
    const began = readFileSync(join(stack.var, 'log/nginx.log'), 'utf8').length;
    const from = (address, path, options = {}) => ask(path, { ...options, localAddress: '127.0.0.2', headers: { 'X-Forwarded-For': address } });
    const login = (address, status) => from(address, `/api/v2/auth/login?status=${status}`, { method: 'POST' });

    await login(guilty, 401);
    await login(guilty, 429);
    await from(guilty, '/api/v2/auth/refresh?status=401', { method: 'POST' });
    await login('2001:db8::66', 401);
    await login('192.0.2.1', 200);
    await login('192.0.2.1', 422);
    await from('192.0.2.1', '/api/v2/calls?status=401'); // a token that has expired
    await from('192.0.2.1', '/api/v2/calls?status=429'); // somebody asked too often
    await from('192.0.2.1', '/webhooks/retell/x?status=401', { method: 'POST' });
    await from('192.0.2.1', '/webhooks/retell/x?status=429', { method: 'POST' });
    await from('192.0.2.1', '/api/ai/faq?status=401', { method: 'POST' });
    await from('192.0.2.1', '/api/retell/webhook?status=401', { method: 'POST' });
    // who writes a line of somebody else's into his path
    const line = '" status=401 bytes_in=1 pool="-" pool_status="-" pool_seconds="-" address=198.51.100.1';
    await from('192.0.2.1', `/api/v2/auth/x${encodeURIComponent(line)}`, { method: 'POST' });
    await from('192.0.2.1', `/api/v2/auth/x${encodeURIComponent(`\n at=x id=x method=POST path="/api/v2/auth/login${line}\n`)}`, { method: 'POST' });
    await new Promise((resolve) => setTimeout(resolve, 1500));
    lines = readFileSync(join(stack.var, 'log/nginx.log'), 'utf8').slice(began).split('\n').filter((l) => /address=(192\.0\.2\.|2001:)/.test(l));
  });

  const accused = [guilty, guilty, guilty, '2001:db8::66'];

  test('the filter finds who guesses and who floods, and nobody else', () => {
    assert.equal(lines.length, 14);
    assert.deepEqual(accusedIn(lines), accused);
  });

  test('fail2ban reads it the same way', { skip: HAS ? false : 'fail2ban is not installed' }, () => {
    const file = join(mkdtempSync(join(tmpdir(), 'fd-ban-')), 'log');
    writeFileSync(file, `${lines.join('\n')}\n`);
    const said = execFileSync('fail2ban-regex', ['-o', 'ip', file, FILTER], { encoding: 'utf8' });
    rmSync(join(file, '..'), { recursive: true });
    assert.deepEqual(said.trim().split('\n'), accused);
  });
});

describe('the production site', { skip: BROTLI ? false : 'needs the module libnginx-mod-http-brotli-static' }, () => {
  const dir = mkdtempSync(join(tmpdir(), 'fd-site-'));
  const name = 'frontdesk.example.com';
  const site = { port: HTTPS_PORT, client: https, servername: name, headers: { host: name }, rejectUnauthorized: false };
  let nginx;

  /** The site file itself, on other ports and with this test's folders. */
  function writeSite() {
    const conf = readFileSync(join(ROOT, 'nginx/frontdesk.conf'), 'utf8')
      .replaceAll('/run/frontdesk/', `${stack.var}/run/`)
      .replaceAll('/usr/share/frontdesk/', `${build}/`)
      .replaceAll('/etc/nginx/frontdesk.', `${dir}/frontdesk.`)
      .replaceAll('/var/log/nginx/', `${dir}/`)
      .replaceAll(/listen (\[::\]:)?(\d+)/g, (all, v6, port) => `listen ${v6 ? '[::1]' : '127.0.0.1'}:${port === '80' ? HTTP_PORT : HTTPS_PORT}`);
    const temp = ['client_body', 'fastcgi', 'proxy', 'uwsgi', 'scgi'].map((t) => `${t}_temp_path ${dir}/${t};`).join('\n');

    execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2',
      '-subj', `/CN=${name}`, '-keyout', `${dir}/frontdesk.key`, '-out', `${dir}/frontdesk.crt`], { stdio: 'pipe' });
    writeFileSync(`${dir}/frontdesk.conf`, conf);
    mkdirSync(`${dir}/frontdesk`);
    for (const file of ['http', 'tls', 'server', 'error', 'headers', 'fastcgi', 'locations', 'limit-zones', 'limits']) {
      writeFileSync(`${dir}/frontdesk/${file}.conf`, readFileSync(join(ROOT, `nginx/snippets/${file}.conf`), 'utf8'));
    }
    writeFileSync(`${dir}/frontdesk/realip.conf`, 'real_ip_header X-Forwarded-For; set_real_ip_from 127.0.0.0/8;');
    writeFileSync(`${dir}/nginx.conf`, `load_module /usr/lib/nginx/modules/ngx_http_brotli_static_module.so;
      ${process.getuid() === 0 ? 'user root;' : ''} daemon off; pid ${dir}/pid; events { } http { include /etc/nginx/mime.types; ${temp} include ${dir}/frontdesk.conf; }`);
  }

  before(async () => {
    writeSite();
    nginx = spawn('nginx', ['-e', `${dir}/error`, '-c', `${dir}/nginx.conf`], { stdio: 'inherit' });
    for (let i = 0; i < 100; i++) {
      if (await ask('/', { port: HTTP_PORT }).then(() => true, (e) => e.code !== 'ECONNREFUSED')) break;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  });
  after(async () => {
    const ended = new Promise((resolve) => nginx.once('exit', resolve));
    nginx.kill('SIGTERM');
    await ended;
    rmSync(dir, { recursive: true, force: true });
  });

  test('serves portal and API over TLS, with HSTS', async () => {
    for (const path of ['/', '/api/health', '/assets/gone.js']) {
      const reply = await ask(path, site);

      assert.equal(reply.status, path === '/assets/gone.js' ? 404 : 200);
      assert.equal(reply.headers['strict-transport-security'], 'max-age=31536000; includeSubDomains');
      assert.match(reply.headers['content-security-policy'], /sha256-c3R5bGU=/);
      for (const [header, value] of Object.entries({ 'cross-origin-opener-policy': 'same-origin', 'cross-origin-resource-policy': 'same-origin',
        'x-content-type-options': 'nosniff', 'referrer-policy': 'same-origin' })) assert.equal(reply.headers[header], value, `${header} of ${path}`);
    }
  });

  describe('TLS', () => {
    /** What openssl says of a handshake, and how it ended; `input` is typed into it. */
    const handshake = (args, input = '') => new Promise((resolve) => {
      const child = execFile('openssl', ['s_client', '-connect', `127.0.0.1:${HTTPS_PORT}`, '-servername', name, ...args], { timeout: 10_000 },
        (error, stdout, stderr) => resolve({ ok: error === null, text: stdout + stderr }));
      child.stdin.on('error', () => {});
      child.stdin.end(input);
    });
    const agreed = ({ ok, text }) => ok && /Cipher is (?!\(NONE\))/.test(text);

    test('1.2 and 1.3 and nothing older, even for who would take anything', async () => {
      for (const version of ['tls1', 'tls1_1']) {
        const said = await handshake([`-${version}`, '-cipher', 'ALL:COMPLEMENTOFALL:@SECLEVEL=0']);
        assert.ok(!agreed(said), version);
        assert.match(said.text, /alert protocol version|no protocols available|unsupported protocol/, version);
      }
      for (const version of ['tls1_2', 'tls1_3']) assert.ok(agreed(await handshake([`-${version}`])), version);
    });

    test('of all ciphers of 1.2 only those with forward secrecy and authenticated encryption', async () => {
      const all = execFileSync('openssl', ['ciphers', '-tls1_2', '-s', 'ALL:COMPLEMENTOFALL:@SECLEVEL=0'], { encoding: 'utf8' }).trim().split(':');
      const taken = [];
      const queue = all.slice();
      await Promise.all(Array.from({ length: 6 }, async () => {
        for (let cipher = queue.pop(); cipher !== undefined; cipher = queue.pop()) {
          if (agreed(await handshake(['-tls1_2', '-cipher', `${cipher}:@SECLEVEL=0`]))) taken.push(cipher);
        }
      }));

      assert.ok(all.length > 50, `${all.length} ciphers`);
      assert.deepEqual(taken.sort(), ['ECDHE-ECDSA-AES128-GCM-SHA256', 'ECDHE-ECDSA-AES256-GCM-SHA384', 'ECDHE-ECDSA-CHACHA20-POLY1305']);
    });

    test('no compression, no tickets, no early data, no renegotiation by a client', async () => {
      const two = await handshake(['-tls1_2'], 'R\n');
      assert.match(two.text, /Secure Renegotiation IS supported/);
      assert.match(two.text, /Compression: NONE/);
      assert.doesNotMatch(two.text, /session ticket:/i);
      assert.match(two.text, /RENEGOTIATING[^]*(no renegotiation|unexpected|closed|error)/i);
      const three = await handshake(['-tls1_3']);
      assert.match(three.text, /Early data was not sent/);
      assert.doesNotMatch(three.text, /Max Early Data: [1-9]/);
    });
  });

  test('sends plain HTTP to TLS', async () => {
    const reply = await ask('/calls?x=1', { port: HTTP_PORT, headers: { host: name } });
    assert.deepEqual([reply.status, reply.headers.location], [308, `https://${name}/calls?x=1`]);
  });

  test('answers nobody who does not know its name', async () => {
    await assert.rejects(ask('/', { port: HTTP_PORT, headers: { host: 'other' } }), /socket hang up/);
    await assert.rejects(ask('/', { ...site, servername: 'other' }));
  });

  describe('counts by address', () => {
    const agent = new https.Agent({ keepAlive: true, maxSockets: 40 });
    let people = 0;
    after(() => agent.destroy());

    /** n requests at once from an address; the replies, by status. */
    async function flood(path, n, { from = `192.0.2.${people += 1}`, headers = {}, ...options } = {}) {
      const replies = await Promise.all(Array.from({ length: n }, (_, i) => ask(path, {
        ...site, agent, ...options, headers: { host: name, 'X-Forwarded-For': typeof from === 'function' ? from(i) : from, ...headers },
      })));
      return { served: replies.filter((r) => r.status === 200), refused: replies.filter((r) => r.status === 429) };
    }

    const bearer = { authorization: 'Bearer x' };
    for (const [what, path, n, served, options] of [
      ['an API request without a log-in', '/api/v2/anything', 100, 60, {}],
      ['a public page', '/api/v2/public/salon', 100, 60, {}],
      ['a public page, whatever it says to be', '/api/v2/public/salon', 100, 60, { headers: bearer }],
      ['a public booking', '/api/v2/public/salon/bookings', 60, 20, { method: 'POST' }],
      ['a log-in', '/api/v2/auth/login', 100, 41, { method: 'POST' }],
      ['a refresh', '/api/v2/auth/refresh', 100, 41, { method: 'POST' }],
      ['with a log-in', '/api/v2/anything', 500, 201, { headers: bearer }],
      ['with a log-in, a file', '/api/v2/files', 500, 201, { headers: bearer }],
      ['a preflight', '/api/v2/anything', 500, 201, { method: 'OPTIONS' }],
    ]) {
      test(`${what}: ${served} at once`, async () => {
        const from = `198.51.100.${people += 1}`;
        const began = Date.now();
        const { served: got, refused } = await flood(path, n, { ...options, from });
        const meanwhile = Math.ceil((Date.now() - began) / 1000 * (served > 100 ? 100 : served > 60 ? 10 : served === 41 ? 10 : 1));

        assert.ok(got.length >= served && got.length <= served + meanwhile, `${got.length} served, ${meanwhile} of them meanwhile`);
        assert.equal(got.length + refused.length, n);
        assertApiError(refused[0], 429, 'rate_limited');
        assert.equal(refused[0].headers['retry-after'], path.includes('/public/') ? '3' : '1');
        assert.equal(refused[0].headers['ratelimit-policy'], served === 60 || path.includes('/public/') ? '60;w=60' : undefined);
        assert.equal((await flood(path, 1, options)).served.length, 1, 'from another address');
      });
    }

    for (const [what, path] of [['a webhook', '/webhooks/retell/x'], ['a webhook of an old address', '/api/retell/webhook'],
      ['an agent\'s tool', '/api/ai/appointments'], ['an inbound call', '/webhooks/retell/x/inbound'], ['a monitor', '/api/health']]) {
      test(`${what}: never`, async () => {
        const { served } = await flood(path, 500, { from: '203.0.113.9', method: path === '/api/health' ? 'GET' : 'POST' });
        assert.equal(served.length, 500);
        assert.equal(served[0].headers['ratelimit-policy'], undefined);
      });
    }

    test('fail2ban sees who is refused, and no webhook', async () => {
      const { refused } = await flood('/api/v2/public/salon', 80, { from: '198.51.100.99' });
      await flood('/webhooks/retell/x', 80, { from: '198.51.100.99', method: 'POST' });
      await new Promise((resolve) => setTimeout(resolve, 1500));
      const lines = readFileSync(`${dir}/frontdesk.log`, 'utf8').split('\n').filter((l) => l.endsWith('address=198.51.100.99'));

      assert.equal(lines.length, 160);
      assert.deepEqual(accusedIn(lines), refused.map(() => '198.51.100.99'));
    });

    test('IPv6: the first 64 bits, however they are written', async () => {
      const hosts = { // of one subscriber, and of a neighbour
        '2001:db8:7:8:': (i) => [`2001:db8:7:8::${i + 1}`, `2001:db8:7:8:1:2:3:${i + 1}`, '2001:db8:7:8::'][i % 3],
        '2001:db8:7::': (i) => [`2001:db8:7::${i + 1}`, `2001:db8:7:0:1:2:3:${i + 1}`][i % 2],
        '2001:db8::': (i) => [`2001:db8::${i + 1}`, '2001:db8::'][i % 2],
      };
      for (const [net, from] of Object.entries(hosts)) {
        const { served } = await flood('/api/v2/public/salon', 150, { from });
        const groups = net === '2001:db8:7::' ? 2 : 1; // "7::" and "7:0:": zeros that stand alone are written

        assert.ok(served.length >= 60 && served.length <= 60 * groups + 5, `${net} ${served.length}`);
      }
      assert.equal((await flood('/api/v2/public/salon', 30, { from: '2001:db8:7:9::1' })).served.length, 30);
    });

    test('log-ins that wait, wherever they come from: fifty', async () => {
      const { served, refused } = await flood('/api/v2/auth/login?wait=300', 120, {
        from: (i) => `203.0.113.${i + 20}`, method: 'POST', agent: new https.Agent({ maxSockets: 200 }),
      });
      assert.ok(refused.length >= 20, `${refused.length} refused`);
      assert.ok(served.length >= 50, `${served.length} served`);
      assert.equal(served.length + refused.length, 120);
    });
  });

  test('refuses more headers than a request needs', async () => {
    const headers = Object.fromEntries(Array.from({ length: 70 }, (_, i) => [`x-${i}`, '1']));
    assert.equal((await ask('/api/health', { ...site, headers: { host: name, ...headers } })).status, 400);
  });
});
