// Live updates on a whole stack: streams by EventSource and WebSocket, tickets
// that open one, nobody hears of another company, and nothing is missed.
import { after, before, test } from 'node:test'
import assert from 'node:assert/strict'
import { readFileSync, readdirSync } from 'node:fs'
import { sleep } from '../support/http.mjs'
import { sqlOn } from '../support/sql.mjs'
import { startStack } from '../support/stack.mjs'
import { follow, openEvents, openSocket } from '../support/stream.mjs'
import { makeClient } from './client.mjs'

const WITHIN_MS = 1000 // of what is promised
const CHANGES = 120

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
}, { timeout: 120_000 })

after(() => stack?.stop())

async function ok(who, method, path, json) {
  const r = await client.call(who, method, `/api/v2/${path}`, json ? { json } : {})
  assert.ok(r.status < 300, `${method} ${path}: ${r.status} ${r.text}`)
  return r.json
}
const ticket = async (who = 'salon') => (await ok(who, 'POST', 'live/ticket')).url
const nothing = (s) => assert.deepEqual(s.messages, [])
let number = 0
const change = (who = 'salon') => ok(who, 'POST', 'customers', { name: `Live ${++number}` })

async function until(what, ms = 5000) {
  const end = Date.now() + ms
  while (Date.now() < end) {
    if (await what()) return
    await sleep(10)
  }
  assert.fail(`not within ${ms} ms: ${what}`)
}

test('a change reaches EventSource and WebSocket, with kind and id and no more, and nobody of another company', async () => {
  const [events, socket, foreign] = [
    await openEvents(stack.base, await ticket()),
    await openSocket(stack.base, await ticket()),
    await openEvents(stack.base, await ticket('dental')),
  ]
  assert.deepEqual([events.status, socket.status, foreign.status], [200, 101, 200])
  const began = Date.now()
  const { id } = await change()
  await until(() => events.messages.length > 0 && socket.messages.length > 0)
  assert.ok(Date.now() - began < WITHIN_MS, `${Date.now() - began} ms`)
  const { last_id: last } = await ok('salon', 'GET', 'changes')
  const message = { id: last, kind: 'customer.created', ids: [id] }
  assert.deepEqual(events.messages, [message])
  assert.deepEqual(socket.messages, [message])
  assert.deepEqual((await ok('salon', 'GET', `changes?after=${last - 1}`)).data, [message])

  const { id: theirs } = await change('dental')
  await until(() => foreign.messages.length > 0)
  assert.deepEqual(foreign.messages.map(m => m.ids), [[theirs]])
  assert.deepEqual(events.messages, [message])
  for (const s of [events, socket, foreign]) s.close()
})

test('a ticket that was used, is too old, forged or none opens no stream', async () => {
  const url = await ticket()
  const first = await openEvents(stack.base, url)
  assert.equal(first.status, 200)
  for (const open of [openEvents, openSocket]) assert.equal((await open(stack.base, url)).status, 403)

  const old = await ticket()
  await sql('UPDATE live_ticket SET expires_at = NOW(3) - INTERVAL 1 SECOND;')
  const good = await ticket()
  const forged = good.slice(0, -1) + (good.endsWith('A') ? 'B' : 'A')
  for (const bad of [old, forged, '/live', '/live?ticket=', '/live?ticket=%00', `${'/live?ticket='}${'x'.repeat(5000)}`]) {
    const r = await openEvents(stack.base, bad)
    assert.equal(r.status, 403, bad)
    nothing(r)
  }
  assert.equal((await openEvents(stack.base, good)).status, 200)
  first.close()
})

test('fifty at once with one ticket: one stream', async () => {
  const url = await ticket()
  const all = await Promise.all(Array.from({ length: 50 }, () => openEvents(stack.base, url)))
  assert.deepEqual(all.map(s => s.status).sort(), [200, ...Array(49).fill(403)])
  for (const s of all) s.close()
})

test('what frontdesk-live asks: a ticket is worth the name of one company, once', async () => {
  const url = await ticket()
  const ask = (headers) => client.call('none', 'POST', '/api/v2/live/authorize', { headers })
  const given = { 'X-Live-Ticket': url.split('=')[1] }
  const r = await ask(given)
  assert.equal(r.status, 204)
  assert.match(r.headers['x-live-channel'], /^[0-9a-f-]{36}$/)
  const spent = await ask(given)
  assert.deepEqual([spent.status, spent.headers['x-live-channel']], [403, undefined])
  assert.equal((await openEvents(stack.base, url)).status, 403)
})

