// API keys at work: shown once, no more than their maker, from where they may,
// one beside the other for a while.
import { after, before, test } from 'node:test'
import assert from 'node:assert/strict'
import { createHash, randomUUID } from 'node:crypto'
import { checksum } from '../support/api-key.mjs'
import { sleep } from '../support/http.mjs'
import { requestLog } from '../support/log.mjs'
import { sqlOn } from '../support/sql.mjs'
import { startStack } from '../support/stack.mjs'
import { makeClient } from './client.mjs'

const NOTICED_WITHIN_MS = 5_000 + 1_500 // AUTH_CACHE_SECONDS
const WORKERS = 4

let stack
let client
let sql

before(async () => {
  stack = await startStack({
    port: Number(process.env.TEST_PORT ?? 18080),
    args: ['--trust', '127.0.0.1', ...(process.env.TEST_BUILD ? ['--build', process.env.TEST_BUILD] : [])],
  })
  client = await makeClient(stack.base)
  sql = sqlOn(stack)
}, { timeout: 120_000 })

after(() => stack?.stop())

const send = (who, method, path, json, headers) => client.call(who, method, `/api/v2/${path}`, { json, headers })

async function make(json, who = 'salon') {
  const r = await send(who, 'POST', 'api-keys', { name: 'Test', ...json })
  assert.equal(r.status, 201, r.text)
  return r.json
}

/** What each worker says of it, and what is remembered. */
async function statuses(key, path = 'calls', headers = {}) {
  const all = []
  for (let i = 0; i < 3 * WORKERS; i++) all.push((await send(key, 'GET', path, undefined, headers)).status)
  return [...new Set(all)]
}

test('a key is shown once, and no answer that is kept has it', async () => {
  const headers = { 'Idempotency-Key': randomUUID() }
  const body = { name: 'Shown once', role: 'staff' }
  const first = await send('salon', 'POST', 'api-keys', body, headers)
  assert.equal(first.status, 201)
  const { key, ...rest } = first.json
  assert.equal(checksum(key.slice(0, -6)), key.slice(-6))
  assert.deepEqual(await statuses(key), [200])

  const again = await send('salon', 'POST', 'api-keys', body, headers)
  assert.equal(again.status, 201)
  assert.equal(again.headers['idempotency-replayed'], 'true')
  assert.equal(again.headers.location, first.headers.location)
  assert.deepEqual(again.json, { ...rest, key: null })

  const turned = { 'Idempotency-Key': randomUUID() }
  const second = await send('salon', 'POST', `api-keys/${rest.id}/rotate`, { overlap_hours: 1 }, turned)
  const replayed = await send('salon', 'POST', `api-keys/${rest.id}/rotate`, { overlap_hours: 1 }, turned)
  assert.equal(second.status, 200)
  assert.notEqual(second.json.key, key)
  assert.deepEqual(replayed.json, { ...second.json, key: null })

  for (const text of [key, second.json.key]) {
    const secret = text.slice(9)
    const [[kept]] = await sql(`SELECT (SELECT COUNT(*) FROM idempotency WHERE INSTR(body, '${secret}'))
      + (SELECT COUNT(*) FROM event WHERE INSTR(payload, '${secret}'))
      + (SELECT COUNT(*) FROM audit_entry WHERE INSTR(CONCAT_WS('', fields, note), '${secret}'))`)
    assert.equal(kept, '0')
    const [[hashed]] = await sql(`SELECT COUNT(*) FROM api_key WHERE '${createHash('sha256').update(text).digest('hex')}' IN (HEX(key_hash), HEX(previous_hash))`)
    assert.equal(hashed, '1')
  }
  for (const path of ['api-keys', `api-keys/${rest.id}`]) {
    assert.ok(!(await send('salon', 'GET', path)).text.includes(second.json.key.slice(13, -4)))
  }
})

