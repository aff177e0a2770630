// Outgoing webhooks over real sockets: what receivers get, and verify with the
// library of Standard Webhooks; what they answer, and what becomes of it then.
import { after, before, test } from 'node:test'
import assert from 'node:assert/strict'
import net from 'node:net'
import { randomUUID } from 'node:crypto'
import { Webhook } from 'standardwebhooks'
import { request, sleep, waitFor } from '../support/http.mjs'
import { startReceiver } from '../support/receiver.mjs'
import { retellRequest } from '../support/retell.mjs'
import { quote, sqlOn } from '../support/sql.mjs'
import { startStack } from '../support/stack.mjs'
import { endStack } from './audited.mjs'
import { makeClient } from './client.mjs'

let stack
let client
let sql
const receivers = []

before(async () => {
  stack = await startStack({
    port: Number(process.env.TEST_PORT ?? 18080),
    args: process.env.TEST_BUILD ? ['--build', process.env.TEST_BUILD] : [],
  })
  client = await makeClient(stack.base)
  sql = sqlOn(stack)
}, { timeout: 120_000 })

after(async () => {
  await Promise.all(receivers.map(r => r.close()))
  await endStack(stack, client)
})

/* ---- helpers ---- */

const call = (who, method, path, json) => client.call(who, method, `/api/v2/${path}`, json === undefined ? {} : { json })
const list = async (who, path) => (await call(who, 'GET', path)).json.data
const inDays = n => new Date(Date.now() + n * 86_400_000).toISOString().slice(0, 10)
const soon = { timeoutMs: 15_000 }

async function receiver(reply) {
  const r = await startReceiver(reply)
  receivers.push(r)
  return r
}

/** A server that speaks for itself: play(socket) after the request has come. */
async function speaker(play) {
  const open = new Set()
  const server = net.createServer(socket => {
    open.add(socket)
    socket.on('close', () => open.delete(socket)).on('error', () => {})
    socket.once('data', () => play(socket))
  })
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve))
  receivers.push({ close: () => new Promise(resolve => { server.close(resolve); open.forEach(s => s.destroy()) }) })
  return `http://127.0.0.1:${server.address().port}`
}

async function endpoint(json, who = 'salon') {
  const r = await call(who, 'POST', 'webhook-endpoints', json)
  assert.equal(r.status, 201, r.text)
  return r.json
}
const end = (e, who = 'salon') => call(who, 'DELETE', `webhook-endpoints/${e.id}`)

let names = 0
async function customer(who = 'salon') {
  const r = await call(who, 'POST', 'customers', { name: `Wanda Webhook ${Date.now()} ${names++}` })
  assert.equal(r.status, 201, r.text)
  return r.json
}

/** The delivery as soon as it fits. */
const delivery = (id, fits, options = soon) => waitFor(`the delivery ${id}`, async () => {
  const { json } = await call('salon', 'GET', `deliveries/${id}`)
  return fits(json) && json
}, options)
const deliveriesOf = (e, who = 'salon') => list(who, `deliveries?endpoint_id=${e.id}&limit=100`)
const ended = d => d.status !== 'pending'
async function tested(e, fits, options) {
  const r = await call('salon', 'POST', `webhook-endpoints/${e.id}/test`)
  assert.equal(r.status, 202, r.text)
  return delivery(r.json.delivery_id, fits, options)
}
const verified = (secret, got) => new Webhook(secret).verify(got.body, got.headers)
/** The job of its endpoint looks at once, whatever it waits for. */
const hurry = e => sql(`UPDATE delivery SET next_attempt_at = NOW(3) WHERE endpoint_id = ${quote(e.id)} AND status = 'pending';
  UPDATE webhook_endpoint SET wait_until = NULL WHERE id = ${quote(e.id)};
  UPDATE job SET run_at = NOW(3), is_due = 1 WHERE kind = 'webhook.deliver' AND ref_id = ${quote(e.id)} AND state = 'queued';`)