test('who was logged out, or closed out, since the ticket was given gets no stream', async () => {
  const tokens = await client.token('salon')
  const url = await ticket()
  const [[session]] = await sql('SELECT session_id FROM live_ticket ORDER BY expires_at DESC LIMIT 1;')
  await sql(`UPDATE session SET revoked_at = NOW(3) WHERE id = '${session}';`)
  assert.equal((await openEvents(stack.base, url)).status, 403)
  await sql(`UPDATE session SET revoked_at = NULL WHERE id = '${session}';`)
  assert.equal((await openEvents(stack.base, url)).status, 200) // a refusal uses nothing up

  const other = await ticket()
  await sql("UPDATE company SET status = 'closed' WHERE slug = 'salon-morgenrot';")
  assert.equal((await openEvents(stack.base, other)).status, 403)
  await sql("UPDATE company SET status = 'active' WHERE slug = 'salon-morgenrot';")
  assert.ok(tokens)
})

test('a subscriber that is cut off at random instants sees every change once', async () => {
  const { last_id: begin } = await ok('salon', 'GET', 'changes')
  const follower = follow(stack.base, {
    after: begin, ticket: () => ticket(), ask: (n) => ok('salon', 'GET', `changes?after=${n}&limit=7`),
  })
  let cuts = 0

  for (let i = 0; i < CHANGES; i++) {
    await change()
    if (Math.random() < 0.2) { follower.cut(); cuts++ }
    await sleep(Math.random() * 20)
  }
  await until(async () => (await ok('salon', 'GET', 'changes')).last_id >= begin + CHANGES)
  await follower.stop()
  const { last_id: end } = await ok('salon', 'GET', 'changes')
  assert.ok(cuts > 5)
  assert.deepEqual(follower.seen, Array.from({ length: end - begin }, (_, i) => begin + 1 + i))
})

test('all that the portal shows is told: bookings, messages, tasks, work given up', async () => {
  const { last_id: begin } = await ok('salon', 'GET', 'changes')
  const kinds = async () => {
    const found = []
    for (let at = begin, more = true; more;) {
      const page = await ok('salon', 'GET', `changes?after=${at}`)
      found.push(...page.data.map(c => c.kind))
      at = page.last_id
      more = page.has_more
    }
    return found
  }
  const services = await ok('salon', 'GET', 'services')
  const haircut = services.data.find(s => s.name === 'Haircut')
  const day = (n) => new Date(Date.now() + n * 86_400_000).toISOString().slice(0, 10)
  const { slots } = await ok('salon', 'GET', `availability?service_id=${haircut.id}&from=${day(1)}&to=${day(8)}`)
  const wish = { service_id: haircut.id, starts_at: slots[0].starts_at, staff_id: slots[0].staff_ids[0] }

  const hold = await ok('salon', 'POST', 'holds', wish)
  await ok('salon', 'DELETE', `holds/${hold.id}`)
  const booked = await ok('salon', 'POST', 'bookings', { ...wish, customer: { name: 'Lena', phone: '+4915112345699', email: 'lena@live.example' } })
  await ok('salon', 'PATCH', `bookings/${booked.id}`, { notes: 'Window' })
  await ok('salon', 'POST', `bookings/${booked.id}/cancel`, {})
  await ok('salon', 'PATCH', 'companies/current/settings', { requires_confirmation: true })
  await sql(`INSERT INTO job (id, company_id, kind, ref_id) SELECT '${'0'.repeat(8)}-0000-7000-8000-00000000dead', id, 'event.dispatch', UUID() FROM company WHERE slug = 'salon-morgenrot';`)
  await until(async () => {
    const found = await kinds()
    return ['hold.changed', 'customer.created', 'appointment.booked', 'appointment.changed', 'appointment.cancelled',
      'notification.changed', 'company_settings.changed', 'job.changed'].every(k => found.includes(k))
  }, 15_000).catch(async () => assert.fail(JSON.stringify(await kinds())))
})

test('no log has a ticket', () => {
  for (const file of readdirSync(`${stack.var}/log`)) {
    assert.doesNotMatch(readFileSync(`${stack.var}/log/${file}`, 'utf8'), /ticket=/, file)
  }
  assert.doesNotMatch(readFileSync(`${stack.var}/log/live.log`, 'utf8'), /exited on signal/)
})
