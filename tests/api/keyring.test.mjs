// Keys are renewed while everything is at work: sealed cells under a new key
// of the keyring, access tokens under a new key of theirs.
import { after, before, test } from 'node:test'
import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { createCipheriv, createDecipheriv, randomBytes, randomUUID } from 'node:crypto'
import { readFileSync, utimesSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { join } from 'node:path'
import { request, sleep } from '../support/http.mjs'
import { retellRequest } from '../support/retell.mjs'
import { sqlOn } from '../support/sql.mjs'
import { startStack } from '../support/stack.mjs'
import { makeClient, PASSWORD, PEOPLE } from './client.mjs'

const BUILD = process.env.TEST_BUILD ?? fileURLToPath(new URL('../../build', import.meta.url))
const CELLS = 5_000
const SETTLED_SECONDS = 180 // of keys drop
const LOOKED_AGAIN_MS = 5_000 + 1_500 // at a ring's file

let stack
let client
let sql
let company

const args = (...rest) => ['-c', join(stack.var, 'frontdesk.yaml'), ...rest]

/** What frontdeskctl says, whatever the end. */
const ctl = (...rest) => new Promise((resolve) => {
  execFile(join(BUILD, 'frontdeskctl'), args(...rest), (e, stdout, stderr) => resolve({ code: e?.code ?? 0, stdout, stderr }))
})
const ring = name => readFileSync(join(stack.var, 'secrets', name), 'utf8').trim().split('\n')
  .map((line) => { const [id, hex] = line.split(' '); return { id: Number(id), key: Buffer.from(hex, 'hex') } })
const ids = name => ring(name).map(k => k.id)

// ---- cells, as core/sys/crypto.c makes them ----

const u32 = (n) => { const b = Buffer.alloc(4); b.writeUInt32BE(n); return b }
const place = (column, row) => Buffer.concat([Buffer.from(`integration\0${column}\0`), u32(company), Buffer.from(`${row}\0`)])

function seal({ id, key }, column, row, text) {
  const nonce = randomBytes(12)
  const e = createCipheriv('aes-256-gcm', key, nonce).setAAD(place(column, row))
  return Buffer.concat([Buffer.from([1]), u32(id), nonce, e.update(text), e.final(), e.getAuthTag()])
}

function open({ id, key }, column, row, cell) {
  assert.equal(cell.readUInt32BE(1), id, `the key of ${column} of ${row}`)
  const d = createDecipheriv('aes-256-gcm', key, cell.subarray(5, 17)).setAAD(place(column, row))
  d.setAuthTag(cell.subarray(-16))
  return Buffer.concat([d.update(cell.subarray(17, -16)), d.final()]).toString()
}

const hookOf = i => `load-${i}`
const keyOf = i => `key_of_hook_${i}`

before(async () => {
  stack = await startStack({
    port: Number(process.env.TEST_PORT ?? 18080),
    args: process.env.TEST_BUILD ? ['--build', process.env.TEST_BUILD] : [],
  })
  client = await makeClient(stack.base)
  sql = sqlOn(stack)
  company = Number((await sql("SELECT id FROM company WHERE slug = 'salon-morgenrot'"))[0][0])
  const [key] = ring('keyring')
  const rows = Array.from({ length: CELLS }, (_, i) => {
    const id = randomUUID()
    return `(${company}, '${id}', 'retell', '${hookOf(i)}', 'load', x'${seal(key, 'secret_cell', id, keyOf(i)).toString('hex')}', '${keyOf(i).slice(-4)}')`
  })
  await sql(`INSERT INTO integration (company_id, id, provider, hook, label, secret_cell, secret_last_four) VALUES ${rows.join(',')};`)
}, { timeout: 120_000 })

after(() => stack?.stop())

// ---- what the programs are asked meanwhile ----

async function webhook() {
  const i = Math.floor(Math.random() * CELLS)
  const hook = retellRequest({ hook: hookOf(i), key: keyOf(i), callId: `call_${randomUUID()}`, event: 'call_started' })
  const r = await request(stack.base + hook.path, hook)
  assert.equal(r.status, 204, `hook ${i}: ${r.text}`)
}

async function reading() {
  const r = await client.call('salon', 'GET', '/api/v2/integrations?limit=100')
  assert.equal(r.status, 200, r.text)
  assert.equal(r.json.data.length, 100)
}

/** Four clients, until stop() says how often they were answered. */
function load() {
  let over = false
  let n = 0
  const one = async (ask) => {
    while (!over) {
      await ask()
      n++
    }
  }
  const all = Promise.all([webhook, webhook, reading, reading].map(one))
  all.catch(() => {}) // stop() tells
  return { count: () => n, stop: async () => { over = true; await all; return n } }
}

async function allOpenUnder(key) {
  const rows = await sql("SELECT id, hook, HEX(secret_cell) FROM integration WHERE label = 'load'")
  assert.equal(rows.length, CELLS)
  for (const [id, hook, cell] of rows) {
    assert.equal(open(key, 'secret_cell', id, Buffer.from(cell, 'hex')), `key_of_hook_${hook.slice(5)}`)
  }
  const [[others]] = await sql(`SELECT COUNT(*) FROM integration WHERE SUBSTR(secret_cell, 2, 4) <> UNHEX(LPAD(HEX(${key.id}), 8, '0'))`)
  assert.equal(others, '0')
}

test('every cell gets a new key while it is read, and nobody notices', { timeout: 120_000 }, async () => {
  const busy = load()
  await sleep(500)
  const before = busy.count()
  const rotated = await ctl('keys', 'rotate')
  const during = busy.count() - before
  await sleep(500)
  await busy.stop()

  assert.equal(rotated.code, 0, rotated.stdout + rotated.stderr)
  assert.match(rotated.stdout, /^added key 2 to /)
  assert.match(rotated.stdout, /^500 cells sealed, now of integration\.secret_cell$/m)
  assert.match(rotated.stdout, /^all 50\d\d cells have key 2; older keys can be dropped$/m)
  assert.ok(during >= 20, `${during} requests meanwhile`)
  assert.deepEqual(ids('keyring'), [1, 2])
  await allOpenUnder(ring('keyring').at(-1))
  const [[entries]] = await sql("SELECT COUNT(*) FROM audit_entry WHERE company_id = 0 AND action = 'keys.change' AND actor_kind = 'system' AND note = 'Key 2 was added to the keyring.'")
  assert.equal(entries, '1')
})

test('what an interrupted run left is finished by the next, and a key that is needed stays', { timeout: 120_000 }, async () => {
  const busy = load()
  const run = spawn(join(BUILD, 'frontdeskctl'), args('keys', 'rotate'), { stdio: ['ignore', 'pipe', 'inherit'] })
  await new Promise((resolve) => run.stdout.setEncoding('utf8').on('data', text => /cells sealed/.test(text) && resolve()))
  run.kill('SIGKILL')
  await new Promise(resolve => run.once('exit', resolve))
  assert.deepEqual(ids('keyring'), [1, 2, 3])
  const [[left]] = await sql("SELECT COUNT(*) FROM integration WHERE SUBSTR(secret_cell, 2, 4) = x'00000002'")
  assert.ok(Number(left) > 0, 'it was in the middle')

  const needed = await ctl('keys', 'drop', '2')
  assert.equal(needed.code, 1)
  assert.match(needed.stderr, /^frontdeskctl: \d+ cells need key 2: run "frontdeskctl keys rotate" first\.$/m)
  const again = await ctl('keys', 'rotate')
  assert.equal(again.code, 0, again.stderr)
  assert.match(again.stdout, /^going on with key 3$/m)
  assert.deepEqual(ids('keyring'), [1, 2, 3])
  await busy.stop()
  await allOpenUnder(ring('keyring').at(-1))
})

test('an old key is dropped when nobody can need it any more', { timeout: 60_000 }, async () => {
  const busy = load()
  const early = await ctl('keys', 'drop', '1')
  assert.equal(early.code, 1)
  assert.match(early.stderr, /changed less than 180 seconds ago/)
  const path = join(stack.var, 'secrets', 'keyring')
  const old = () => { const t = Date.now() / 1000 - SETTLED_SECONDS - 1; utimesSync(path, t, t) }

  for (const id of ['1', '2']) {
    old()
    const dropped = await ctl('keys', 'drop', id)
    assert.equal(dropped.code, 0, dropped.stderr)
  }
  assert.deepEqual(ids('keyring'), [3])
  old()
  for (const [id, code, why] of [['3', 1, /cells need key 3/], ['9', 1, /There is no key 9/], ['x', 2, /is not the number of a key/]]) {
    const refused = await ctl('keys', 'drop', id)
    assert.equal(refused.code, code)
    assert.match(refused.stderr, why)
  }
  const listed = await ctl('keys', 'list')
  assert.match(listed.stdout, /^ {2}key 3: 50\d\d cells, the newest$/m)
  await sleep(LOOKED_AGAIN_MS)
  assert.ok(await busy.stop() > 50)
})

// ---- access tokens ----

async function logIn() {
  const r = await request(`${stack.base}/api/v2/auth/login`, { method: 'POST', json: { email: PEOPLE.salon, password: PASSWORD } })
  assert.equal(r.status, 200, r.text)
  return r.json.access_token
}

const kid = token => JSON.parse(Buffer.from(token.split('.')[0], 'base64url').toString()).kid

/** What all workers say of it, several times over. */
async function statuses(token) {
  const all = []
  for (let i = 0; i < 16; i++) {
    all.push((await request(`${stack.base}/api/v2/companies/current`, { headers: { Authorization: `Bearer ${token}` } })).status)
  }
  return [...new Set(all)]
}

test('a token holds while its key is there, and not after', { timeout: 60_000 }, async () => {
  const first = await logIn()
  assert.equal(kid(first), '1')
  assert.match((await ctl('keys', 'rotate', 'jwt')).stdout, /^added key 2 to .*jwt_key; the newest 2 are kept$/m)
  const second = await logIn()
  assert.equal(kid(second), '2', 'the newest key signs at once')
  assert.deepEqual(await statuses(second), [200], 'and is known to who has not met it yet')
  assert.deepEqual(await statuses(first), [200])

  assert.equal((await ctl('keys', 'rotate', 'jwt')).code, 0)
  assert.deepEqual(ids('jwt_key'), [2, 3])
  assert.deepEqual(await statuses(await logIn()), [200])
  await sleep(2 * LOOKED_AGAIN_MS) // what is remembered of a token, and of the ring
  assert.deepEqual(await statuses(first), [401])
  assert.deepEqual(await statuses(second), [200])
})
