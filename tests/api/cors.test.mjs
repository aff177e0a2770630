// Pages of other sites: which may call the API (CORS), and which may frame a
// booking page. Each company lists its origins; nothing else is one.
import { after, before, describe, test } from 'node:test'
import assert from 'node:assert/strict'
import { sleep } from '../support/http.mjs'
import { sqlOn } from '../support/sql.mjs'
import { startStack } from '../support/stack.mjs'
import { makeClient } from './client.mjs'
import { addPerson } from './people.mjs'

const OURS = 'https://www.salon.example'
const SECOND = 'https://app.salon.example:8443'
const THEIRS = 'https://www.dental.example'
const REMEMBERED_MS = 5_000 // AUTH_CACHE_SECONDS
const SETTINGS = '/api/v2/companies/current/settings'
const SALON = '/api/v2/public/salon-morgenrot'

let stack
let client
let sql

before(async () => {
  stack = await startStack({
    port: Number(process.env.TEST_PORT ?? 18080),
    args: process.env.TEST_BUILD ? ['--build', process.env.TEST_BUILD] : [],
  })
  client = await makeClient(stack.base)
  sql = sqlOn(stack)
  await allow('salon', `${OURS} ${SECOND}`)
  await allow('dental', THEIRS)
}, { timeout: 120_000 })

after(() => stack?.stop())

async function allow(who, cors_origins) {
  const r = await client.call(who, 'PATCH', SETTINGS, { json: { cors_origins } })
  assert.equal(r.status, 200, r.text)
}

/* What a browser's fetch() makes of an answer: may the page read it? */
const readable = (r, origin) => r.headers['access-control-allow-origin'] === origin

function assertNever(r) {
  assert.notEqual(r.headers['access-control-allow-origin'], '*')
  assert.equal(r.headers['access-control-allow-credentials'], undefined)
}

async function preflight(origin, path, method = 'GET', headers = {}) {
  const r = await client.call('none', 'OPTIONS', path, {
    headers: { ...(origin === undefined ? {} : { Origin: origin }), 'Access-Control-Request-Method': method,
      'Access-Control-Request-Headers': 'authorization,content-type', ...headers },
  })
  assertNever(r)
  return r
}

const get = async (who, origin, path, options = {}) => {
  const r = await client.call(who, 'GET', path, { ...options, headers: { Origin: origin, ...options.headers } })
  assertNever(r)
  return r
}

/* What is nearly ours. */
const TRICKS = ['null', '*', '', 'https://www.salon.example.evil.example', 'https://evilwww.salon.example', 'https://evil.www.salon.example',
  'https://salon.example', 'http://www.salon.example', 'https://www.salon.example:443', 'https://www.salon.example:8443', 'https://www.salon.example/',
  'https://www.salon.exampl', 'https://www.salon.example\t', 'https://www.salon.example%60.evil.example', 'https://www.salon.example,https://evil.example',
  `${OURS} ${SECOND}`, 'HTTPS://WWW.SALON.EXAMPLE', 'https://www.salon.example@evil.example', 'https://www%salon.example', 'https://www_salon.example',
  'file://', 'https://', 'app.salon.example:8443', `https://${'x'.repeat(400)}.example`]

