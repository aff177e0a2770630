// Messages over HTTP, with the providers that the sandbox plays: from a booking
// to the SMS, its fate by signed callbacks, the channels that stand in, what
// customers answer, and alerts by Slack, Telegram and in the portal.
import { after, before, test } from 'node:test'
import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { startStack } from '../support/stack.mjs'
import { request, waitFor } from '../support/http.mjs'
import { retellRequest } from '../support/retell.mjs'
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
let numbers = 0
const newNumber = () => `+4915170${String(Date.now() % 100_000).padStart(5, '0')}${numbers++ % 10}`

/** A booking of the next free haircut (at the dentist: check-up). */
async function book(who, customer) {
  const service = (await list(who, 'services')).find(s => ['Haircut', 'Check-up'].includes(s.name))
  const free = await call(who, 'GET', `/api/v2/availability?service_id=${service.id}&from=${inDays(3)}&to=${inDays(20)}`)
  const slot = free.json.slots[Math.floor(Math.random() * free.json.slots.length)]
  const r = await call(who, 'POST', '/api/v2/bookings', { json: { service_id: service.id, starts_at: slot.starts_at, customer: { name: 'Nora Notiz', ...customer } } })
  assert.equal(r.status, 201, r.text)
  return r.json
}

const messages = async (who, booking) => list(who, `notifications?appointment_id=${booking.id}`)
const fateOf = (who, booking, channel, status) => waitFor(`${channel} ${status}`, async () =>
  (await messages(who, booking)).find(n => n.channel === channel && n.status === status), { timeoutMs: 15_000 })

test('a booking becomes an SMS, and its fate comes back signed', async () => {
  const phone = newNumber()
  const booking = await book('salon', { phone })
  const n = await fateOf('salon', booking, 'sms', 'delivered')
  assert.match(n.provider_message_id, /^SM/)
  assert.equal((await sent(m => m.kind === 'sms' && m.to === phone)).length, 1)
})

test('what cannot be sent goes by the next channel, once', async () => {
  // Twilio's number for "not a mobile number"
  const booking = await book('salon', { phone: '+15005550009', email: `nora${Date.now()}@example.org` })
  await fateOf('salon', booking, 'sms', 'failed')
  await fateOf('salon', booking, 'email', 'sent')
  assert.equal((await messages('salon', booking)).length, 2)
})

test('a message that was taken in silence is not sent twice', async () => {
  const phone = newNumber()
  await control({ twilio: { fail: 'drop-after-accept', times: 1 } })
  const booking = await book('salon', { phone })
  await fateOf('salon', booking, 'sms', 'delivered')
  assert.equal((await sent(m => m.kind === 'sms' && m.to === phone)).length, 1)
})

test('STOP is obeyed, START takes it back, other words reach a person', async () => {
  const phone = newNumber()
  const say = body => request(`${sandbox}/sms`, { method: 'POST', json: { from: phone, body } })
  const heard = await say('Stop')
  assert.deepEqual([heard.json.status, heard.json.twiml.includes('<Response/>')], [200, true])
  await waitFor('the opt-out', async () => {
    const booking = await book('salon', { phone, email: 'nora@example.org' })
    await fateOf('salon', booking, 'email', 'sent')
    return (await messages('salon', booking)).every(n => n.channel === 'email')
  }, { timeoutMs: 15_000 })
  await say('START')
  await waitFor('no opt-out', async () => (await book('salon', { phone })) && (await sent(m => m.kind === 'sms' && m.to === phone)).length > 0, { timeoutMs: 15_000 })
  await say('Can I bring my dog?')
  await waitFor('a task', async () => (await list('salon', 'tasks?limit=100')).some(t => t.detail === 'Can I bring my dog?' && t.kind === 'sms'), { timeoutMs: 15_000 })
})

