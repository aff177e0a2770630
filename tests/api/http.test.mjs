// What HTTP itself promises: conditional requests, addresses of what was made,
// request ids, HEAD; and, with the limits and the database of a single worker,
// when to come back.
import { after, before, describe, test } from 'node:test'
import assert from 'node:assert/strict'
import net from 'node:net'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startAlone } from '../support/alone.mjs'
import { encodeRequest, fcgiRequest } from '../support/fcgi.mjs'
import { requestLog } from '../support/log.mjs'
import { retellRequest } from '../support/retell.mjs'
import { quote, sqlOn } from '../support/sql.mjs'
import { startStack } from '../support/stack.mjs'
import { makeClient, PASSWORD, PEOPLE } from './client.mjs'
import { addPerson } from './people.mjs'

const BUILD = process.env.TEST_BUILD ?? fileURLToPath(new URL('../../build', import.meta.url))

let stack
let client
let sql
let folder

before(async () => {
  stack = await startStack({ port: Number(process.env.TEST_PORT ?? 18080), args: ['--build', BUILD] })
  client = await makeClient(stack.base)
  sql = sqlOn(stack)
  folder = mkdtempSync(join(tmpdir(), 'fd-http-'))
}, { timeout: 120_000 })

after(async () => {
  await stack?.stop()
  rmSync(folder, { recursive: true, force: true })
})

const get = (path, headers = {}) => client.call('salon', 'GET', path, { headers })

async function book() {
  const haircut = (await get('/api/v2/services')).json.data.find(s => s.name === 'Haircut').id
  const day = n => new Date(Date.now() + n * 86_400_000).toISOString().slice(0, 10)
  const free = await get(`/api/v2/availability?service_id=${haircut}&from=${day(3)}&to=${day(12)}`)
  return client.call('salon', 'POST', '/api/v2/bookings',
    { json: { service_id: haircut, starts_at: free.json.slots[0].starts_at, customer: { name: 'Hetty Hypertext' } } })
}

test('what was made is at its Location, and is read again only when it has changed', async () => {
  const made = await book()
  const at = made.headers.location
  assert.equal(at, `/api/v2/bookings/${made.json.id}`)
  const first = await get(at)
  assert.deepEqual(first.json, made.json)
  const etag = first.headers.etag
  assert.match(etag, /^"[0-9a-f]+"$/)

  for (const known of [etag, `W/${etag}`, `"x", ${etag}`, `"x",W/${etag} , "y"`, '*']) {
    const same = await get(at, { 'If-None-Match': known })
    assert.equal(same.status, 304, known)
    assert.equal(same.text, '', known)
    assert.equal(same.headers.etag, etag)
  }
  for (const other of ['"x"', etag.slice(1, -1), `${etag.slice(0, -1)}0"`, `"x", "y"`, '']) {
    assert.equal((await get(at, { 'If-None-Match': other })).status, 200, other)
  }
  assert.equal((await client.call('dental', 'GET', at, { headers: { 'If-None-Match': '*' } })).status, 404)

  await client.call('salon', 'POST', `${at}/cancel`, { json: {} })
  const changed = await get(at, { 'If-None-Match': etag })
  assert.equal(changed.status, 200)
  assert.notEqual(changed.headers.etag, etag)
})

test('nothing of it is kept by caches, and lists have no ETag', async () => {
  const list = await get('/api/v2/bookings')
  assert.equal(list.headers.etag, undefined)
  assert.equal(list.headers['cache-control'], 'no-store')
})