const SILENT = ['integration.recovered'] // nothing but a test.ping comes
const wake = () => call('salon', 'POST', 'customers', { name: 'Somebody who wakes the worker' })

/* ---- what is posted ---- */

test('what is posted is the resource, signed, and verifies', async () => {
  const r = await receiver()
  const e = await endpoint({ url: `${r.url}/in?x=1`, description: 'Books', events: ['customer.created'] })
  assert.match(e.secret, /^whsec_[A-Za-z0-9+/]{43}=$/)
  const made = await customer()
  await r.has(1)
  const [got] = r.requests
  assert.deepEqual([got.method, got.path, got.headers['content-type'], got.headers['user-agent']], ['POST', '/in?x=1', 'application/json', 'frontdesk/2'])
  assert.match(got.headers.traceparent, /^00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]$/)
  const told = verified(e.secret, got)
  assert.deepEqual(Object.keys(told), ['type', 'timestamp', 'data'])
  assert.equal(told.type, 'customer.created')
  assert.ok(Math.abs(Date.parse(told.timestamp) - Date.now()) < 20_000)
  assert.deepEqual(told.data, made)

  const id = got.headers['webhook-id']
  const d = await delivery(id, ended)
  assert.deepEqual([d.status, d.attempts, d.event, d.subject_id, d.endpoint_id, d.response_status, d.error, d.next_attempt_at], ['delivered', 1, 'customer.created', made.id, e.id, 204, null, null])
  assert.deepEqual(d.body, told)
  const [attempt] = d.log
  assert.deepEqual([attempt.attempt, attempt.response_status, attempt.error], [1, 204, null])
  assert.match(attempt.response_head, /^HTTP\/1\.1 204 /)
  assert.match(attempt.request_headers, new RegExp(`webhook-id: ${id}\nwebhook-timestamp: ${got.headers['webhook-timestamp']}\nwebhook-signature: v1 with 1 key$`))
  const [shown] = await deliveriesOf(e)
  assert.deepEqual([shown.id, shown.body, shown.log], [id, null, []])

  const secret = e.secret.slice(6)
  for (const path of [`webhook-endpoints/${e.id}`, 'webhook-endpoints', `deliveries/${id}`]) {
    assert.ok(!(await call('salon', 'GET', path)).text.includes(secret), path)
  }
  assert.equal((await call('salon', 'GET', `webhook-endpoints/${e.id}`)).json.secret, undefined)
  const raw = Buffer.from(secret, 'base64').toString('hex')
  const [[plain]] = await sql(`SELECT COUNT(*) FROM webhook_endpoint WHERE INSTR(HEX(secret_cell), ${quote(raw)}) OR INSTR(secret_cell, ${quote(secret)})`)
  assert.equal(plain, '0')
  await end(e)
})

test('a secret that is shown once stands in no stored answer', async () => {
  const headers = { 'Idempotency-Key': randomUUID() }
  const json = { url: 'https://example.com/hooks' }
  const first = await client.call('salon', 'POST', '/api/v2/webhook-endpoints', { json, headers })
  const again = await client.call('salon', 'POST', '/api/v2/webhook-endpoints', { json, headers })
  assert.equal(again.headers['idempotency-replayed'], 'true')
  assert.deepEqual(again.json, { ...first.json, secret: null })
  await end(first.json)
})