test('e-mail by SendGrid: delivered, and bounced', async () => {
  const authorization = { authorization: 'Bearer SG.test-key-of-the-dentist' }
  const settings = `${sandbox}/sendgrid/v3/user/webhooks/event/settings`
  const { public_key: key } = (await request(`${settings}/signed`, { headers: authorization })).json
  const made = await call('dental', 'POST', '/api/v2/integrations', {
    json: { provider: 'sendgrid', account: 'desk@dental.example', secret: 'SG.test-key-of-the-dentist', signing_secret: key },
  })
  assert.equal(made.status, 201, made.text)
  await request(settings, { method: 'PATCH', json: { enabled: true, url: made.json.webhook_url }, headers: authorization })
  const email = `dora${Date.now()}@example.org`
  const n = await fateOf('dental', await book('dental', { email }), 'email', 'delivered')
  assert.equal(n.provider, 'sendgrid')
  client.hit('POST /webhooks/sendgrid/{hook} 204') // by the sandbox: how else would it be known to be delivered
  const [mail] = await sent(m => m.kind === 'email' && m.to === email)
  assert.match(mail.from, /desk@dental\.example/)
  assert.match(mail.attachments[0].content, /BEGIN:VEVENT/)
  await fateOf('dental', await book('dental', { email: `bounce${Date.now()}@example.org` }), 'email', 'bounced')
  assert.equal((await call('none', 'POST', new URL(made.json.webhook_url).pathname, { body: Buffer.from('[]'), headers: { 'Content-Type': 'application/json' } })).status, 401)
  assert.equal((await call('none', 'POST', new URL(made.json.webhook_url).pathname, { body: Buffer.from('[{"event":"delivered"}]'), headers: { 'Content-Type': 'application/json' } })).status, 401)
  assert.equal((await call('dental', 'DELETE', `/api/v2/integrations/${made.json.id}`)).status, 204)
})

test('an alert goes to Slack, Telegram, e-mail and the portal', async () => {
  const ids = []
  for (const json of [
    { provider: 'slack', secret: `${sandbox}/services/T1/B1/secret1` },
    { provider: 'telegram', account: '5550001', secret: '777:secret-token' },
  ]) {
    const r = await call('dental', 'POST', '/api/v2/integrations', { json })
    assert.equal(r.status, 201, r.text)
    ids.push(r.json.id)
  }
  const { path, ...rest } = retellRequest({ callId: `call_alert_${Date.now()}`, to: '+12125550777', hook: 'demo-dental', key: 'key_demo_dental', agent: 'agent_demo_dental' })
  assert.equal((await request(client.base + path, rest)).status, 204)
  for (const kind of ['slack', 'telegram']) {
    const [m] = await waitFor(kind, async () => {
      const found = await sent(x => x.kind === kind && x.body.includes('212-555-0777'))
      return found.length > 0 && found
    }, { timeoutMs: 15_000 })
    assert.match(m.body, /belongs to nobody/)
  }
  const mine = await waitFor('mine', async () => (await list('dental', 'notifications?audience=me&unread=true'))[0], { timeoutMs: 15_000 })
  assert.deepEqual([mine.channel, mine.template, mine.read_at], ['in_app', 'owner.unassigned_call', null])
  assert.equal((await call('salon', 'POST', `/api/v2/notifications/${mine.id}/read`, { foreign: true })).status, 404)
  assert.equal((await call('none', 'POST', `/api/v2/notifications/${mine.id}/read`)).status, 401)
  const read = await call('dental', 'POST', `/api/v2/notifications/${mine.id}/read`)
  assert.notEqual(read.json.read_at, null)
  assert.equal((await list('dental', 'notifications?audience=me&unread=true')).some(n => n.id === mine.id), false)
  const mail = (await list('dental', 'notifications?limit=100')).find(n => n.template === 'owner.unassigned_call' && n.channel === 'email')
  assert.equal((await call('dental', 'POST', `/api/v2/notifications/${mail.id}/read`)).status, 404)
  for (const id of ids) assert.equal((await call('dental', 'DELETE', `/api/v2/integrations/${id}`)).status, 204)
})

/* By the rules of Twilio, without its SDK: the form's names in order. */
function signed(path, form, token = 'demo_twilio_token') {
  const url = `${client.base.replace('127.0.0.1', 'localhost')}${path}`
  const text = url + Object.keys(form).sort().map(k => k + form[k]).join('')
  return {
    body: Buffer.from(new URLSearchParams(form).toString()),
    headers: { 'Content-Type': 'application/x-www-form-urlencoded', 'X-Twilio-Signature': createHmac('sha1', token).update(text).digest('base64') },
  }
}

