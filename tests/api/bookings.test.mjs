// What becomes of a booking when its time comes: the clock is the database's
// rows here, moved behind the programs' backs.
import { after, before, test } from 'node:test'
import assert from 'node:assert/strict'
import { sqlOn } from '../support/sql.mjs'
import { startStack } from '../support/stack.mjs'
import { endStack } from './audited.mjs'
import { plantCanaries } from './canaries.mjs'
import { makeClient } from './client.mjs'

let stack
let client
let sql
let haircut

before(async () => {
  stack = await startStack({
    port: Number(process.env.TEST_PORT ?? 18080),
    args: process.env.TEST_BUILD ? ['--build', process.env.TEST_BUILD] : [],
  })
  client = await makeClient(stack.base)
  await plantCanaries(stack, client)
  sql = sqlOn(stack)
  haircut = (await client.call('salon', 'GET', '/api/v2/services')).json.data.find(s => s.name === 'Haircut').id
}, { timeout: 120_000 })

after(() => endStack(stack, client))

const day = n => new Date(Date.now() + n * 86_400_000).toISOString().slice(0, 10)

async function book(name) {
  const free = await client.call('salon', 'GET', `/api/v2/availability?service_id=${haircut}&from=${day(3)}&to=${day(12)}`)
  const r = await client.call('salon', 'POST', '/api/v2/bookings',
    { json: { service_id: haircut, starts_at: free.json.slots[0].starts_at, customer: { name } } })
  assert.equal(r.status, 201, r.text)
  return r.json.id
}

const step = (id, what, who = 'salon') => client.call(who, 'POST', `/api/v2/bookings/${id}/${what}`, { json: {} })
const change = (id, set) => sql(`UPDATE appointment SET ${set} WHERE id = '${id}';`)

test('a booking that waits for it is confirmed, once', async () => {
  const id = await book('Connie Confirm')
  assert.equal((await step(id, 'confirm')).status, 409)
  await change(id, "status = 'scheduled'")
  assert.equal((await step(id, 'confirm', 'dental')).status, 404)
  const r = await step(id, 'confirm')
  assert.equal(r.status, 200, r.text)
  assert.deepEqual([r.json.status, r.json.version], ['confirmed', 2])
})

test('a visit is checked in on its day, and completed', async () => {
  const id = await book('Vera Visit')
  const early = await step(id, 'check-in')
  assert.deepEqual([early.status, early.json.code], [409, 'state'])
  assert.match(early.json.message, /it can be checked in on that day/)
  assert.equal((await step(id, 'check-in', 'dental')).status, 404)
  assert.equal((await step(id, 'complete', 'dental')).status, 404)
  await change(id, 'local_start = NOW() - INTERVAL 1 HOUR, starts_at = NOW() - INTERVAL 1 HOUR')
  assert.equal((await step(id, 'complete')).json.message, 'The appointment is confirmed: it cannot be completed.')
  const here = await step(id, 'check-in')
  assert.deepEqual([here.status, here.json.status], [200, 'in_progress'])
  assert.equal((await step(id, 'cancel')).status, 409)
  const done = await step(id, 'complete')
  assert.deepEqual([done.status, done.json.status, done.json.version], [200, 'completed', 3])
})

test('who does not come is counted, and the time is free', async () => {
  const id = await book('Nick Noshow')
  assert.equal((await step(id, 'no-show')).status, 409)
  assert.equal((await step(id, 'no-show', 'dental')).status, 404)
  await change(id, 'starts_at = NOW() - INTERVAL 1 HOUR')
  const r = await step(id, 'no-show')
  assert.deepEqual([r.status, r.json.status], [200, 'no_show'], r.text)
  const customer = await client.call('salon', 'GET', `/api/v2/customers/${r.json.customer_id}`)
  assert.equal(customer.json.no_show_count, 1)
  assert.deepEqual(await sql(`SELECT COUNT(*) FROM occupancy WHERE appointment_id = '${id}';`), [['0']])
})

test('of those who use one hold at once one gets it', async () => {
  const free = await client.call('salon', 'GET', `/api/v2/availability?service_id=${haircut}&from=${day(3)}&to=${day(12)}`)
  const hold = await client.call('salon', 'POST', '/api/v2/holds',
    { json: { service_id: haircut, starts_at: free.json.slots.at(-1).starts_at, staff_id: free.json.slots.at(-1).staff_ids[0] } })
  assert.equal(hold.status, 201, hold.text)
  const all = await Promise.all(Array.from({ length: 8 }, (_, i) =>
    client.call('salon', 'POST', '/api/v2/bookings', { json: { hold_id: hold.json.id, customer: { name: `Rival ${i}` } } })))
  const won = all.filter(r => r.status === 201)
  assert.equal(won.length, 1, all.map(r => r.text).join('\n'))
  assert.ok(all.every(r => [201, 409, 422].includes(r.status)), all.map(r => r.status).join())
})