test('every kind of event is told, to those who want it', async () => {
  const all = await receiver()
  const some = await receiver()
  const theirs = await receiver()
  const e = await endpoint({ url: all.url })
  const f = await endpoint({ url: some.url, events: ['appointment.cancelled', 'appointment.rescheduled'] })
  const g = await endpoint({ url: theirs.url }, 'dental')
  const has = type => waitFor(type, () => all.requests.map(q => verified(e.secret, q)).find(t => t.type === type), soon)

  const service = (await list('salon', 'services')).find(s => s.name === 'Haircut').id
  const free = (await call('salon', 'GET', `availability?service_id=${service}&from=${inDays(3)}&to=${inDays(20)}`)).json.slots
  const booked = (await call('salon', 'POST', 'bookings', { service_id: service, starts_at: free[0].starts_at, customer: { name: 'Bea Bucht' } })).json
  const told = await has('appointment.booked')
  const { segments, ...rest } = (await call('salon', 'GET', `bookings/${booked.id}`)).json
  assert.deepEqual({ ...told.data, segments: undefined }, { ...rest, segments: undefined }, 'the shape of the API')
  assert.equal(told.data.version, 1)
  assert.equal(told.data.segments.length, segments.length)

  const moving = await call('salon', 'POST', `bookings/${booked.id}/reschedule`, { starts_at: free.at(-1).starts_at, staff_id: free.at(-1).staff_ids[0] })
  assert.equal(moving.status, 200, moving.text)
  const moved = await has('appointment.rescheduled')
  assert.deepEqual([moved.data.version, moved.data.old_starts_at], [2, booked.starts_at])
  await call('salon', 'POST', `bookings/${booked.id}/cancel`, { reason: 'ill' })
  assert.equal((await has('appointment.cancelled')).data.cancel_reason, 'ill')
  await call('salon', 'PATCH', `customers/${booked.customer_id}`, { email: 'bea@example.org' })
  assert.equal((await has('customer.updated')).data.email, 'bea@example.org')

  for (const [id, status] of [['complete', 'completed'], ['no-show', 'no_show']]) {
    const b = (await call('salon', 'POST', 'bookings', { service_id: service, starts_at: free[id === 'complete' ? 1 : 3].starts_at, customer: { name: 'Bea Bucht' } })).json
    await sql(`UPDATE appointment SET status = '${id === 'complete' ? 'in_progress' : 'confirmed'}', starts_at = NOW() - INTERVAL 1 HOUR WHERE id = ${quote(b.id)}`)
    assert.equal((await call('salon', 'POST', `bookings/${b.id}/${id}`)).status, 200)
    assert.equal((await has(`appointment.${status}`)).data.status, status)
  }

  const callId = `call_told_${Date.now()}`
  for (const event of ['call_started', 'call_ended', 'call_analyzed']) {
    const { path, ...q } = retellRequest({ callId, event, from: '+4915199887711' })
    assert.equal((await request(client.base + path, q)).status, 204)
    const known = await has(event.replace('_', '.'))
    assert.equal(known.data.provider_call_id, callId)
    assert.equal(known.data.transcript, null)
  }
  const { path, ...q } = retellRequest({ callId: `${callId}_nobody`, to: '+4930999998' })
  assert.equal((await request(client.base + path, q)).status, 204)
  assert.equal((await has('number.unassigned_call')).data.to_number, '+4930999998')

  const types = some.requests.map(x => verified(f.secret, x).type)
  assert.deepEqual(types.sort(), ['appointment.cancelled', 'appointment.rescheduled'])
  assert.equal(theirs.requests.length, 0, 'nothing of the salon is told to the dentist')
  const offered = [...new Set(all.requests.map(x => verified(e.secret, x).type))]
  for (const event of offered) {
    const r = await call('salon', 'GET', `hooks/sample?event=${event}`)
    const real = verified(e.secret, all.requests.find(x => verified(e.secret, x).type === event))
    assert.deepEqual(Object.keys(r.json.data[0].data).sort(), Object.keys(real.data).sort(), `the example of ${event} has the shape of what is posted`)
    assert.equal(r.json.data[0].type, event)
  }
  for (const [x, who] of [[e, 'salon'], [f, 'salon'], [g, 'dental']]) await end(x, who)
})

test('what a call tells about somebody known is told', async () => {
  const r = await receiver()
  const e = await endpoint({ url: r.url, events: ['customer.created', 'customer.updated'] })
  const { path, ...q } = retellRequest({ callId: `call_names_${Date.now()}`, event: 'call_analyzed', from: '+4915199887722' })
  assert.equal((await request(client.base + path, q)).status, 204)
  await waitFor('both', () => r.requests.length >= 2, soon)
  const types = r.requests.map(x => verified(e.secret, x).type)
  assert.deepEqual(types.sort(), ['customer.created', 'customer.updated'])
  await end(e)
})

