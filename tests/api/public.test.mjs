// Without a log-in: links that hold, what of others is never told, limits,
// feeds of calendars, companies that are closed; and the race.
import { after, before, test } from 'node:test'
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { request, waitFor } from '../support/http.mjs'
import { sqlOn } from '../support/sql.mjs'
import { startStack } from '../support/stack.mjs'
import { endStack } from './audited.mjs'
import { plantCanaries } from './canaries.mjs'
import { makeClient } from './client.mjs'

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const SALON = '/api/v2/public/salon-morgenrot'
const CANARY = 'zebrafinch' // in everything that nobody outside may read

let stack
let client
let sql
let services
let staff
const customer = (name) => ({ name, email: `${name.toLowerCase().replaceAll(' ', '.')}@example.org` })
const day = n => new Date(Date.now() + n * 86_400_000).toISOString().slice(0, 10)

before(async () => {
  stack = await startStack({
    port: Number(process.env.TEST_PORT ?? 18080),
    args: process.env.TEST_BUILD ? ['--build', process.env.TEST_BUILD] : [],
  })
  client = await makeClient(stack.base)
  await plantCanaries(stack, client)
  sql = sqlOn(stack)
  services = (await client.call('none', 'GET', `${SALON}/services`)).json.data
  staff = (await client.call('salon', 'GET', '/api/v2/staff')).json.data
}, { timeout: 120_000 })

after(() => endStack(stack, client))

const haircut = () => services.find(s => s.name === 'Haircut').id
const anna = () => staff.find(s => s.name === 'Anna').id

async function slots(from, who = anna()) {
  const r = await client.call('none', 'GET', `${SALON}/availability?service_id=${haircut()}&staff_id=${who}&from=${day(from)}&to=${day(from + 7)}`)
  assert.equal(r.status, 200, r.text)
  return r.json.slots
}

async function book(from, who, more = {}) {
  const [slot] = await slots(from)
  const r = await client.call('none', 'POST', `${SALON}/bookings`,
    { json: { service_id: haircut(), staff_id: anna(), starts_at: slot.starts_at, customer: who, ...more } })
  assert.equal(r.status, 201, r.text)
  return r.json
}

const see = token => client.call('none', 'GET', `/api/v2/public/bookings/${token}`)

test('a link with another sign in any place finds nothing, nor one of another purpose', async () => {
  const { manage_token: token } = await book(5, customer('Linda Link'))
  assert.equal((await see(token)).status, 200)
  for (let i = 0; i < token.length; i++) {
    const sign = ALPHABET[(ALPHABET.indexOf(token[i]) + 1) % 64]
    const r = await see(token.slice(0, i) + sign + token.slice(i + 1))
    assert.equal(r.status, 404, `sign ${i}`)
  }
  for (const other of [token.slice(1), `${token}A`, token.toLowerCase(), 'x'.repeat(5000)]) {
    assert.ok([404, 414].includes((await see(other)).status), other.slice(0, 80))
  }
  assert.equal((await client.call('none', 'GET', `/api/v2/public/feeds/${token}`)).status, 404)
  const feed = (await client.call('salon', 'POST', `/api/v2/staff/${anna()}/feed`)).json.url.split('/').at(-1)
  assert.equal((await see(feed)).status, 404)
})