test('a key may do what is listed, and gives away no more', async () => {
  const { key, id } = await make({ permissions: ['calls.read', 'keys.read', 'keys.write'] })
  assert.equal((await send(key, 'GET', 'calls')).status, 200)
  assert.equal((await send(key, 'GET', 'bookings')).status, 403)
  assert.equal((await send(key, 'GET', 'me')).status, 403)

  const more = await send(key, 'POST', 'api-keys', { name: 'More', role: 'read_only' })
  assert.deepEqual([more.status, more.json.errors[0].field], [422, 'role'])
  const listed = await send(key, 'POST', 'api-keys', { name: 'More', permissions: ['calls.read', 'bookings.read'] })
  assert.deepEqual([listed.status, listed.json.errors[0].field], [422, 'permissions.1'])
  const itself = await send(key, 'PATCH', `api-keys/${id}`, { role: 'owner' })
  assert.deepEqual([itself.status, itself.json.errors[0].field], [422, 'role'])

  const owners = await make({ role: 'owner' })
  for (const [method, path, body] of [['POST', 'rotate', { overlap_hours: 0 }], ['PATCH', '', { allowed_addresses: [] }]]) {
    const r = await send(key, method, `api-keys/${owners.id}/${path}`.replace(/\/$/, ''), body)
    assert.deepEqual([r.status, r.json.code], [403, 'forbidden'], r.text)
  }
  const child = await make({ permissions: ['calls.read'] }, key)
  assert.deepEqual(await statuses(child.key), [200])
  const [[actor]] = await sql(`SELECT CONCAT(actor_kind, ' ', actor_id) FROM audit_entry WHERE action = 'api_key.create' AND subject_id = '${child.id}'`)
  assert.equal(actor, `api_key ${id}`)
  assert.equal((await send(key, 'DELETE', `api-keys/${owners.id}`)).status, 204)
})

test('a key bound to addresses works from these', async () => {
  const { key, id } = await make({ role: 'staff', allowed_addresses: ['203.0.113.0/24', '2001:db8::/32'] })
  const from = address => ({ 'X-Forwarded-For': address })

  for (const [address, status] of [['203.0.113.9', 200], ['2001:db8:5::1', 200], ['203.0.114.9', 403], ['2001:db9::1', 403], ['203.0.113.9', 200]]) {
    assert.deepEqual(await statuses(key, 'calls', from(address)), [status], address)
  }
  const refused = await send(key, 'GET', 'calls', undefined, from('198.51.100.1'))
  assert.equal(refused.json.code, 'address_forbidden')
  assert.equal(refused.json.message, 'This API key may not be used from your address.')
  assert.equal((await send('salon', 'PATCH', `api-keys/${id}`, { allowed_addresses: ['198.51.100.1'] })).status, 200)
  await sleep(NOTICED_WITHIN_MS)
  assert.deepEqual(await statuses(key, 'calls', from('198.51.100.1')), [200])
  assert.deepEqual(await statuses(key, 'calls', from('203.0.113.9')), [403])
})

test('a key that is renewed or revoked ends within seconds', async () => {
  const first = await make({ role: 'staff' })
  const rotate = async hours => (await send('salon', 'POST', `api-keys/${first.id}/rotate`, { overlap_hours: hours })).json
  const second = await rotate(24)
  assert.deepEqual(await statuses(first.key), [200])
  assert.deepEqual(await statuses(second.key), [200])
  const third = await rotate(0)
  assert.deepEqual(await statuses(third.key), [200])
  await sleep(NOTICED_WITHIN_MS)
  assert.deepEqual(await statuses(first.key), [401])
  assert.deepEqual(await statuses(second.key), [401])
  assert.equal((await send('salon', 'DELETE', `api-keys/${first.id}`)).status, 204)
  await sleep(NOTICED_WITHIN_MS)
  assert.deepEqual(await statuses(third.key), [401])
})

test('the last use is told to the hour', async () => {
  const { key, id } = await make({ role: 'read_only' })
  const used = async () => (await send('salon', 'GET', `api-keys/${id}`)).json.last_used_at
  assert.equal(await used(), null)
  assert.deepEqual(await statuses(key), [200])
  const first = await used()
  assert.ok(Date.now() - Date.parse(first) < 60_000)
  await sleep(NOTICED_WITHIN_MS)
  assert.deepEqual(await statuses(key), [200])
  assert.equal(await used(), first)
})

test('a mistyped key is told as such, without a look into the database', async () => {
  const { key } = await make({ role: 'staff' })
  const id = randomUUID()
  const r = await send(key.slice(0, -1) + (key.endsWith('0') ? '1' : '0'), 'GET', 'calls', undefined, { 'X-Request-Id': id })
  assert.deepEqual([r.status, r.json.code], [401, 'unauthenticated'])
  assert.match(r.json.message, /mistyped/)
  assert.equal(requestLog(stack.var, id).db, '0')
})