test('dispatched twice, an event is delivered once', async () => {
  const r = await receiver()
  const e = await endpoint({ url: r.url, events: ['customer.created'] })
  const f = await endpoint({ url: r.url })
  const made = await customer()
  await r.has(2)
  await sql(`UPDATE job SET state = 'queued', is_due = 1, run_at = NOW(3), max_attempts = 99 WHERE kind = 'event.dispatch'
    AND ref_id IN (SELECT id FROM event WHERE subject_id = ${quote(made.id)})`)
  await wake()
  await waitFor('the dispatch', async () => (await sql(`SELECT COUNT(*) FROM job WHERE kind = 'event.dispatch' AND state <> 'done'`))[0][0] === '0', soon)
  const counts = await sql(`SELECT COUNT(*) FROM delivery WHERE subject_id = ${quote(made.id)} GROUP BY endpoint_id`)
  assert.deepEqual(counts, [['1'], ['1']])
  assert.equal(r.requests.filter(x => x.body.includes(made.id)).length, 2)
  await end(e)
  await end(f)
})

/* ---- secrets ---- */

test('after a rotation both secrets verify, for a day', async () => {
  const r = await receiver()
  const e = await endpoint({ url: r.url, events: ['customer.created'] })
  const turned = await call('salon', 'POST', `webhook-endpoints/${e.id}/rotate-secret`)
  assert.equal(turned.status, 200)
  assert.notEqual(turned.json.secret, e.secret)
  assert.ok(Math.abs(Date.parse(turned.json.previous_until) - Date.now() - 86_400_000) < 60_000)
  await tested(e, ended)
  const [both] = r.requests
  assert.equal(both.headers['webhook-signature'].split(' ').length, 2)
  for (const secret of [e.secret, turned.json.secret]) assert.equal(verified(secret, both).type, 'test.ping')
  await sql(`UPDATE webhook_endpoint SET previous_until = NOW(3) WHERE id = ${quote(e.id)}`)
  await tested(e, ended)
  assert.equal(verified(turned.json.secret, r.requests[1]).type, 'test.ping')
  assert.throws(() => verified(e.secret, r.requests[1]))
  await end(e)
})

/* ---- what is answered ---- */

test('what failed is tried again under the same id, with another time and the same text', async () => {
  const r = await receiver((_, n) => (n === 0 ? { status: 500, json: { sorry: 'Zoë' } } : 200))
  const e = await endpoint({ url: r.url, events: SILENT })
  const waits = await tested(e, d => d.attempts === 1)
  assert.deepEqual([waits.status, waits.error, waits.response_status], ['pending', 'The endpoint answered 500.', 500])
  assert.match(waits.log[0].response_head, /^HTTP\/1\.1 500 [^]*\r\n\r\n\{"sorry":"Zoë"\}$/)
  const d = await delivery(waits.id, ended)
  assert.deepEqual([d.status, d.attempts, d.error, d.log.map(a => a.attempt)], ['delivered', 2, null, [2, 1]])
  const [a, b] = r.requests
  assert.equal(a.headers['webhook-id'], b.headers['webhook-id'])
  assert.equal(a.body, b.body)
  assert.ok(Number(b.headers['webhook-timestamp']) >= Number(a.headers['webhook-timestamp']) + 5)
  assert.notEqual(a.headers['webhook-signature'], b.headers['webhook-signature'])
  for (const got of [a, b]) verified(e.secret, got)
  assert.ok(b.at - a.at >= 5_000 && b.at - a.at < 12_000, `${b.at - a.at} ms`) // the worker looks every five seconds
  const { json } = await call('salon', 'GET', `webhook-endpoints/${e.id}/statistics`)
  assert.deepEqual([json.pending, json.delivered, json.failed, json.attempts], [0, 1, 0, 2])
  await end(e)
})