test('nothing of other customers, of the people who work there, or of notes is told', async () => {
  const known = { name: `Known ${CANARY}`, phone: '+4915177777777', email: `${CANARY}@customers.example` }
  const [slot] = await slots(12)
  const made = await client.call('salon', 'POST', '/api/v2/bookings',
    { json: { service_id: haircut(), staff_id: anna(), starts_at: slot.starts_at, customer: known, notes: `allergic ${CANARY}` } })
  assert.equal(made.status, 201, made.text)
  await sql(`UPDATE staff SET email = '${CANARY}@staff.example'; UPDATE branch SET email = '${CANARY}@branch.example';
    INSERT INTO time_off (company_id, id, staff_id, local_start, local_end, reason)
    SELECT company_id, UUID(), id, '2035-01-01', '2035-01-02', '${CANARY}' FROM staff;`)
  const visit = await book(13, { name: 'Stranger', phone: known.phone, email: 'stranger@example.org' })
  const again = { service_id: haircut(), starts_at: visit.starts_at, customer: { name: 'Stranger', phone: known.phone } }
  const bodies = []
  for (const r of [
    await client.call('none', 'GET', SALON),
    await client.call('none', 'GET', `${SALON}/services`),
    await client.call('none', 'GET', `${SALON}/availability?service_id=${haircut()}&from=${day(12)}&to=${day(14)}`),
    await see(visit.manage_token),
    await client.call('none', 'POST', `${SALON}/bookings`, { json: again }),
    await client.call('none', 'POST', `${SALON}/bookings`, { json: { ...again, staff_id: anna(), starts_at: slot.starts_at, customer: customer('Third') } }),
    await client.call('none', 'POST', `/api/v2/public/bookings/${visit.manage_token}/reschedule`, { json: { starts_at: slot.starts_at } }),
    await client.call('none', 'POST', `/api/v2/public/bookings/${visit.manage_token}/cancel`, { json: {} }),
  ]) bodies.push([r.status, r.text])
  assert.deepEqual(bodies.map(b => b[0]), [200, 200, 200, 200, 409, 409, 409, 200])
  for (const [, text] of bodies) assert.ok(!text.includes(CANARY), text.slice(0, 2000))
  const [[name, email]] = await sql(`SELECT name, email FROM customer WHERE phone = '${known.phone}'`)
  assert.deepEqual([name, email], [known.name, known.email], 'a stranger changes nothing of it')
})

test('a booking from the web is told to the company as such', async () => {
  const visit = await book(20, { name: 'Wanda Web', phone: '0151 2223334' }, { notes: 'second door' })
  const list = (await client.call('salon', 'GET', `/api/v2/bookings?from=${visit.local_start.slice(0, 10)}&to=${visit.local_start.slice(0, 10)}`)).json.data
  const found = list.find(b => b.customer_name === 'Wanda Web')
  assert.deepEqual([found.source, found.notes, found.customer_phone], ['web', 'second door', '+491512223334'])
  const [[kind, address]] = await sql(`SELECT actor_kind, remote_address FROM audit_entry WHERE action = 'appointment.book' AND subject_id = '${found.id}'`)
  assert.deepEqual([kind, address], ['none', '127.0.0.1'])
})

test('to cancel late costs the fee, which is said before and after', async () => {
  const visit = await book(25, customer('Lara Late'))
  await sql("UPDATE service SET cancel_notice_minutes = 525600, late_fee_cents = 1500 WHERE name = 'Haircut'")
  try {
    const seen = (await see(visit.manage_token)).json
    assert.deepEqual([seen.can_cancel, seen.can_reschedule, seen.late_fee_cents], [true, false, 1500])
    const [slot] = await slots(26)
    const moved = await client.call('none', 'POST', `/api/v2/public/bookings/${visit.manage_token}/reschedule`, { json: { starts_at: slot.starts_at } })
    assert.deepEqual([moved.status, moved.json.code], [409, 'state'], moved.text)
    const ended = await client.call('none', 'POST', `/api/v2/public/bookings/${visit.manage_token}/cancel`, { json: {} })
    assert.deepEqual([ended.status, ended.json.late_fee_cents], [200, 1500], ended.text)
  } finally {
    await sql("UPDATE service SET cancel_notice_minutes = 0, late_fee_cents = 0 WHERE name = 'Haircut'")
  }
})

test('one address books so often an hour, then hears when to come again', async () => {
  await sql(`INSERT INTO visitor_booking (company_id, id, remote_address, created_at)
    SELECT c.id, UUID(), '127.0.0.1', NOW(3) - INTERVAL 20 MINUTE FROM company c, seq_1_to_2000 WHERE c.slug = 'salon-morgenrot';`)
  try {
    const [slot] = await slots(30)
    const wish = { json: { service_id: haircut(), starts_at: slot.starts_at, customer: customer('Once More') } }
    const r = await client.call('none', 'POST', `${SALON}/bookings`, wish)
    assert.deepEqual([r.status, r.json.code], [429, 'rate_limited'], r.text)
    assert.ok(Number(r.headers['retry-after']) > 2300 && Number(r.headers['retry-after']) <= 2401, r.headers['retry-after'])
    assert.equal((await client.call('salon', 'POST', '/api/v2/bookings', wish)).status, 201, 'the company itself may')
  } finally {
    await sql('DELETE FROM visitor_booking')
  }
})

