// A provider that fails, over HTTP, with the providers that the sandbox plays: it
// is left alone, people are told once and by every way that works, and when it
// answers again everything that waited goes out, once.
import { after, before, test } from 'node:test'
import assert from 'node:assert/strict'
import { startStack } from '../support/stack.mjs'
import { request, waitFor } from '../support/http.mjs'
import { endStack } from './audited.mjs'
import { makeClient } from './client.mjs'

let stack
let client
let sandbox

before(async () => {
  if (!process.env.BASE) {
    stack = await startStack({
      port: Number(process.env.TEST_PORT ?? 18080),
      args: process.env.TEST_BUILD ? ['--build', process.env.TEST_BUILD] : [],
    })
  }
  sandbox = process.env.SANDBOX ?? stack.sandbox
  client = await makeClient(process.env.BASE ?? stack.base)
}, { timeout: 120_000 })

after(() => endStack(stack, client))

const call = (...args) => client.call(...args)
const list = async (who, path) => (await call(who, 'GET', `/api/v2/${path}`)).json.data
const inDays = n => new Date(Date.now() + n * 86_400_000).toISOString().slice(0, 10)
const sent = async fits => (await request(`${sandbox}/sent.json`)).json.messages.filter(fits)
const control = json => request(`${sandbox}/control`, { method: 'POST', json })
const SLOW = { timeoutMs: 60_000 }
const FAILS = /Twilio (fails|ist gestört)/
const WORKS = /Twilio (works again|funktioniert wieder)/
const KEY = '0123456789abcdef0123456789abcdef'
let numbers = 0
const newNumber = () => `+4915171${String(Date.now() % 10_000).padStart(4, '0')}${String(numbers++).padStart(2, '0')}`

const twilio = async () => (await list('salon', 'integrations?provider=twilio'))[0]
const becomes = state => waitFor(`the breaker ${state}`, async () => {
  const i = await twilio()
  return i.breaker === state && i
}, SLOW)
const healthOf = async i => (await call('salon', 'GET', `/api/v2/integrations/${i.id}/health`)).json
const tryNow = async i => assert.equal((await call('salon', 'POST', `/api/v2/integrations/${i.id}/test`)).status, 202)

let slots
/** A booking of the next free haircut, by somebody new. */
async function book() {
  const service = (await list('salon', 'services')).find(s => s.name === 'Haircut')
  slots ??= (await call('salon', 'GET', `/api/v2/availability?service_id=${service.id}&from=${inDays(4)}&to=${inDays(25)}`)).json.slots
  const phone = newNumber()
  const [slot] = slots.splice(Math.floor(Math.random() * slots.length), 1)
  const r = await call('salon', 'POST', '/api/v2/bookings', { json: { service_id: service.id, starts_at: slot.starts_at, customer: { name: 'Nora Notiz', phone } } })
  if (r.status === 409) return book()
  assert.equal(r.status, 201, r.text)
  return { phone, id: r.json.id }
}

const alerts = (kind, words, since) => sent(m => m.kind === kind && m.seq > since && words.test(`${m.subject} ${m.body}`))
const seqNow = async () => (await request(`${sandbox}/sent.json`)).json.seq