test('webhooks of Twilio are believed only when they are signed', async () => {
  const form = { MessageSid: 'SM00000000000000000000000000000001', MessageStatus: 'delivered' }
  for (const what of ['status', 'sms']) {
    const path = `/webhooks/twilio/demo-salon/${what}`
    const good = signed(path, form)
    assert.ok([200, 204].includes((await call('none', 'POST', path, good)).status), what)
    assert.ok([200, 204].includes((await call('none', 'POST', path, good)).status), 'and again')
    for (const bad of [
      signed(path, form, 'another_token'),
      signed('/webhooks/twilio/demo-salon', form),
      { ...good, body: Buffer.from(`${good.body}&x=1`) },
      { ...good, headers: { 'Content-Type': good.headers['Content-Type'] } },
    ]) assert.equal((await call('none', 'POST', path, bad)).status, 401)
    const nowhere = `/webhooks/twilio/nobody/${what}`
    assert.equal((await call('none', 'POST', nowhere, signed(nowhere, form))).status, 401)
  }
})

test('who waits is told, and takes what is offered by the link', async () => {
  const email = `wanda${Date.now()}@example.org`
  const booking = await book('salon', { phone: newNumber() })
  const day = booking.local_start.slice(0, 10)
  const minute = Number(booking.local_start.slice(11, 13)) * 60 + Number(booking.local_start.slice(14, 16))
  const wish = {
    service_id: booking.service_id, staff_id: booking.staff_id, from_day: day, to_day: day, start_minute: minute, end_minute: minute + 30, customer: { name: 'Wanda Wartet', email },
  }
  const entry = await call('salon', 'POST', '/api/v2/waiting-list', { json: wish })
  assert.equal(entry.status, 201, entry.text)
  const offered = n => waitFor(`offer ${n}`, async () => {
    const found = await sent(m => m.kind === 'email' && m.to === email && /\/offer\//.test(m.body))
    return found.length === n && /\/offer\/([\w-]+)/.exec(found[n - 1].body)[1]
  }, { timeoutMs: 15_000 })
  await call('salon', 'POST', `/api/v2/bookings/${booking.id}/cancel`, { json: {} })
  const token = await offered(1)
  const path = `/api/v2/public/offers/${token}`
  const seen = await call('none', 'GET', path)
  assert.deepEqual([seen.status, seen.json.status, seen.json.service_name, seen.json.local_start], [200, 'offered', 'Haircut', booking.local_start])
  const taken = await call('none', 'POST', `${path}/accept`)
  assert.equal(taken.status, 200, taken.text)
  assert.equal(taken.json.local_start, booking.local_start)
  assert.equal((await call('none', 'POST', `${path}/accept`)).status, 409)
  assert.equal((await call('none', 'POST', `${path}/decline`)).status, 409)
  assert.equal((await call('none', 'GET', path)).json.status, 'booked')
  for (const wrong of [`${token.slice(0, -2)}AA`, 'x']) {
    for (const [method, end] of [['GET', ''], ['POST', '/accept'], ['POST', '/decline']]) {
      assert.equal((await call('none', method, `/api/v2/public/offers/${wrong}${end}`)).status, 404)
    }
  }
  // another who declines waits on
  const again = await book('salon', { phone: newNumber() })
  const other = `otto${Date.now()}@example.org`
  const at = again.local_start
  const minutes = Number(at.slice(11, 13)) * 60 + Number(at.slice(14, 16))
  const second = await call('salon', 'POST', '/api/v2/waiting-list', {
    json: { ...wish, staff_id: again.staff_id, from_day: at.slice(0, 10), to_day: at.slice(0, 10), start_minute: minutes, end_minute: minutes + 30, customer: { name: 'Otto', email: other } },
  })
  assert.equal(second.status, 201, second.text)
  await call('salon', 'POST', `/api/v2/bookings/${again.id}/cancel`, { json: {} })
  const link = await waitFor('an offer', async () => {
    const [m] = await sent(x => x.kind === 'email' && x.to === other)
    return m && /\/offer\/([\w-]+)/.exec(m.body)[1]
  }, { timeoutMs: 15_000 })
  const declined = await call('none', 'POST', `/api/v2/public/offers/${link}/decline`)
  assert.deepEqual([declined.status, declined.json.status], [200, 'waiting'])
})
