// Access tokens that somebody made himself, found, or kept: every one is 401
// with one and the same body, in every spelling, whatever pool answers, and no
// worker ends of it.
import { after, before, describe, test } from 'node:test'
import assert from 'node:assert/strict'
import { createHmac, createPrivateKey, createSign, generateKeyPairSync } from 'node:crypto'
import { readFileSync } from 'node:fs'
import net from 'node:net'
import { join } from 'node:path'
import { request, sleep } from '../support/http.mjs'
import { partMembers } from '../support/process.mjs'
import { quote, sqlOn } from '../support/sql.mjs'
import { startStack } from '../support/stack.mjs'
import { makeClient, PASSWORD } from './client.mjs'
import { addPerson } from './people.mjs'

const NOTICED_WITHIN_MS = 5_000 + 1_000 // AUTH_CACHE_SECONDS
const POOLS = ['api', 'login', 'hook', 'talk']

let stack
let client
let sql
let key // of the ring: {id, secret}
let good // the claims of a token that is in force
let workers

const b64 = (x) => Buffer.from(x).toString('base64url')
const hmac = (secret, text, hash = 'sha256') => createHmac(hash, secret).update(text).digest('base64url')
const claimsOf = (token) => JSON.parse(Buffer.from(token.split('.')[1], 'base64url'))
const HEAD = () => ({ alg: 'HS256', typ: 'JWT', kid: key.id })
const text = (x) => (typeof x === 'string' ? x : JSON.stringify(x))

/** A token of any head and claims, signed as HS256 with any secret. */
const make = (head, claims, secret = key.secret, hash) => {
  const body = `${b64(text(head))}.${b64(text(claims))}`
  return `${body}.${hmac(secret, body, hash)}`
}

before(async () => {
  stack = await startStack({
    port: Number(process.env.TEST_PORT ?? 18080),
    args: process.env.TEST_BUILD ? ['--build', process.env.TEST_BUILD] : [],
  })
  client = await makeClient(stack.base)
  sql = sqlOn(stack)
  const [id, hex] = readFileSync(join(stack.var, 'secrets/jwt_key'), 'utf8').trim().split('\n').at(-1).split(' ')
  key = { id, secret: Buffer.from(hex, 'hex') }
  good = claimsOf(await client.token('salon'))
  workers = POOLS.map((pool) => partMembers(stack, pool))
}, { timeout: 120_000 })

after(() => stack?.stop())

const ask = (token, headers = {}) => request(`${stack.base}/api/v2/me`, { headers: { Authorization: `Bearer ${token}`, ...headers } })

const bodyOf = (r) => ({ ...r.json, request_id: '' })
const REFUSED = { status: 'error', code: 'unauthenticated', message: 'Log in first: the access token is missing, invalid or expired.', errors: [], request_id: '' }

function assertRefused(r, what) {
  assert.equal(r.status, 401, what)
  assert.deepEqual(bodyOf(r), REFUSED, what)
  assert.equal(r.headers['www-authenticate'], 'Bearer', what)
  assert.equal(r.headers['set-cookie'], undefined, what)
}

/* The same token in other clothes. A forged one stays forged in each. */
const SPELLINGS = {
  'as it is': (t) => t,
  padded: (t) => t.split('.').map((p) => p + '='.repeat((4 - p.length % 4) % 4)).join('.'),
  'in the other alphabet': (t) => t.replaceAll('-', '+').replaceAll('_', '/'),
  'with escaped names': (t) => t.split('.').map((p, i) => (i < 2 ? b64(Buffer.from(p, 'base64url').toString('latin1')
    .replace(/"(\w)(\w+)":/g, (_, a, rest) => `"\\u${a.charCodeAt(0).toString(16).padStart(4, '0')}${rest}":`)) : p)).join('.'),
  'with blanks in it': (t) => t.split('.').map((p, i) => (i < 2 ? b64(Buffer.from(p, 'base64url').toString('latin1').replace(/,/g, ' ,\n\t')) : p)).join('.'),
}

const now = Math.floor(Date.now() / 1000)
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048, publicKeyEncoding: { type: 'spki', format: 'pem' }, privateKeyEncoding: { type: 'pkcs8', format: 'pem' } })
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256', publicKeyEncoding: { type: 'spki', format: 'pem' }, privateKeyEncoding: { type: 'pkcs8', format: 'pem' } })
const der = Buffer.from(rsa.publicKey.replace(/-----[^-]+-----|\s/g, ''), 'base64')

