// A customer with canaries in everything that may hold some, over HTTP: what
// the export gives, and that after erasing the whole dump of the database and
// the programs' logs know nothing of her.
import { after, before, test } from 'node:test'
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { request, waitFor } from '../support/http.mjs'
import { retellRequest } from '../support/retell.mjs'
import { sqlOn } from '../support/sql.mjs'
import { startStack } from '../support/stack.mjs'
import { unzip } from '../support/unzip.mjs'
import { endStack } from './audited.mjs'
import { makeClient } from './client.mjs'

const PHONE = '+4915170081234'
const WORD = 'Zebrafink' // in everything that is hers
const OTHERS = 'Nachtschwalbe'
const WITHIN = { timeoutMs: 20_000 }

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

after(() => endStack(stack, client))

const day = n => new Date(Date.now() + n * 86_400_000).toISOString().slice(0, 10)
const list = async path => (await client.call('salon', 'GET', `/api/v2/${path}`)).json.data

async function done(status, method, path, json, headers = {}) {
  const r = await client.call('salon', method, `/api/v2/${path}`, { json, headers })
  assert.equal(r.status, status, `${method} ${path}: ${r.text}`)
  return r.json
}

async function send(event) {
  const { path, ...rest } = retellRequest(event)
  assert.equal((await request(stack.base + path, rest)).status, 204)
}

/* A call of hers, or somebody's, that is taken in. */
async function call(callId, from, word, to) {
  const more = {
    transcript: `Agent: Hallo\nUser: Hier ist ${word}`, recording_url: `https://retell.example/${word}.wav`,
    call_analysis: { call_summary: `${word} asked`, user_sentiment: 'Neutral', custom_analysis_data: { intent: 'price', customer_name: `${word} Meier`, notes: word } },
  }
  await send({ callId, event: 'call_ended', from, to, more: { transcript: more.transcript } })
  await send({ callId, event: 'call_analyzed', from, to, more })
}

async function live(word, phone, n) {
  const services = await list('services')
  const haircut = services.find(s => s.name === 'Haircut').id
  await call(`call_${n}`, phone, word)
  const id = (await waitFor('the call', async () => (await list(`calls?q=${word}`)).find(c => c.summary), WITHIN)).customer_id
  await done(200, 'PATCH', `customers/${id}`, { name: `${word} Meier`, email: `${word}@example.org`, language: 'de' })
  const [slot, , other] = (await client.call('salon', 'GET', `/api/v2/availability?service_id=${haircut}&from=${day(n)}&to=${day(n + 9)}`)).json.slots
    .filter((s, i, all) => i === 0 || s.local_start.slice(0, 10) !== all[i - 1].local_start.slice(0, 10))
  const booked = await done(201, 'POST', 'bookings', { service_id: haircut, starts_at: slot.starts_at, customer_id: id, notes: `${word} likes it short` }, { 'Idempotency-Key': `book-${n}` })
  const gone = await done(201, 'POST', 'bookings', { service_id: haircut, starts_at: other.starts_at, customer_id: id })
  await done(200, 'POST', `bookings/${gone.id}/cancel`, { reason: `${word} is ill` }, { 'Idempotency-Key': `cancel-${n}` })
  await done(201, 'POST', 'waiting-list', { service_id: haircut, from_day: day(n + 20), to_day: day(n + 20), customer_id: id }, { 'Idempotency-Key': `wait-${n}` })
  await done(201, 'POST', `customers/${id}/consents`, { channel: 'email', state: 'given', source: `${word} said so` })
  await call(`unassigned_${n}`, phone, word, '+4930999999')
  await waitFor('the messages', async () => (await list('notifications')).filter(m => m.customer_id === id && m.status !== 'queued').length >= 4, WITHIN)
  await waitFor('the unassigned call', async () => (await list('unassigned-calls')).some(u => u.from_number === phone), WITHIN)
  return { id, booked }
}

function dump() {
  const socket = join(realpathSync(join(stack.var, 'run')), 'mariadb.sock')
  return execFileSync('mariadb-dump', ['--no-defaults', `--socket=${socket}`, '--user=root', '--skip-extended-insert', 'frontdesk_store'], { encoding: 'latin1', maxBuffer: 256 << 20 })
}
const linesWith = (text, word) => text.split('\n').filter(l => l.toLowerCase().includes(word.toLowerCase())).map(l => l.slice(0, 300))