/* ---- calendars ---- */

const unfold = text => text.replaceAll('\r\n ', '').split('\r\n')

test('a visit as a file, with a new sequence for each change', async () => {
  const visit = await book(33, customer('Carla Calendar'))
  const get = (headers = {}) => request(`${stack.base}/api/v2/public/bookings/${visit.manage_token}/calendar.ics`, { headers })
  const first = await get()
  const lines = unfold(first.text)
  const utc = t => `${t.replaceAll(/[-:]/g, '')}`
  assert.ok(lines.includes(`DTSTART:${utc(visit.starts_at)}`), first.text)
  assert.ok(lines.includes(`DTEND:${utc(visit.ends_at)}`))
  assert.ok(lines.includes('STATUS:CONFIRMED'))
  assert.ok(lines.includes('SUMMARY:Haircut\\, Salon Morgenrot'))
  assert.equal((await get({ 'If-None-Match': first.headers.etag })).status, 304)
  await client.call('none', 'POST', `/api/v2/public/bookings/${visit.manage_token}/cancel`, { json: {} })
  const last = unfold((await get()).text)
  const of = (all, name) => all.find(l => l.startsWith(`${name}:`))
  assert.equal(of(last, 'UID'), of(lines, 'UID'))
  assert.equal(of(last, 'STATUS'), 'STATUS:CANCELLED')
  assert.ok(Number(of(last, 'SEQUENCE').slice(9)) > Number(of(lines, 'SEQUENCE').slice(9)))
})

test('a feed shows a staff member\'s visits, changes when they do, and ends', async () => {
  const url = (await client.call('salon', 'POST', `/api/v2/staff/${anna()}/feed`)).json.url
  const get = (address = url, headers = {}) => request(address.replace(/^http:\/\/[^/]+/, stack.base), { headers })
  const visit = await book(40, { name: 'Felicitas von Feed', phone: '0151 3334445' }, { notes: CANARY })
  const first = await get()
  assert.equal(first.status, 200)
  assert.equal(first.headers['content-type'], 'text/calendar; charset=utf-8')
  assert.ok(first.text.startsWith('BEGIN:VCALENDAR\r\n') && first.text.endsWith('END:VCALENDAR\r\n'))
  const lines = unfold(first.text)
  assert.ok(lines.includes('SUMMARY:Haircut – Felicitas F.'), first.text)
  assert.ok(lines.includes(`DTSTART:${visit.starts_at.replaceAll(/[-:]/g, '')}`))
  assert.ok(lines.some(l => l.startsWith('REFRESH-INTERVAL')))
  assert.ok(!first.text.includes('3334445') && !first.text.includes(CANARY), 'no numbers, no notes')
  assert.equal((await get(url, { 'If-None-Match': first.headers.etag })).status, 304)
  await client.call('none', 'POST', `/api/v2/public/bookings/${visit.manage_token}/cancel`, { json: {} })
  const second = await get(url, { 'If-None-Match': first.headers.etag })
  assert.equal(second.status, 200)
  assert.ok(!second.text.includes('Felicitas'))

  assert.equal((await client.call('salon', 'DELETE', `/api/v2/staff/${anna()}/feed`)).status, 204)
  assert.equal((await get()).status, 404)
  const renewed = (await client.call('salon', 'POST', `/api/v2/staff/${anna()}/feed`)).json.url
  assert.notEqual(renewed, url)
  assert.equal((await get(renewed)).status, 200)
  await sql(`UPDATE staff SET is_active = 0 WHERE id = '${anna()}'`)
  assert.equal((await get(renewed)).status, 404, 'who has left has none')
  await sql(`UPDATE staff SET is_active = 1 WHERE id = '${anna()}'`)
  const known = await client.call('none', 'GET', new URL(renewed).pathname)
  assert.equal(known.status, 200)
})