test('Retry-After is obeyed, and nothing else is posted meanwhile', async () => {
  const r = await receiver((_, n) => (n === 0 ? { status: 429, headers: { 'retry-after': '120' } } : 200))
  const e = await endpoint({ url: r.url, events: SILENT })
  const first = await tested(e, d => d.attempts === 1)
  const wait = Date.parse(first.next_attempt_at) - Date.now()
  assert.ok(wait > 115_000 && wait < 135_000, `${wait} ms`)
  const second = await call('salon', 'POST', `webhook-endpoints/${e.id}/test`)
  await sleep(1500)
  assert.equal(r.requests.length, 1)
  assert.equal((await delivery(second.json.delivery_id, () => true)).attempts, 0)
  await hurry(e)
  await wake()
  for (const id of [first.id, second.json.delivery_id]) assert.equal((await delivery(id, ended)).status, 'delivered')
  await end(e)
})

test('redirects are not followed', async () => {
  const other = await receiver()
  const r = await receiver((_, n) => ({ status: [301, 302, 303, 307, 308][n % 5], headers: { location: n % 2 ? other.url : 'http://169.254.169.254/latest/' } }))
  const e = await endpoint({ url: r.url, events: SILENT })
  const d = await tested(e, x => x.attempts === 1)
  assert.deepEqual([d.status, d.error], ['pending', 'The endpoint answered 301: webhooks follow no redirects, enter the new address.'])
  for (let n = 2; n <= 5; n++) {
    await hurry(e)
    await wake()
    await delivery(d.id, x => x.attempts === n)
  }
  assert.equal(other.requests.length, 0)
  await end(e)
})

test('an address that is gone is disabled at once, and its owners are told', async () => {
  const r = await receiver((_, n) => (n === 0 ? 410 : 200))
  const e = await endpoint({ url: `${r.url}/gone-${Date.now()}` })
  const d = await tested(e, ended)
  assert.deepEqual([d.status, d.response_status, d.error], ['failed', 410, 'The endpoint answered 410: it is gone.'])
  const { json } = await call('salon', 'GET', `webhook-endpoints/${e.id}`)
  assert.notEqual(json.disabled_at, null)
  assert.match(json.disabled_reason, /410/)
  const n = await waitFor('the notice', async () => (await list('salon', 'notifications?audience=me&unread=true')).find(x => x.template === 'owner.webhook_disabled'), soon)
  assert.ok(n.body.includes(e.url), n.body)
  const mail = (await list('salon', 'notifications?limit=100')).find(x => x.template === 'owner.webhook_disabled' && x.channel === 'email')
  assert.ok(mail)
  const [[entry]] = await sql(`SELECT COUNT(*) FROM audit_entry WHERE action = 'webhook_endpoint.disable' AND subject_id = ${quote(e.id)}`)
  assert.equal(entry, '1')

  const refused = await call('salon', 'POST', `webhook-endpoints/${e.id}/test`)
  assert.deepEqual([refused.status, refused.json.code], [409, 'state'])
  assert.equal((await call('salon', 'POST', `deliveries/${d.id}/replay`)).status, 409)
  const missed = await customer()
  await waitFor('its dispatch', async () => (await sql(`SELECT COUNT(*) FROM job j JOIN event v ON v.id = j.ref_id
    WHERE j.kind = 'event.dispatch' AND j.state = 'done' AND v.subject_id = ${quote(missed.id)}`))[0][0] === '1', soon)
  assert.equal((await call('salon', 'POST', `webhook-endpoints/${e.id}/enable`)).json.disabled_at, null)
  assert.equal((await call('salon', 'POST', `webhook-endpoints/${e.id}/enable`)).status, 409)
  assert.equal((await call('salon', 'POST', `deliveries/${d.id}/replay`)).json.status, 'pending')
  const again = await delivery(d.id, ended)
  assert.deepEqual([again.status, again.attempts], ['delivered', 2])
  assert.deepEqual(r.requests.map(x => x.headers['webhook-id']), [d.id, d.id])

  const from = new Date(Date.now() - 3_600_000).toISOString()
  const to = new Date(Date.now() + 60_000).toISOString()
  assert.equal((await call('salon', 'POST', `webhook-endpoints/${e.id}/replay`, { from, to, only_failed: true })).json.replayed, 0)
  const { replayed } = (await call('salon', 'POST', `webhook-endpoints/${e.id}/replay`, { from, to })).json
  assert.ok(replayed >= 2, `${replayed}`)
  await waitFor('what was missed', () => r.requests.some(x => x.body.includes(missed.id)), soon)
  await end(e)
})