test('a customer takes everything along, is erased, and nobody knows her any more', { timeout: 120_000 }, async () => {
  const her = await live(WORD, PHONE, 6)
  const his = await live(OTHERS, '+4915170085678', 30)

  const r = await client.call('salon', 'POST', `/api/v2/customers/${her.id}/export`)
  assert.equal(r.status, 200, r.text.slice(0, 500))
  const files = Object.fromEntries(Object.entries(unzip(r.bytes)).map(([name, b]) => [name, b.toString('utf8')]))
  for (const [name, text] of Object.entries(files)) assert.ok(!text.includes(OTHERS) && !text.includes(his.id), name)
  const json = name => JSON.parse(files[`${name}.json`])
  assert.deepEqual([json('customer')[0].name, json('customer')[0].phone], [`${WORD} Meier`, PHONE])
  assert.match(json('calls')[0].transcript, new RegExp(WORD))
  assert.deepEqual(json('bookings').map(b => b.status).sort(), ['cancelled', 'confirmed'])
  assert.equal(json('consents')[0].source, `${WORD} said so`)
  assert.ok(json('messages').length >= 4)
  assert.equal(json('waiting-list')[0].service_name, 'Haircut')
  assert.ok(files['index.html'].includes('<h1>Ihre Daten bei Salon Morgenrot</h1>') && files['index.html'].includes('35,00 €'))
  assert.equal(files['calendar.ics'].match(/BEGIN:VEVENT/g).length, 2)

  const before = dump()
  const tables = word => [...new Set(linesWith(before, word).map(l => /^INSERT INTO `(\w+)`/.exec(l)?.[1]))].sort()
  assert.deepEqual(tables(WORD), ['appointment', 'call', 'consent', 'customer', 'event', 'idempotency', 'inbox_event', 'notification'])
  assert.deepEqual(tables(PHONE), ['call', 'customer', 'event', 'idempotency', 'inbox_event', 'notification', 'unassigned_call'])
  const money = async () => sql('SELECT id, customer_cents, platform_microusd FROM `call` ORDER BY id; SELECT id, price_cents FROM appointment ORDER BY id; SELECT id, microusd FROM platform_cost ORDER BY id;')
  const amounts = await money()
  const erased = await done(200, 'POST', `customers/${her.id}/erase`, { reason: 'requested', cancel_visits: true }, { 'Idempotency-Key': 'erase' })
  assert.equal(erased.visits_cancelled, 1)
  await waitFor('what is told of it', async () => (await sql("SELECT COUNT(*) FROM job WHERE state IN ('queued', 'running') AND kind = 'event.dispatch'"))[0][0] === '0', WITHIN)

  const afterwards = dump()
  assert.deepEqual(linesWith(afterwards, WORD), [])
  assert.deepEqual(linesWith(afterwards, PHONE), [])
  assert.deepEqual(linesWith(afterwards, PHONE.slice(1)), [])
  assert.deepEqual(await money(), amounts)
  assert.equal(linesWith(afterwards, OTHERS).length, linesWith(before, OTHERS).length)
  for (const log of readdirSync(join(stack.var, 'log')).filter(f => f !== 'sandbox.log')) {
    assert.deepEqual(linesWith(readFileSync(join(stack.var, 'log', log), 'latin1'), WORD), [], log)
    assert.deepEqual(linesWith(readFileSync(join(stack.var, 'log', log), 'latin1'), PHONE), [], log)
  }
})

test('an event that comes after the call was erased leaves nothing', { timeout: 60_000 }, async () => {
  const phone = '+4915170089999'
  await send({ callId: 'late', event: 'call_ended', from: phone })
  const id = (await waitFor('the call', async () => (await list('calls')).find(c => c.from_number === phone), WITHIN)).customer_id
  await done(200, 'POST', `customers/${id}/erase`, { reason: 'objection' })
  await send({ callId: 'late', event: 'call_analyzed', from: phone, more: { transcript: 'Spaetling' } })
  await waitFor('the event', async () => (await sql("SELECT COUNT(*) FROM job j JOIN inbox_event i ON i.id = j.ref_id WHERE i.external_id = 'late' AND j.state = 'done'"))[0][0] === '2', WITHIN)
  assert.deepEqual(linesWith(dump(), 'Spaetling').concat(linesWith(dump(), phone)), [])
})

test('who withdrew the consent to messages gets none', { timeout: 60_000 }, async () => {
  const haircut = (await list('services')).find(s => s.name === 'Haircut').id
  const { id } = await done(201, 'POST', 'customers', { name: 'Willi Wortlos', phone: '+4915170087777', email: 'willi@example.org' })
  await done(201, 'POST', `customers/${id}/consents`, { channel: 'sms', state: 'withdrawn' })
  const [slot] = (await client.call('salon', 'GET', `/api/v2/availability?service_id=${haircut}&from=${day(50)}&to=${day(56)}`)).json.slots
  await done(201, 'POST', 'bookings', { service_id: haircut, starts_at: slot.starts_at, customer_id: id })
  const his = () => list('notifications').then(all => all.filter(m => m.customer_id === id))
  const messages = await waitFor('the letter', async () => (await his()).some(m => m.channel === 'email' && m.status !== 'queued') && his(), WITHIN)
  assert.deepEqual(messages.map(m => [m.channel, m.status]), [['email', 'sent']])
})