/* ---- companies ---- */

test('what is closed or suspended is not there; without public booking, a feed is', async () => {
  const visit = await book(45, customer('Sue Suspended'))
  const feed = new URL((await client.call('salon', 'POST', `/api/v2/staff/${anna()}/feed`)).json.url).pathname
  const link = `/api/v2/public/bookings/${visit.manage_token}`
  const all = [['GET', SALON], ['GET', `${SALON}/services`], ['POST', `${SALON}/bookings`], ['GET', link],
    ['GET', `${link}/calendar.ics`], ['POST', `${link}/cancel`], ['POST', `${link}/reschedule`]]
  const statuses = () => Promise.all([...all, ['GET', feed]].map(async ([m, p]) =>
    (await client.call('none', m, p, m === 'POST' ? { json: {} } : {})).status))

  const salon = "company c JOIN company_settings s ON s.company_id = c.id AND c.slug = 'salon-morgenrot'"
  for (const [change, ofFeed] of [["status = 'suspended'", 404], ["status = 'closed'", 404], ['public_booking = 0', 200]]) {
    await sql(`UPDATE ${salon} SET ${change}`)
    assert.deepEqual(await statuses(), [...all.map(() => 404), ofFeed], change)
    await sql(`UPDATE ${salon} SET status = 'active', public_booking = 1`)
  }
  assert.equal((await see(visit.manage_token)).status, 200)
})

/* ---- the race ---- */

test('a race: one wins, the others hear so, and the track is clear afterwards', async () => {
  for (const rivals of [2, 40, 200]) {
    const r = await client.call('dental', 'POST', '/api/v2/demo/race', { json: { rivals }, timeoutMs: 60_000 })
    assert.equal(r.status, 200, r.text)
    const { won, lost, failed, winner, booked, overlapping, took_ms, slowest_ms, starts_at } = r.json
    assert.deepEqual({ rivals: r.json.rivals, won, lost, failed, booked, overlapping },
      { rivals, won: 1, lost: rivals - 1, failed: 0, booked: 1, overlapping: 0 }, r.text)
    assert.match(winner.name, /^Rival \d+$/)
    assert.ok(slowest_ms <= took_ms + 1 && winner.took_ms <= slowest_ms)
    assert.ok(Date.parse(starts_at) > Date.now() + 29 * 86_400_000)
  }
  const [[left]] = await sql(`SELECT COUNT(*) FROM occupancy o JOIN company c ON c.id = o.company_id WHERE c.slug = 'race-track'`)
  assert.equal(left, '0')
})

test('one race at a time', async () => {
  const run = () => client.call('salon', 'POST', '/api/v2/demo/race', { json: { rivals: 64 }, timeoutMs: 60_000 })
  const [a, b] = (await Promise.all([run(), run()])).sort((x, y) => x.status - y.status)
  assert.equal(a.status, 200)
  assert.deepEqual([b.status, b.headers['retry-after']], [429, '2'], b.text)
  assert.equal((await run()).status, 200, 'afterwards again')
})

/* The configuration is read at the start: a worker of its own, behind no nginx. */
test('outside a sandbox there are no races', async () => {
  const file = join(stack.var, 'frontdesk.yaml')
  const text = readFileSync(file, 'utf8')
  writeFileSync(file, text.replace('sandbox: true', 'sandbox: false'))
  const [pid] = readFileSync(join(stack.var, 'pids/talk'), 'utf8').split(' ')
  try {
    for (const worker of execFileSync('ps', ['-o', 'pid=', '--ppid', pid], { encoding: 'utf8' }).trim().split(/\s+/)) process.kill(Number(worker), 'SIGTERM')
    await waitFor('a worker outside the sandbox', async () => {
      const r = await client.call('salon', 'POST', '/api/v2/demo/race', { json: { rivals: 2 }, timeoutMs: 60_000 })
      return r.status === 404
    })
  } finally {
    writeFileSync(file, text)
  }
})