test('five days without a success disable', async () => {
  const r = await receiver(() => 500)
  const e = await endpoint({ url: r.url, events: SILENT })
  await tested(e, d => d.attempts === 1)
  assert.notEqual((await call('salon', 'GET', `webhook-endpoints/${e.id}/statistics`)).json.failing_since, null)
  await sql(`UPDATE webhook_endpoint SET failing_since = NOW(3) - INTERVAL 119 HOUR WHERE id = ${quote(e.id)}`)
  await hurry(e)
  await wake()
  await waitFor('another failure', async () => (await deliveriesOf(e))[0].attempts === 2, soon)
  assert.equal((await call('salon', 'GET', `webhook-endpoints/${e.id}`)).json.disabled_at, null)
  await sql(`UPDATE webhook_endpoint SET failing_since = NOW(3) - INTERVAL 121 HOUR WHERE id = ${quote(e.id)}`)
  await hurry(e)
  await wake()
  const off = await waitFor('the end', async () => {
    const { json } = await call('salon', 'GET', `webhook-endpoints/${e.id}`)
    return json.disabled_at && json
  }, soon)
  assert.equal(off.disabled_reason, 'Nothing could be delivered for five days: The endpoint answered 500.')
  const [d] = await deliveriesOf(e)
  assert.deepEqual([d.status, d.error], ['failed', 'The endpoint was disabled.'])
  await end(e)
})

test('the last try fails, and the owners are told before anything is disabled', async () => {
  const r = await receiver(() => 404)
  const e = await endpoint({ url: `${r.url}/nobody-${Date.now()}`, events: SILENT })
  const d = await tested(e, x => x.attempts === 1)
  await sql(`UPDATE delivery SET tries = 11 WHERE id = ${quote(d.id)}`)
  await hurry(e)
  await wake()
  assert.equal((await delivery(d.id, ended)).status, 'failed')
  const n = await waitFor('the warning', async () => (await list('salon', 'notifications?audience=me&unread=true')).find(x => x.template === 'owner.webhook_failing'), soon)
  assert.ok(n.body.includes(e.url), n.body)
  assert.equal((await call('salon', 'GET', `webhook-endpoints/${e.id}`)).json.disabled_at, null)
  await end(e)
})