describe('before a call', () => {
  test('an origin that the company lists is told what it may send', async () => {
    for (const origin of [OURS, SECOND]) {
      for (const [method, path] of [['GET', '/api/v2/bookings'], ['POST', '/api/v2/bookings'], ['PATCH', SETTINGS], ['DELETE', '/api/v2/staff/01900000-0000-7000-8000-000000000000'],
        ['GET', SALON], ['POST', `${SALON}/bookings`], ['HEAD', '/api/v2/me'], ['POST', '/api/v2/auth/refresh']]) {
        const r = await preflight(origin, path, method)
        assert.equal(r.status, 204, `${method} ${path}: ${r.text}`)
        assert.equal(r.headers['access-control-allow-origin'], origin)
        assert.equal(r.headers['access-control-allow-methods'], method)
        assert.equal(r.headers['access-control-max-age'], '600')
        assert.equal(r.headers.vary, 'Origin')
        const allowed = r.headers['access-control-allow-headers'].toLowerCase().split(', ')
        for (const header of ['authorization', 'content-type', 'x-company-id', 'idempotency-key', 'if-match']) assert.ok(allowed.includes(header), header)
      }
    }
  })

  test('no other is, however near', async () => {
    for (const origin of TRICKS) {
      for (const path of ['/api/v2/bookings', SALON]) {
        const r = await preflight(origin, path)
        assert.equal(r.status, 403, `${origin} ${path}`)
        assert.equal(r.headers['access-control-allow-origin'], undefined, origin)
        assert.equal(r.headers['access-control-allow-methods'], undefined, origin)
      }
    }
    assert.equal((await preflight(undefined, '/api/v2/bookings')).status, 403)
  })

  test('of a public page the list is that company\'s', async () => {
    assert.equal((await preflight(THEIRS, '/api/v2/bookings')).status, 204, 'somebody lists it')
    assert.equal((await preflight(THEIRS, '/api/v2/public/bright-smile')).status, 204)
    assert.equal((await preflight(THEIRS, SALON)).status, 403)
    assert.equal((await preflight(OURS, '/api/v2/public/bright-smile')).status, 403)
    assert.equal((await preflight(OURS, '/api/v2/public/nobody')).status, 403)
  })

  test('what is not there, or takes no such method, is not offered; webhooks never', async () => {
    assert.equal((await preflight(OURS, '/api/v2/nothing')).status, 404)
    assert.equal((await preflight(OURS, '/api/v2/bookings', 'DELETE')).status, 405)
    assert.equal((await preflight(OURS, '/api/v2/bookings', 'TRACE')).status, 405)
    assert.equal((await preflight(OURS, '/webhooks/retell/demo-salon', 'POST')).status, 403)
    const plain = await client.call('none', 'OPTIONS', '/api/v2/bookings', { headers: { Origin: OURS } })
    assert.equal(plain.status, 405, 'OPTIONS that is no preflight')
  })
})

describe('the answer to a call', () => {
  test('is shown to a page whose origin the company lists', async () => {
    for (const [who, origin] of [['salon', OURS], ['salon', SECOND], ['dental', THEIRS], ['key', OURS]]) {
      const r = await get(who, origin, '/api/v2/bookings')
      assert.equal(r.status, 200)
      assert.ok(readable(r, origin))
      assert.equal(r.headers.vary, 'Origin')
      const exposed = r.headers['access-control-expose-headers'].toLowerCase().split(', ')
      for (const header of ['location', 'etag', 'retry-after', 'ratelimit-remaining']) assert.ok(exposed.includes(header), header)
    }
  })

  test('is not shown to one that another company lists, nor to a trick', async () => {
    for (const origin of [THEIRS, ...TRICKS]) {
      const r = await get('salon', origin, '/api/v2/bookings')
      assert.equal(r.status, 200, 'it is the browser that keeps it from the page')
      assert.equal(r.headers['access-control-allow-origin'], undefined, origin)
    }
    assert.ok(!readable(await get('none', THEIRS, SALON), THEIRS))
    assert.ok(readable(await get('none', OURS, SALON), OURS))
  })

  test('follows the company that is named', async () => {
    const both = await addPerson(sql, 'both', { 'salon-morgenrot': 'owner', 'bright-smile': 'owner' })
    const companies = (await client.call(both, 'GET', '/api/v2/me')).json.companies
    for (const [slug, origin, other] of [['salon-morgenrot', OURS, THEIRS], ['bright-smile', THEIRS, OURS]]) {
      const headers = { 'X-Company-Id': companies.find((c) => c.slug === slug).id }
      assert.ok(readable(await get(both, origin, '/api/v2/branches', { headers }), origin))
      assert.ok(!readable(await get(both, other, '/api/v2/branches', { headers }), other))
    }
  })

  test('is shown when it is an error, so that a page can renew its token', async () => {
    for (const [status, path, headers] of [[401, '/api/v2/bookings', {}], [401, '/api/v2/bookings', { Authorization: 'Bearer a.b.c' }], [404, '/api/v2/nothing', {}]]) {
      const r = await get('none', OURS, path, { headers })
      assert.equal(r.status, status)
      assert.ok(readable(r, OURS), path)
    }
    assert.ok(readable(await get('salon', OURS, '/api/v2/bookings?nonsense=1'), OURS))
    assert.equal((await get('none', 'https://evil.example', '/api/v2/bookings')).headers['access-control-allow-origin'], undefined)
  })

  test('of a write that was refused has no more than one that was done', async () => {
    for (const origin of [OURS, THEIRS]) {
      const r = await client.call('salon', 'POST', '/api/v2/closed-days', { json: { day: 'never' }, headers: { Origin: origin } })
      assert.equal(r.status, 422)
      assert.equal(readable(r, origin), origin === OURS)
    }
  })

  test('says nothing of it to our own pages and to programs', async () => {
    for (const headers of [{}, { Origin: stack.base.replace('127.0.0.1', 'localhost') }]) {
      const r = await client.call('salon', 'GET', '/api/v2/bookings', { headers })
      assert.equal(r.headers['access-control-allow-origin'], undefined)
    }
  })
})