test('a request id is accepted when it is safe, else made; it is in the answer, in errors and in the log', async () => {
  for (const id of ['a', 'A-b_c.9', 'x'.repeat(64), '0af7651916cd43dd8448eb211c80319c']) {
    const r = await get('/api/v2/me', { 'X-Request-Id': id })
    assert.equal(r.headers['x-request-id'], id)
    assert.equal(requestLog(stack.var, id).status, '200')
  }
  for (const id of ['x'.repeat(65), 'a b', 'a"b', 'a=b', '<b>', 'a\tb', 'a/b', '%0a', 'ä']) {
    const r = await get('/api/v2/calls?nonsense=1', { 'X-Request-Id': Buffer.from(id).toString('latin1') })
    assert.match(r.headers['x-request-id'], /^[0-9a-f-]{36}$/, id)
    assert.equal(r.json.request_id, r.headers['x-request-id'])
  }
  const [one, two] = [await get('/api/v2/me'), await get('/api/v2/me')]
  assert.notEqual(one.headers['x-request-id'], two.headers['x-request-id'])
})

test('HEAD is GET without the body', async () => {
  for (const path of ['/api/v2/me', '/api/v2/services', '/api/health', '/api/v2/openapi.json', '/api/v2/calls?limit=0', '/api/v2/nothing']) {
    const [got, head] = [await get(path), await client.call('salon', 'HEAD', path)]
    assert.equal(head.status, got.status, path)
    assert.equal(head.text, '', path)
    assert.equal(head.headers['content-type'], got.headers['content-type'], path)
    assert.equal(head.headers.etag, path === '/api/health' ? head.headers.etag : got.headers.etag, path)
    if (got.status === 200 && path !== '/api/health') assert.equal(Number(head.headers['content-length']), Buffer.byteLength(got.text), path)
  }
})

/** A worker by itself, with the stack's configuration changed. */
async function alone(name, change) {
  const file = join(folder, `${name}.yaml`)
  const text = readFileSync(join(stack.var, 'frontdesk.yaml'), 'utf8')
  writeFileSync(file, change(text))
  const worker = await startAlone([join(BUILD, 'frontdesk-fcgi'), '-c', file], { env: { ASAN_OPTIONS: 'detect_leaks=0' } })
  const ask = (request) => fcgiRequest(worker.socket, request)
  const send = (path, json, more = {}) => ask({ method: 'POST', path, body: JSON.stringify(json), headers: { 'Content-Type': 'application/json' }, ...more })
  return { socket: worker.socket, ask, send, end: async () => assert.equal(await worker.end(), 'exit code 0', worker.said()) }
}

describe('failed log-ins, with the limits of a real machine', () => {
  let worker

  before(async () => { worker = await alone('limits', text => text.replace(/factor: \d+/, 'factor: 1')) })
  after(() => worker?.end())

  const logIn = (email, password, address) => worker.send('/api/v2/auth/login', { email, password }, { address })
  const wrong = async (email, times, address) => {
    for (let i = 0; i < times; i++) assert.equal((await logIn(email, 'wrong-password', address)).status, 401)
  }

  test('after five of an account from an address it is 429 for a quarter of an hour', async () => {
    await wrong(PEOPLE.salon, 5, '192.0.2.1')
    for (const password of ['wrong-password', PASSWORD]) {
      const r = await logIn(PEOPLE.salon.toUpperCase(), password, '192.0.2.1')
      assert.equal(r.status, 429, r.text)
      assert.equal(JSON.parse(r.text).code, 'rate_limited')
      assert.equal(r.headers['retry-after'], '900')
    }
    assert.equal((await logIn(PEOPLE.dental, PASSWORD, '192.0.2.1')).status, 200, 'another account')
    assert.equal((await logIn(PEOPLE.salon, PASSWORD, '192.0.2.2')).status, 200, 'another address')
    assert.equal((await logIn(PEOPLE.salon, PASSWORD, '192.0.2.1')).status, 429, 'still')
    await sql("UPDATE login_failure SET created_at = created_at - INTERVAL 15 MINUTE WHERE remote_address = '192.0.2.1';")
    assert.equal((await logIn(PEOPLE.salon, PASSWORD, '192.0.2.1')).status, 200, 'later')
  })

  test('a success forgets them', async () => {
    const email = await addPerson(sql, 'forgetful', {})
    for (let i = 0; i < 2; i++) {
      await wrong(email, 4, '192.0.2.3')
      assert.equal((await logIn(email, PASSWORD, '192.0.2.3')).status, 200)
    }
  })

  test('accounts that do not exist are counted like others', async () => {
    await wrong('nobody@people.example', 5, '192.0.2.4')
    assert.equal((await logIn('nobody@people.example', PASSWORD, '192.0.2.4')).status, 429)
  })

  test('after fifty of an address, whatever the account', async () => {
    const rows = Array.from({ length: 49 }, (_, i) => `(UNHEX(SHA2(${quote(`account ${i}`)}, 256)), '192.0.2.5')`)
    await sql(`INSERT INTO login_failure (account_hash, remote_address) VALUES ${rows};`)
    await wrong(PEOPLE.dental, 1, '192.0.2.5')
    assert.equal((await logIn(PEOPLE.admin, PASSWORD, '192.0.2.5')).status, 429)
  })
})