function signed(alg, head = {}) {
  const body = `${b64(text({ ...HEAD(), alg, ...head }))}.${b64(text(good))}`
  const sign = createSign('sha256').update(body)
  const options = alg[0] === 'P' ? { padding: 6, saltLength: 32 } : {}
  const made = alg[0] === 'E' ? sign.sign({ key: createPrivateKey(ec.privateKey), dsaEncoding: 'ieee-p1363' }) : sign.sign({ key: rsa.privateKey, ...options })
  return `${body}.${made.toString('base64url')}`
}

const withHead = (more) => make({ ...HEAD(), ...more }, good)
const withClaims = (more) => make(HEAD(), { ...good, ...more })
const without = (name) => { const c = { ...good }; delete c[name]; return make(HEAD(), c) }
const unsigned = (alg, third = '') => `${b64(text({ ...HEAD(), alg }))}.${b64(text(good))}.${third}`
const raw = (head, claims) => make(head, claims)

/* name → a token, made when everything is known */
const ATTACKS = {
  'no algorithm, "none"': () => unsigned('none'),
  'no algorithm, "None"': () => unsigned('None'),
  'no algorithm, "NONE"': () => unsigned('NONE'),
  'no algorithm, "nOnE"': () => unsigned('nOnE'),
  'no algorithm, with a signature': () => withHead({ alg: 'none' }),
  'no algorithm, two parts': () => unsigned('none').slice(0, -1),
  'no algorithm named': () => make({ typ: 'JWT', kid: key.id }, good),
  'an empty signature': () => unsigned('HS256'),
  'no third part': () => unsigned('HS256').slice(0, -1),
  'a signature of zeros': () => unsigned('HS256', b64(Buffer.alloc(32))),
  'a signature of half the length': () => unsigned('HS256', make(HEAD(), good).split('.')[2].slice(0, 22)),
  'a public key as secret, PEM': () => make(HEAD(), good, rsa.publicKey),
  'a public key as secret, without its newline': () => make(HEAD(), good, rsa.publicKey.trim()),
  'a public key as secret, DER': () => make(HEAD(), good, der),
  'an empty secret': () => make(HEAD(), good, ''),
  'a secret of one NUL': () => make(HEAD(), good, Buffer.alloc(1)),
  'a secret of 32 NULs': () => make(HEAD(), good, Buffer.alloc(32)),
  'the secret as hex digits': () => make(HEAD(), good, key.secret.toString('hex')),
  'the secret cut short': () => make(HEAD(), good, key.secret.subarray(0, 31)),
  'a secret of somebody else': () => make(HEAD(), good, Buffer.alloc(32, 7)),
  'HS384 with our secret': () => make({ ...HEAD(), alg: 'HS384' }, good, key.secret, 'sha384'),
  'HS512 with our secret': () => make({ ...HEAD(), alg: 'HS512' }, good, key.secret, 'sha512'),
  'HS256 that says HS384': () => withHead({ alg: 'HS384' }),
  'HS512 that says HS256': () => make(HEAD(), good, key.secret, 'sha512'),
  'in small letters': () => withHead({ alg: 'hs256' }),
  RS256: () => signed('RS256'),
  PS256: () => signed('PS256'),
  ES256: () => signed('ES256'),
  'RS256 with its own key inside': () => signed('RS256', { jwk: { kty: 'RSA', pem: rsa.publicKey } }),
  'an algorithm that is a list': () => withHead({ alg: ['HS256'] }),
  'an algorithm that is null': () => withHead({ alg: null }),
  'a key of a path': () => withHead({ kid: '../../../../dev/null' }),
  'a key of a path, signed with nothing': () => make({ ...HEAD(), kid: '/dev/null' }, good, ''),
  'a key of SQL': () => withHead({ kid: "1' UNION SELECT 'x' -- " }),
  'a key with a NUL': () => raw(`{"alg":"HS256","typ":"JWT","kid":"${key.id}\\u0000"}`, good),
  'a key that is a number': () => withHead({ kid: Number(key.id) }),
  'a key that is negative': () => withHead({ kid: `-${key.id}` }),
  'a key with a zero in front': () => withHead({ kid: `0${key.id}` }),
  'a key with a blank': () => withHead({ kid: ` ${key.id}` }),
  'a key that wraps around': () => withHead({ kid: String(2n ** 32n + BigInt(key.id)) }),
  'a key that there is not': () => withHead({ kid: String(Number(key.id) + 1) }),
  'no key named': () => make({ alg: 'HS256', typ: 'JWT' }, good),
  'a key of 3 kB': () => withHead({ kid: '1'.repeat(3000) }),
  'where the key may be had': () => withHead({ jku: 'http://127.0.0.1:1/keys' }),
  'where its certificate may be had': () => withHead({ x5u: 'http://127.0.0.1:1/cert' }),
  'its certificate': () => withHead({ x5c: [der.toString('base64')] }),
  'its key': () => withHead({ jwk: { kty: 'oct', k: b64('x') } }),
  'what must be understood': () => withHead({ crit: ['exp'] }),
  'a body that is not encoded': () => withHead({ b64: false, crit: ['b64'] }),
  compressed: () => withHead({ zip: 'DEF' }),
  'of another type': () => withHead({ typ: 'at+jwt' }),
  'of another type by letters': () => withHead({ typ: 'jwt' }),
  'of no type': () => make({ alg: 'HS256', kid: key.id }, good),
  'nested: another token inside': () => make({ ...HEAD(), cty: 'JWT' }, good),
  'expired a second ago': () => withClaims({ iat: now - 900, exp: now - 1 }),
  'expired a day ago': () => withClaims({ iat: now - 87300, exp: now - 86400 }),
  'an end that is text': () => withClaims({ exp: String(good.exp) }),
  'an end that is a fraction': () => withClaims({ exp: good.exp + 0.5 }),
  'an end in floating point': () => raw(HEAD(), text(good).replace(/"exp":\d+/, '"exp":1e99')),
  'a negative end': () => withClaims({ exp: -1 }),
  'an end of 2^63': () => raw(HEAD(), text(good).replace(/"exp":\d+/, '"exp":9223372036854775808')),
  'an end of 2^53': () => withClaims({ exp: 2 ** 53 }),
  'an end in a list': () => withClaims({ exp: [good.exp] }),
  'an end that is true': () => withClaims({ exp: true }),
  'no end': () => without('exp'),
  'an end in an hour': () => withClaims({ iat: now, exp: now + 3600 }),
  'a beginning after the end': () => withClaims({ iat: good.exp + 1 }),
  'made in an hour': () => withClaims({ iat: now + 3600, exp: now + 4500 }),
  'made when it is text': () => withClaims({ iat: String(good.iat) }),
  'made before 1970': () => withClaims({ iat: -1 }),
  'not made': () => without('iat'),
  'not before tomorrow': () => withClaims({ nbf: now + 86400 }),
  'not before yesterday': () => withClaims({ nbf: now - 86400 }),
  'of another issuer': () => withClaims({ iss: 'somebody' }),
  'of two issuers': () => withClaims({ iss: ['frontdesk', 'somebody'] }),
  'of no issuer': () => without('iss'),
  'for another audience': () => withClaims({ aud: 'frontdesk-refresh' }),
  'for two audiences': () => withClaims({ aud: ['frontdesk-api', 'x'] }),
  'for no audience': () => without('aud'),
  'of nobody': () => without('sub'),
  'of somebody else': () => withClaims({ sub: '01900000-0000-7000-8000-000000000001' }),
  'of a person of SQL': () => withClaims({ sub: "' OR '1'='1" }),
  'of a person that is a number': () => withClaims({ sub: 1 }),
  'of no session': () => without('sid'),
  'of a session that there is not': () => withClaims({ sid: '01900000-0000-7000-8000-000000000001' }),
  'of a session of SQL': () => withClaims({ sid: "x' OR '1" }),
  'with a role': () => withClaims({ role: 'platform_admin' }),
  'with a company': () => withClaims({ company_id: '01900000-0000-7000-8000-000000000001' }),
  'with an id': () => withClaims({ jti: 'x' }),
  'two persons': () => raw(HEAD(), text(good).replace('{', `{"sub":"01900000-0000-7000-8000-000000000001",`)),
  'two sessions': () => raw(HEAD(), text(good).replace('{', `{"sid":"01900000-0000-7000-8000-000000000001",`)),
  'two ends': () => raw(HEAD(), text(good).replace(/}$/, ',"exp":9999999999}')),
  'two ends, one of them written otherwise': () => raw(HEAD(), text(good).replace(/}$/, ',"\\u0065xp":9999999999}')),
  'two algorithms': () => raw(text(HEAD()).replace('{', '{"alg":"none",'), good),
  'two algorithms, one of them written otherwise': () => raw(text(HEAD()).replace('{', '{"\\u0061lg":"none",'), good),
  'names in capitals': () => raw(HEAD(), text(good).replace('"sub"', '"SUB"')),
  'not UTF-8': () => { const body = `${b64(text(HEAD()))}.${Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xff, 0xc0]), Buffer.from('"}')]).toString('base64url')}`; return `${body}.${hmac(key.secret, body)}` },
  'something behind the claims': () => raw(HEAD(), `${text(good)} ]`),
  'something behind the head': () => raw(`${text(HEAD())}x`, good),
  'claims that are a list': () => make(HEAD(), [good]),
  'claims that are null': () => make(HEAD(), 'null'),
  'no claims': () => make(HEAD(), {}),
  'empty claims': () => make(HEAD(), ''),
  'a head that is a text': () => make('"HS256"', good),
  'an empty head': () => make('', good),
  'a head 1,400 deep': () => make('['.repeat(1400), good),
  'claims 1,400 deep': () => make(HEAD(), `${'{"a":'.repeat(280)}`),
  'a fourth part': () => `${make(HEAD(), good)}.x`,
  'an empty fourth part': () => `${make(HEAD(), good)}.`,
  'an empty first part': () => `.${make(HEAD(), good)}`,
  'five parts (encrypted)': () => `${make(HEAD(), good)}.x.y`,
  'head and claims exchanged': () => { const [h, p, s] = make(HEAD(), good).split('.'); return `${p}.${h}.${s}` },
  'the signature of another token': () => { const [h, p] = make(HEAD(), { ...good, exp: good.exp - 1 }).split('.'); return `${h}.${p}.${make(HEAD(), good).split('.')[2]}` },
  'one bit of the claims': () => { const [h, p, s] = make(HEAD(), good).split('.'); return `${h}.${b64(text(good).replace(/"sub":"(.)/, (_, c) => `"sub":"${c === '0' ? '1' : '0'}`))}.${s}${p ? '' : ''}` },
  'other last bits': () => { const t = make(HEAD(), good); const A = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'; return t.slice(0, -1) + A[A.indexOf(t.at(-1)) ^ 1] },
  'padding, signed': () => { const body = `${b64(text(HEAD()))}=.${b64(text(good))}`; return `${body}.${hmac(key.secret, body)}` },
  'a blank inside': () => make(HEAD(), good).replace('.', ' .'),
  'a refresh token': () => 'x'.repeat(65),
  'a JSON serialisation': () => JSON.stringify({ payload: b64(text(good)), signatures: [] }),
  'the word null': () => 'null',
  'the word undefined': () => 'undefined',
  'nothing': () => '',
  'dots': () => '..',
  'more dots': () => '.'.repeat(4000),
  '7 kB': () => 'A'.repeat(7000),
  '7 kB in three parts': () => `${'A'.repeat(2400)}.${'A'.repeat(2400)}.${'A'.repeat(2000)}`,
  '%-encoded': () => make(HEAD(), good).replaceAll('.', '%2E'),
}

test('the list is whole, and the maker makes good ones', async () => {
  assert.ok(Object.keys(ATTACKS).length >= 100, String(Object.keys(ATTACKS).length))
  assert.equal((await ask(make(HEAD(), good))).status, 200, 'else every refusal below would prove nothing')
  assert.equal((await ask(make({ kid: key.id, typ: 'JWT', alg: 'HS256' }, good))).status, 200)
})

describe('a token that is none', () => {
  for (const [name, token] of Object.entries(ATTACKS)) {
    test(name, async () => {
      for (const [how, spell] of Object.entries(SPELLINGS)) assertRefused(await ask(spell(token())), how)
    })
  }
})

describe('a good token', () => {
  test('in a spelling of its own is refused, but for the order and blanks that its maker chose', async () => {
    const token = make(HEAD(), good)
    for (const how of ['padded', 'with escaped names', 'with blanks in it']) assertRefused(await ask(SPELLINGS[how](token)), how)
  })

  test('under another name than Bearer, or beside another, is refused', async () => {
    const token = make(HEAD(), good)
    for (const header of [token, `Basic ${token}`, `JWT ${token}`, `Bearer${token}`, `Bearer  ${token}`, `Bearer ${token},${token}`, `Bearer ${token} x`,
      `Bearer "${token}"`, `Bearer\t${token}`, `Token ${token}`]) {
      assertRefused(await request(`${stack.base}/api/v2/me`, { headers: { Authorization: header } }), header.slice(0, 12))
    }
    for (const path of [`/api/v2/branches?access_token=${token}`, `/api/v2/branches?token=${token}`]) assertRefused(await request(stack.base + path), path.slice(0, 30))
    assertRefused(await request(`${stack.base}/api/v2/me`, { headers: { Cookie: `access_token=${token}; Authorization=Bearer ${token}` } }), 'as a cookie')
    assert.equal((await request(`${stack.base}/api/v2/me`, { headers: { Authorization: `bearer ${token}` } })).status, 200, 'the scheme has no case (RFC 9110, 11.1)')
  })

  test('does not refresh, and a refresh token does not ask', async () => {
    const login = (await request(`${stack.base}/api/v2/auth/login`, { method: 'POST', json: { email: 'owner@dental.example', password: PASSWORD } })).json
    assertRefused(await ask(login.refresh_token), 'as an access token')
    const r = await request(`${stack.base}/api/v2/auth/refresh`, { method: 'POST', json: { refresh_token: login.access_token.slice(0, 100) } })
    assert.equal(r.status, 401)
  })

  test('ends with its session, its person and its key', async () => {
    const end = {
      'logged out': async (email, token) => request(`${stack.base}/api/v2/auth/logout`, { method: 'POST', headers: { Authorization: `Bearer ${token}` } }),
      revoked: async (email) => sql(`UPDATE session s JOIN user u ON u.id = s.user_id SET s.revoked_at = NOW(3) WHERE u.email = ${quote(email)};`),
      'session expired': async (email) => sql(`UPDATE session s JOIN user u ON u.id = s.user_id SET s.expires_at = NOW(3) WHERE u.email = ${quote(email)};`),
      disabled: async (email) => sql(`UPDATE user SET disabled_at = NOW(3) WHERE email = ${quote(email)};`),
    }
    const tokens = {}
    for (const [how, fn] of Object.entries(end)) {
      const email = await addPerson(sql, how.replaceAll(' ', '-'), { 'salon-morgenrot': 'owner' })
      tokens[how] = await client.token(email)
      assert.equal((await ask(tokens[how])).status, 200, how)
      await fn(email, tokens[how])
    }
    await sleep(NOTICED_WITHIN_MS)
    for (const [how, token] of Object.entries(tokens)) for (let i = 0; i < 8; i++) assertRefused(await ask(token), how)
  })
})

/** What the server says to bytes, as far as its status. */
function statusOf(bytes) {
  return new Promise((resolve, reject) => {
    let answer = ''
    const socket = net.connect(Number(new URL(stack.base).port), '127.0.0.1')
      .on('data', (chunk) => { answer += chunk.toString('latin1') })
      .on('error', (e) => (answer ? resolve(answer) : reject(e)))
      .on('close', () => resolve(answer))
      .setTimeout(5000, () => socket.destroy())
    socket.write(bytes)
  }).then((answer) => Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1]))
}