test('what a company takes off its list is over: at once for answers, in seconds for preflights', async () => {
  const gone = 'https://gone.example'
  await allow('dental', `${THEIRS} ${gone}`)
  await sleep(REMEMBERED_MS + 500)
  assert.equal((await preflight(gone, '/api/v2/bookings')).status, 204)
  assert.ok(readable(await get('dental', gone, '/api/v2/branches'), gone))
  await allow('dental', null)
  assert.ok(!readable(await get('dental', gone, '/api/v2/branches'), gone))
  await sleep(REMEMBERED_MS + 500)
  for (let i = 0; i < 8; i++) assert.equal((await preflight(gone, '/api/v2/bookings')).status, 403)
  assert.equal((await preflight(OURS, '/api/v2/bookings')).status, 204)
  await allow('dental', THEIRS)
})

describe('the booking page', () => {
  const policy = async (slug) => {
    const r = await client.call('none', 'GET', `/book/${slug}`)
    assert.equal(r.status, 200)
    return /frame-ancestors ([^;]+)/.exec(r.headers['content-security-policy'])[1]
  }
  const frames = (frame_origins) => client.call('salon', 'PATCH', SETTINGS, { json: { frame_origins } })

  test('may be framed by the pages that its company names', async () => {
    assert.equal(await policy('salon-morgenrot'), "'none'")
    assert.equal((await frames(`${OURS} ${SECOND}`)).status, 200)
    assert.equal(await policy('salon-morgenrot'), `'self' ${OURS} ${SECOND}`)
    assert.equal(await policy('bright-smile'), "'none'")
    assert.equal(await policy('nobody'), "'none'")
    assert.equal((await frames(null)).status, 200)
    assert.equal(await policy('salon-morgenrot'), "'none'")
  })

  test('nothing gets into the header that is no origin', async () => {
    for (const bad of ["'unsafe-inline'", '*', 'https://*.example', 'https://a.example; script-src *', 'https://a.example\nX: y', 'data:', 'javascript:alert(1)', 'https://a.example/path']) {
      assert.equal((await frames(bad)).status, 422, bad)
    }
    assert.equal(await policy('salon-morgenrot'), "'none'")
  })

  test('one of a company that takes no bookings is framed by nobody', async () => {
    await frames(OURS)
    await client.call('salon', 'PATCH', SETTINGS, { json: { public_booking: false } })
    assert.equal(await policy('salon-morgenrot'), "'none'")
    await client.call('salon', 'PATCH', SETTINGS, { json: { public_booking: true, frame_origins: null } })
  })

  test('what nginx asks', async () => {
    await frames(OURS)
    const r = await client.call('none', 'GET', `${SALON}/frame`)
    assert.deepEqual([r.status, r.headers['x-frame-origins']], [204, OURS])
    await frames(null)
    assert.equal((await client.call('none', 'GET', `${SALON}/frame`)).headers['x-frame-origins'], undefined)
    assert.equal((await client.call('none', 'GET', '/api/v2/public/nobody/frame')).status, 404)
  })
})