test('answers of every kind: late, dripping, endless, no HTTP, torn; others need not wait for it', async () => {
  const hangs = await endpoint({ url: await speaker(() => {}) })
  const headers = await endpoint({ url: await speaker(s => { const t = setInterval(() => (s.destroyed ? clearInterval(t) : s.write('X')), 1000) }) })
  const drips = await endpoint({ url: await speaker(s => { s.write('HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n'); const t = setInterval(() => (s.destroyed ? clearInterval(t) : s.write('.')), 1000) }) })
  const endless = await endpoint({ url: await speaker(s => {
    const chunk = Buffer.alloc(1 << 20, 'x')
    s.write('HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n')
    const more = () => { while (!s.destroyed && s.write(chunk)); if (!s.destroyed) s.once('drain', more) }
    more()
  }) })
  const garbage = await endpoint({ url: await speaker(s => s.end(Buffer.from([0, 255, 254, 13, 10, 1, 2]))) })
  const torn = await endpoint({ url: await speaker(s => s.destroy()) })
  const strange = await endpoint({ url: await speaker(s => s.end(Buffer.concat([Buffer.from('HTTP/1.1 200 OK\r\nX-Bytes: '), Buffer.from([0xff, 0xfe, 0x80]), Buffer.from('\r\n\r\na\0b')]))) })
  const all = [hangs, headers, drips, endless, garbage, torn, strange]
  const ids = []
  for (const e of all) ids.push((await call('salon', 'POST', `webhook-endpoints/${e.id}/test`)).json.delivery_id)

  /* meanwhile, a message of this company's, and one of another */
  const began = Date.now()
  for (const [who, name] of [['salon', 'Haircut'], ['dental', 'Check-up']]) {
    const service = (await list(who, 'services')).find(s => s.name === name).id
    const free = (await call(who, 'GET', `availability?service_id=${service}&from=${inDays(3)}&to=${inDays(20)}`)).json.slots
    const phone = who === 'salon' ? '+4915155544401' : '+12125550188'
    const b = await call(who, 'POST', 'bookings', { service_id: service, starts_at: free[5].starts_at, customer: { name: 'Nora Not', phone } })
    assert.equal(b.status, 201, b.text)
    await waitFor(`an SMS of ${who}`, async () => (await list(who, `notifications?appointment_id=${b.json.id}`)).some(m => m.channel === 'sms' && m.status !== 'queued'), { timeoutMs: 10_000 })
  }
  const took = Date.now() - began
  assert.ok(took < 8_000, `messages waited ${took} ms for webhooks that hang`)

  const [h, hd, dr, en, ga, to, st] = await Promise.all(ids.map(id => delivery(id, d => d.attempts > 0, { timeoutMs: 60_000 })))
  assert.deepEqual([h.status, h.response_status], ['pending', null])
  assert.match(h.error, /timed out/i)
  assert.ok(h.log[0].duration_ms >= 14_500 && h.log[0].duration_ms < 17_000, `${h.log[0].duration_ms}`)
  assert.equal(hd.status, 'pending')
  assert.deepEqual([dr.status, dr.response_status], ['delivered', 200])
  assert.deepEqual([en.status, en.response_status], ['delivered', 200])
  assert.ok(en.log[0].response_head.length <= 4096 && en.log[0].duration_ms < 10_000)
  for (const d of [ga, to]) assert.deepEqual([d.status, d.response_status, typeof d.error], ['pending', null, 'string'])
  assert.equal(st.status, 'delivered')
  assert.ok(st.log[0].response_head.endsWith('a b'), st.log[0].response_head)
  for (const e of all) await end(e)
})

test('one endpoint that hangs holds up no other of its company', async () => {
  const hangs = await endpoint({ url: await speaker(() => {}), events: SILENT })
  const r = await receiver()
  const other = await endpoint({ url: r.url, events: SILENT })
  const waits = (await call('salon', 'POST', `webhook-endpoints/${hangs.id}/test`)).json.delivery_id
  await sleep(1000)
  const began = Date.now()
  assert.equal((await tested(other, ended)).status, 'delivered')
  assert.ok(Date.now() - began < 5_000, `${Date.now() - began} ms`)
  assert.equal((await call('salon', 'GET', `deliveries/${waits}`)).json.attempts, 0, 'it hangs still')
  await end(other)
  await delivery(waits, d => d.attempts === 1, { timeoutMs: 30_000 })
  await end(hangs)
})

/* ---- addresses ---- */