test('what fails is left alone and told of once; what waited goes out once', async () => {
  const since = await seqNow()
  const ways = []
  for (const json of [
    { provider: 'slack', secret: `${sandbox}/services/T2/B2/secret2` },
    { provider: 'pagerduty', secret: KEY },
  ]) {
    const r = await call('salon', 'POST', '/api/v2/integrations', { json })
    assert.equal(r.status, 201, r.text)
    ways.push(r.json.id)
  }
  await control({ twilio: { fail: '500' } })
  const booked = []
  while (booked.length < 6) booked.push(await book())
  const open = await becomes('open')
  assert.match(open.breaker_reason, /Twilio answers 500/)
  const health = await healthOf(open)
  assert.deepEqual([health.provider, health.state, health.is_denied], ['twilio', 'open', false])
  assert.ok(health.hour.failures >= 5 && health.hour.calls >= health.hour.failures && health.day.calls >= health.hour.calls, JSON.stringify(health))
  assert.match(health.last_error, /500/)

  for (const kind of ['slack', 'email', 'pagerduty']) {
    await waitFor(`an alert by ${kind}`, async () => (await alerts(kind, /Twilio/, since)).length > 0, SLOW)
  }
  assert.ok((await list('salon', 'notifications?audience=me&unread=true')).some(n => n.template === 'owner.integration_failed'))
  // hardly anybody asks any more: these wait, and are not counted as tried
  const before = (await healthOf(open)).day.calls
  booked.push(await book(), await book())
  await waitFor('put off', async () => (await list('salon', `notifications?appointment_id=${booked[7].id}`)).some(n => n.channel === 'sms' && /not asked/.test(n.error ?? '')), SLOW)
  assert.ok((await healthOf(open)).day.calls - before <= 3, 'one at a time finds out')
  assert.equal((await list('salon', 'dead-letters?limit=100')).length, 0)
  const platform = await call('admin', 'GET', '/api/v2/platform/providers')
  const mine = platform.json.data.find(p => p.provider === 'twilio' && p.company_name === 'Salon Morgenrot')
  assert.deepEqual([mine.state, mine.hour_failures >= 5], ['open', true], platform.text)

  await control({ twilio: { fail: null } })
  await tryNow(open)
  await becomes('closed')
  for (const { phone } of booked) {
    await waitFor(`the SMS to ${phone}`, async () => (await sent(m => m.kind === 'sms' && m.to === phone)).length > 0, SLOW)
  }
  for (const kind of ['slack', 'email']) {
    await waitFor(`good news by ${kind}`, async () => (await alerts(kind, WORKS, since)).length > 0, SLOW)
    assert.equal((await alerts(kind, FAILS, since)).length, 1, kind)
    assert.equal((await alerts(kind, WORKS, since)).length, 1, kind)
  }
  const incident = await waitFor('resolved', async () => {
    const all = await sent(m => m.kind === 'pagerduty' && m.seq > since)
    return all.length > 1 && all
  }, SLOW)
  assert.deepEqual(incident.map(m => [m.subject, m.to]), [['trigger', KEY], ['resolve', KEY]])
  assert.equal(incident[0].sid, incident[1].sid)
  for (const { phone } of booked) assert.equal((await sent(m => m.kind === 'sms' && m.to === phone)).length, 1, phone)
  for (const id of ways) assert.equal((await call('salon', 'DELETE', `/api/v2/integrations/${id}`)).status, 204)
})

test('a key that was taken away is told at once, and waits for a person', async () => {
  const since = await seqNow()
  await control({ twilio: { fail: '401', times: 1 } })
  const { phone } = await book()
  const open = await becomes('open')
  assert.match(open.breaker_reason, /refuses the account/)
  const health = await healthOf(open)
  assert.equal(health.is_denied, true)
  assert.ok(Date.parse(health.retry_at) - Date.now() > 10_000)
  await waitFor('a letter', async () => (await alerts('email', FAILS, since)).length === 1, SLOW)
  assert.equal((await call('salon', 'PATCH', `/api/v2/integrations/${open.id}`, { json: { label: 'Mended' } })).status, 200)
  // what was changed is tried with the next call: the one that waited
  await becomes('closed')
  await waitFor('the SMS', async () => (await sent(m => m.kind === 'sms' && m.to === phone)).length === 1, SLOW)
  assert.equal((await call('salon', 'PATCH', `/api/v2/integrations/${open.id}`, { json: { label: null } })).status, 200)
})

test('the platform lets the next call through', async () => {
  await control({ twilio: { fail: '401', times: 1 } })
  const { phone } = await book()
  await becomes('open')
  const retry = json => call('admin', 'POST', '/api/v2/platform/providers/retry', { json })
  const company = (await call('admin', 'GET', '/api/v2/platform/companies?q=Morgenrot')).json.data[0].id
  assert.equal((await retry({ company_id: company, provider: 'retell' })).status, 404)
  assert.equal((await retry({ company_id: '01900000-0000-7000-8000-000000000000', provider: 'twilio' })).status, 404)
  assert.equal((await retry({ provider: 'twilio' })).status, 404)
  assert.equal((await retry({})).status, 422)
  assert.equal((await call('salon', 'POST', '/api/v2/platform/providers/retry', { json: { provider: 'twilio' } })).status, 403)
  assert.equal((await retry({ company_id: company, provider: 'twilio' })).status, 204)
  await becomes('closed')
  await waitFor('the SMS', async () => (await sent(m => m.kind === 'sms' && m.to === phone)).length === 1, SLOW)
})