describe('what does not come through nginx', () => {
  const withHeader = (value) => Buffer.concat([Buffer.from('GET /api/v2/me HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer '), Buffer.from(value), Buffer.from('\r\n\r\n')])

  test('a token of 64 kB, of 1 MB, or with a NUL is 400', async () => {
    assert.equal(await statusOf(withHeader('A'.repeat(65_536))), 400)
    assert.equal(await statusOf(withHeader(withHead({ kid: '1'.repeat(1 << 20) }))), 400)
    assert.equal(await statusOf(withHeader(make(HEAD(), good).replace('.', '.\0'))), 400)
  })

  test('two tokens are 400, whichever is good', async () => {
    const token = make(HEAD(), good)
    const two = (a, b) => Buffer.from(`GET /api/v2/me HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer ${a}\r\nAuthorization: Bearer ${b}\r\n\r\n`)
    for (const pair of [[token, 'x'], ['x', token], [token, token]]) assert.equal(await statusOf(two(...pair)), 400)
  })
})

test('every pool refuses alike, and no worker has ended of it', async () => {
  const token = ATTACKS['no algorithm, "none"']()
  for (const path of ['/api/v2/me', '/api/v2/branches', '/api/v2/companies/current']) assertRefused(await request(stack.base + path, { headers: { Authorization: `Bearer ${token}` } }), path)
  assertRefused(await request(`${stack.base}/api/v2/auth/logout`, { method: 'POST', headers: { Authorization: `Bearer ${token}` } }), 'logout')
  assertRefused(await request(`${stack.base}/api/v2/demo/race`, { method: 'POST', json: {}, headers: { Authorization: `Bearer ${token}` } }), 'talk')
  assert.deepEqual(POOLS.map((pool) => partMembers(stack, pool)), workers)
})