test('addresses that are private, or none, are refused where they are entered', async () => {
  const bad = ['http://example.com/', 'https://10.0.0.1/', 'https://169.254.169.254/latest/', 'https://2852039166/', 'https://0xA9FEA9FE/',
    'https://[fe80::1]/', 'https://[::ffff:10.0.0.1]/', 'https://user:pass@example.com/', 'https://example.com:22/', 'gopher://example.com/', 'x', `https://example.com/${'x'.repeat(500)}`]
  const before = (await list('salon', 'webhook-endpoints')).length
  const e = await endpoint({ url: 'https://example.com/' })
  for (const url of bad) {
    for (const [method, path, field] of [['POST', 'webhook-endpoints', 'url'], ['PATCH', `webhook-endpoints/${e.id}`, 'url'], ['POST', 'hooks/subscribe', 'target_url']]) {
      const r = await call('salon', method, path, { [field]: url, ...(field === 'target_url' ? { event: 'call.ended' } : {}) })
      assert.deepEqual([r.status, r.json.errors?.map(x => x.field)], [422, [field]], `${method} ${path} ${url}: ${r.text}`)
    }
  }
  assert.equal((await call('salon', 'GET', `webhook-endpoints/${e.id}`)).json.url, 'https://example.com/')
  await end(e)
  assert.equal((await list('salon', 'webhook-endpoints')).length, before)
})

/* ---- REST hooks ---- */

test('a REST hook is subscribed to with a key, gets the bare data, and ends when it is gone', async () => {
  const made = await call('salon', 'POST', 'api-keys', { name: 'Zapier', permissions: ['integrations.read', 'integrations.write'] })
  const key = made.json.key
  const r = await receiver((_, n) => (n === 0 ? 200 : 410))
  const hook = await call(key, 'POST', 'hooks/subscribe', { target_url: `${r.url}/zap`, event: 'customer.created', format: 'flat' })
  assert.equal(hook.status, 201, hook.text)
  const second = await call(key, 'POST', 'hooks/subscribe', { target_url: `${r.url}/zap`, event: 'customer.created' })
  assert.notEqual(second.json.id, hook.json.id, 'each zap has its own')
  assert.equal((await client.call('dental', 'DELETE', `/api/v2/hooks/${second.json.id}`, { foreign: true })).status, 404)
  assert.equal((await call(key, 'DELETE', `hooks/${second.json.id}`)).status, 204)
  assert.equal((await call(key, 'DELETE', `hooks/${second.json.id}`)).status, 404)

  const one = await customer()
  await r.has(1)
  assert.deepEqual(JSON.parse(r.requests[0].body), one)
  const { json } = await call('salon', 'GET', `webhook-endpoints/${hook.json.id}`)
  assert.deepEqual([json.source, json.events, json.format], ['zapier', ['customer.created'], 'flat'])
  await customer()
  await waitFor('the end of the hook', async () => (await call('salon', 'GET', `webhook-endpoints/${hook.json.id}`)).status === 404, soon)
  await customer()
  await sleep(1000)
  assert.equal(r.requests.length, 2)

  const e = await endpoint({ url: r.url })
  assert.equal((await call(key, 'DELETE', `hooks/${e.id}`)).status, 404, 'an endpoint is no REST hook')
  await end(e)
  for (const event of ['nothing', 'time.freed', 'record.changed', 'test.ping']) {
    assert.equal((await call(key, 'GET', `hooks/sample?event=${event}`)).status, 422, event)
    assert.equal((await call(key, 'POST', 'hooks/subscribe', { target_url: r.url, event })).status, 422, event)
  }
  await call('salon', 'DELETE', `api-keys/${made.json.id}`)
})

/* ---- who is forgotten ---- */

test('what was told of somebody is forgotten with them', async () => {
  const r = await receiver(() => ({ status: 500, json: { echo: 'Erika Erased' } }))
  const e = await endpoint({ url: r.url, events: ['customer.created'] })
  const made = (await call('salon', 'POST', 'customers', { name: 'Erika Erased', phone: '+4915144433321' })).json
  await r.has(1)
  const [d] = await waitFor('the attempt', async () => { const l = await deliveriesOf(e); return l[0]?.attempts > 0 && l }, soon)
  assert.equal((await call('salon', 'POST', `customers/${made.id}/erase`, { reason: 'requested' })).status, 200)
  const { text } = await call('salon', 'GET', `deliveries/${d.id}`)
  assert.ok(!text.includes('Erika'), text)
  assert.ok(!text.includes('4915144433321'), text)
  assert.equal(JSON.parse(text).body.data.id, made.id)
  await end(e)
})