test('without a database it is 503 and says when to come back', async (t) => {
  const worker = await alone('nowhere', text => text.replace(/socket: .*/, `socket: "${folder}/no.sock"`))
  t.after(worker.end)
  const hook = retellRequest({ callId: 'call_nowhere' })
  const bearer = { Authorization: `Bearer ${await client.token('salon')}` }
  const answers = {
    health: await worker.ask({ path: '/api/health' }),
    me: await worker.ask({ path: '/api/v2/me', headers: bearer }),
    login: await worker.send('/api/v2/auth/login', { email: PEOPLE.salon, password: PASSWORD }),
    hook: await worker.ask(hook),
  }
  for (const [what, r] of Object.entries(answers)) {
    assert.equal(r.status, 503, what)
    assert.match(r.headers['retry-after'], /^[1-9]\d?$/, what)
    assert.equal(JSON.parse(r.text).code, 'unavailable', what)
  }
  assert.equal((await worker.ask({ path: '/api/v2/openapi.json' })).status, 200, 'what needs none works')
})

test('who has left is not worked for', async (t) => {
  const worker = await alone('left', text => text)
  t.after(worker.end)
  const login = (email) => encodeRequest({
    method: 'POST', path: '/api/v2/auth/login', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ email, password: 'wrong-password' }), address: '192.0.2.9',
  })
  const failures = async () => Number((await sql("SELECT COUNT(*) FROM login_failure WHERE remote_address = '192.0.2.9';"))[0][0])
  const send = (email) => new Promise((resolve, reject) => {
    const socket = net.connect(worker.socket, () => socket.write(login(email), () => resolve(socket)))
    socket.on('error', reject)
  })
  const first = await send('first@people.example') // takes its time
  for (let i = 0; i < 10; i++) (await send(`gone-${i}@people.example`)).destroy()
  const last = await worker.send('/api/v2/auth/login', { email: 'last@people.example', password: 'wrong-password' }, { address: '192.0.2.9' })
  first.destroy()
  assert.equal(last.status, 401)
  assert.equal(await failures(), 2, 'only the first and the last were tried')
})

test('a line that the database has closed meanwhile is noticed before a request meets it', async (t) => {
  const worker = await alone('closed', text => text)
  t.after(worker.end)
  const bearer = { Authorization: `Bearer ${await client.token('salon')}` }
  let calls = 0
  const questions = {
    health: () => worker.ask({ path: '/api/health' }),
    me: () => worker.ask({ path: '/api/v2/me', headers: bearer }),
    login: () => worker.send('/api/v2/auth/login', { email: PEOPLE.salon, password: PASSWORD }),
    hook: () => worker.ask(retellRequest({ callId: `call_closed_${calls += 1}` })),
  }
  for (const [what, ask] of Object.entries(questions)) {
    assert.ok((await ask()).status < 300, what)
    const lines = await sql("SELECT id FROM information_schema.processlist WHERE user = 'fd_web';")
    await sql(lines.map(([id]) => `KILL ${id};`).join(''))
    const r = await ask()
    assert.ok(r.status < 300, `${what}: ${r.status} ${r.text}`)
  }
})
