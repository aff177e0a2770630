// Retell's webhooks over HTTP: what is stored, what is refused, and what
// comes out of it. BASE and SANDBOX use a running stack.
import { after, before, test } from 'node:test'
import assert from 'node:assert/strict'
import { createHmac, randomBytes } from 'node:crypto'
import { startStack } from '../support/stack.mjs'
import { request } from '../support/http.mjs'
import { endStack } from './audited.mjs'
import { makeClient } from './client.mjs'

const KEY = 'key_demo_salon'
const HOOK = '/webhooks/retell/demo-salon'

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

const newCallId = () => `call_${randomBytes(12).toString('hex')}`

function sign(body, key = KEY, at = Date.now()) {
  return `v=${at},d=${createHmac('sha256', key).update(body).update(String(at)).digest('hex')}`
}

const post = (path, body, headers = {}) => client.call('none', 'POST', path, {
  body: Buffer.from(body), headers: { 'Content-Type': 'application/json', ...headers },
})
const postSigned = (path, body, key) => post(path, body, { 'X-Retell-Signature': sign(Buffer.from(body), key) })

async function eventually(what, look, ms = 15_000) {
  const until = Date.now() + ms
  for (;;) {
    const found = await look()
    if (found) return found
    if (Date.now() > until) assert.fail(`${what} did not happen within ${ms / 1000} s`)
    await new Promise(r => setTimeout(r, 100))
  }
}

const list = async (who, path) => (await client.call(who, 'GET', `/api/v2/${path}`)).json.data
const findCall = (id, who = 'salon') => async () => (await list(who, 'calls?limit=100')).find(c => c.provider_call_id === id)
const analyzed = id => async () => {
  const call = await findCall(id)()
  return call?.status === 'analyzed' && call.booking_outcome ? call : null
}

/** Lets the sandbox play a call; every delivery was answered with 2xx. */
async function play(options) {
  const r = await request(`${sandbox}/calls`, { method: 'POST', json: options, timeoutMs: 60_000 })
  assert.equal(r.status, 201, r.text)
  return r.json.call_id
}

function event(name, call) {
  return JSON.stringify({ event: name, call: {
    call_type: 'phone_call', agent_id: 'agent_demo_salon', agent_version: 1, call_status: 'ended', direction: 'inbound',
    from_number: '+4915111111111', to_number: '+493023125001', start_timestamp: Date.now() - 60_000, ...call,
  } })
}

test('a signature that is missing, wrong, doubled or of another company is 401 or 400 and stores nothing', async () => {
  const call_id = newCallId()
  const body = event('call_ended', { call_id, end_timestamp: Date.now(), duration_ms: 60_000 })
  const good = sign(Buffer.from(body))

  assert.equal((await post(HOOK, body)).status, 401)
  assert.equal((await post(HOOK, body, { 'X-Retell-Signature': 'v=1,d=00' })).status, 401)
  assert.equal((await post(HOOK, `${body} `, { 'X-Retell-Signature': good })).status, 401)
  assert.equal((await post(HOOK, body, { 'X-Retell-Signature': sign(Buffer.from(body), KEY, Date.now() - 301_000) })).status, 401)
  assert.equal((await postSigned(HOOK, body, 'key_demo_dental')).status, 401)
  assert.equal((await postSigned('/webhooks/retell/demo-dental', body)).status, 401)
  assert.equal((await postSigned('/webhooks/retell/no-such-hook', body)).status, 401)
  assert.equal((await post(HOOK, body, { 'X-Retell-Signature': [good, good] })).status, 400)
  assert.equal((await postSigned('/webhooks/retell', body, 'key_nobody')).status, 401)
  assert.equal((await postSigned('/api/retell/webhook', body, 'key_nobody')).status, 401)
  await new Promise(r => setTimeout(r, 500))
  assert.equal(await findCall(call_id)(), undefined)
  assert.equal((await postSigned(HOOK, body)).status, 204)
  await eventually('the call', findCall(call_id))
})

test('the same call whatever the order, the repeats and the gaps of its events', async () => {
  const wish = { confidence: 0.95, intent: 'price' }
  const shapes = [
    { order: ['call_started', 'call_ended', 'call_analyzed'] },
    { order: ['call_analyzed', 'call_ended', 'call_started'], repeat: 3 },
    { order: ['call_ended', 'call_analyzed'] },
    { order: ['call_analyzed'] },
  ]
  const seen = new Set()
  for (const shape of shapes) {
    const id = await play({ script: 'price-question', company: 'salon', from_number: '+4915122222222', duration_ms: 61_000, wish, ...shape })
    const call = await eventually('the analysis', analyzed(id))
    assert.equal((await list('salon', `calls?customer_id=${call.customer_id}&limit=100`)).filter(c => c.provider_call_id === id).length, 1)
    seen.add(JSON.stringify([call.status, call.booking_outcome, call.from_number, call.branch_name, call.duration_seconds, call.cost?.customer_cents]))
  }
  assert.equal(seen.size, 1, [...seen].join('\n'))
})

test('a wish for a taken time gets the alternative, or up to three offers when the caller wants no other', async () => {
  const staff = await list('salon', 'staff')
  const haircut = (await list('salon', 'services')).find(s => s.name === 'Haircut')
  const anna = staff.find(s => s.name === 'Anna')
  const from = new Date(Date.now() + 20 * 86_400_000).toISOString().slice(0, 10)
  const to = new Date(Date.now() + 27 * 86_400_000).toISOString().slice(0, 10)
  const slots = (await client.call('salon', 'GET', `/api/v2/availability?service_id=${haircut.id}&staff_id=${anna.id}&from=${from}&to=${to}`)).json.slots
  const [date, time] = slots.find(s => s.local_start.endsWith('11:00')).local_start.split('T')
  const wish = { service: 'Haircut', staff: 'Anna', date, time, intent: 'book', confidence: 0.95, customer_name: 'Erika Erste', accepts_alternatives: true }
  const number = () => `+49151${Math.floor(1e7 + Math.random() * 8e7)}`

  const first = await eventually('the booking', analyzed(await play({ from_number: number(), wish })))
  assert.equal(first.booking_outcome, 'booked')
  assert.equal(first.booking_details.booked_local_start, `${date}T${time}`)
  const second = await eventually('the alternative', analyzed(await play({ from_number: number(), wish: { ...wish, customer_name: 'Zoe Zweite' } })))
  assert.equal(second.booking_outcome, 'alternative_booked')
  assert.equal(second.booking_details.requested_local_start, `${date}T${time}`)
  assert.notEqual(second.booking_details.booked_local_start, `${date}T${time}`)
  assert.match(second.booking_details.reason, /Anna/)
  const third = await eventually('the offer', analyzed(await play({ from_number: number(), wish: { ...wish, accepts_alternatives: false, customer_name: 'Dora Dritte' } })))
  assert.equal(third.booking_outcome, 'offered')
  assert.equal(third.appointment_id, null)
  assert.ok(third.booking_details.alternatives.length >= 1 && third.booking_details.alternatives.length <= 3)
  const notes = await eventually('the offer by SMS', async () => {
    const n = await list('salon', `notifications?call_id=${third.id}`)
    return n.some(x => x.channel === 'sms') ? n : null
  })
  assert.match(notes.find(n => n.channel === 'sms').body, /30 23125001/)
})

test('an unclear call books nothing and leaves a task for a person', async () => {
  const id = await play({ script: 'unclear', from_number: '+4915133333333' })
  const call = await eventually('the analysis', analyzed(id))
  assert.equal(call.booking_outcome, 'unclear')
  assert.equal(call.appointment_made, false)
  assert.ok((await list('salon', 'tasks?status=open&limit=100')).some(t => t.call_id === call.id))
})

test('a number that is nobody\'s makes an unassigned call: no call row, nothing billed', async () => {
  const id = await play({ script: 'unknown-number' })
  const found = await eventually('the unassigned call', async () =>
    (await list('salon', 'unassigned-calls?limit=100')).find(u => u.provider_call_id === id))
  assert.ok(found.reason.length > 10)
  assert.equal(await findCall(id)(), undefined)
  const again = await client.call('salon', 'POST', `/api/v2/unassigned-calls/${found.id}/replay`)
  assert.equal(again.status, 200)
})

test('another notation of the company\'s number is its number; another company\'s is not', async () => {
  for (const to_number of ['030 23125001', '+49 30 23125001', '004930 23125001']) {
    const call_id = newCallId()
    assert.equal((await postSigned(HOOK, event('call_ended', { call_id, to_number, end_timestamp: Date.now(), duration_ms: 5000 }))).status, 204)
    const call = await eventually(`the call to ${to_number}`, findCall(call_id))
    assert.equal(call.branch_name, 'Mitte')
  }
  const call_id = newCallId()
  assert.equal((await postSigned(HOOK, event('call_ended', { call_id, to_number: '+12125550123' }))).status, 204)
  await eventually('the unassigned call', async () =>
    (await list('salon', 'unassigned-calls?limit=100')).find(u => u.provider_call_id === call_id))
  assert.equal(await findCall(call_id, 'dental')(), undefined)
})

test('accounts set up platform-wide: the secret that verifies names the company', async () => {
  const call_id = newCallId()
  const body = event('call_ended', { call_id, end_timestamp: Date.now(), duration_ms: 5000 })
  assert.equal((await postSigned('/webhooks/retell', body)).status, 204)
  await eventually('the call', findCall(call_id))
  const other = newCallId()
  const platform = event('call_ended', { call_id: other, agent_id: 'agent_of_nobody', end_timestamp: Date.now(), duration_ms: 5000 })
  assert.equal((await postSigned('/api/retell/webhook', platform, 'key_demo_platform')).status, 204)
})

test('signed rubbish is kept and ends in the dead letters, from where it can be replayed', async () => {
  const rubbish = [
    Buffer.from('not json at all'),
    Buffer.from([0xff, 0xfe, 0x00, 0x80]),
    Buffer.from('['.repeat(5000)),
    Buffer.from('{"event":"call_ended","event":"call_started"}'),
    Buffer.from('{"event":"call_ended","call":"none"}'),
    Buffer.from(''),
  ]
  const before = (await list('salon', 'dead-letters?limit=100')).length
  for (const body of rubbish) {
    const r = await post(HOOK, body, { 'X-Retell-Signature': sign(body) })
    assert.equal(r.status, 204, body.toString('hex').slice(0, 40))
  }
  const dead = await eventually('six dead letters', async () => {
    const now = await list('salon', 'dead-letters?limit=100')
    return now.length >= before + rubbish.length ? now : null
  })
  assert.ok(dead[0].last_error.length > 10, dead[0].last_error)
  const again = await client.call('salon', 'POST', `/api/v2/dead-letters/${dead[0].id}/replay`)
  assert.equal(again.status, 200)
  assert.equal(again.json.state, 'queued')
  await eventually('dead once more', async () =>
    (await list('salon', 'dead-letters?limit=100')).find(j => j.id === dead[0].id))
  const one = (await client.call('salon', 'GET', `/api/v2/dead-letters/${dead[0].id}`)).json
  assert.equal(one.failures.length, 2, 'both attempts are told')
  assert.deepEqual(one.failures.map(f => f.attempt), [2, 1])
  assert.equal(one.failures[0].error, one.last_error)
  const payloads = await Promise.all(dead.map(async j => (await client.call('salon', 'GET', `/api/v2/dead-letters/${j.id}`)).json.payload))
  assert.ok(payloads.includes('not json at all'))
  assert.ok(payloads.includes(null), 'what is no text is not shown')
  assert.equal((await client.call('dental', 'GET', `/api/v2/dead-letters/${dead[0].id}`)).status, 404)

  const replay = (json, who = 'salon') => client.call(who, 'POST', '/api/v2/dead-letters/replay', { json })
  assert.deepEqual([(await replay({})).status, (await replay({ all: true, kind: 'noop' })).status, (await replay({ kind: 'nonsense' })).status], [422, 422, 422])
  assert.deepEqual((await replay({ ids: [dead[0].id, 'nope'] })).json.errors.map(e => e.field), ['ids.1'])
  assert.equal((await replay({ kind: 'sweep' })).json.replayed, 0)
  assert.equal((await replay({ all: true }, 'dental')).json.replayed, 0, 'of another company none')
  const some = dead.slice(0, 2).map(j => j.id)
  assert.equal((await replay({ ids: [...some, crypto.randomUUID()] })).json.replayed, 2)
  await eventually('these two dead again', async () => {
    const now = await list('salon', 'dead-letters?limit=100')
    return some.every(id => now.find(j => j.id === id)) || null
  })
  assert.ok((await replay({ kind: 'inbox.retell' })).json.replayed >= rubbish.length)
  assert.equal((await client.call('salon', 'POST', `/api/v2/dead-letters/${newCallId().slice(5)}/replay`)).status, 404)
})

test('an event is read and processed again, and tells what that changed', async () => {
  const id = newCallId()
  const body = event('call_analyzed', {
    call_id: id, to_number: '+493023125990', end_timestamp: Date.now(), duration_ms: 60_000,
    call_analysis: { call_summary: 'The caller asked for the price.', custom_analysis_data: { intent: 'price' } },
  })
  assert.equal((await postSigned(HOOK, body)).status, 204)
  const find = async (filter = '') => (await list('salon', `inbox?external_id=${id}${filter}`))[0]
  const stored = await eventually('the event', () => find('&status=done&provider=retell&event=call_analyzed'))
  assert.deepEqual([stored.size, stored.attempts, stored.last_error], [body.length, 1, null])
  assert.equal(await find('&status=dead'), undefined)
  assert.equal(await find(`&from=${new Date(Date.now() + 60_000).toISOString()}`), undefined)
  const path = `/api/v2/inbox/${stored.id}`
  const read = async (who = 'salon') => (await client.call(who, 'GET', path)).json
  const first = await read()
  assert.deepEqual([first.body_kind, first.body, first.job.state, first.job.failures, first.replays], ['json', body, 'done', [], []])
  assert.equal((await client.call('dental', 'GET', path, { foreign: true })).status, 404)

  const replay = (who = 'salon', options = {}) => client.call(who, 'POST', `${path}/replay`, options)
  assert.equal((await replay('none')).status, 401)
  assert.equal((await replay('dental', { foreign: true })).status, 404)
  async function replayed() {
    const asked = await replay()
    assert.deepEqual([asked.status, asked.json.state, asked.headers.location], [202, 'queued', path], asked.text)
    return eventually('the replay', async () => (await read()).replays.find(r => r.id === asked.json.id && r.finished_at))
  }
  const same = await replayed()
  assert.deepEqual([same.state, same.outcome, same.changes, same.error], ['done', 'Nothing changed.', [], null])

  /* the number becomes the salon's: now it is a call */
  const branch = (await list('salon', 'branches')).find(b => b.name === 'Mitte').id
  const added = await client.call('salon', 'POST', '/api/v2/phone-numbers', { json: { branch_id: branch, e164: '+493023125990' } })
  assert.equal(added.status, 201, added.text)
  const made = await replayed()
  const call = made.changes.find(c => c.kind === 'call')
  assert.deepEqual([made.state, call.change, call.fields.find(f => f.field === 'status')], ['done', 'added', { field: 'status', before: null, after: 'analyzed' }])
  assert.equal(call.id, (await findCall(id)()).id)
  assert.ok(made.changes.some(c => c.kind === 'cost') && made.changes.some(c => c.kind === 'unassigned_call' && c.change === 'changed'))
  assert.equal((await replayed()).outcome, 'Nothing changed.')

  /* one who may not read calls sees that it came, and nothing that it holds */
  const key = await client.call('salon', 'POST', '/api/v2/api-keys', { json: { name: 'Operator', permissions: ['operations.read'] } })
  assert.equal(key.status, 201, key.text)
  const hidden = await read(key.json.key)
  assert.deepEqual([hidden.body_kind, hidden.body, hidden.replays[1].changes, hidden.messages], ['hidden', null, [], []])
  assert.match(hidden.replays[1].outcome, /^Rows changed: \d+, added: [1-9]/, JSON.stringify(made.changes))
})

test('a body over 8 MiB is refused, one below it is stored; an event that no rule knows is kept', async () => {
  const big = Buffer.alloc(8 * 1024 * 1024 + 1, 0x20)
  assert.equal((await post(HOOK, big, { 'X-Retell-Signature': sign(big) })).status, 413)
  const call_id = newCallId()
  const large = event('call_ended', { call_id, end_timestamp: Date.now(), duration_ms: 5000, padding: 'x'.repeat(7 * 1024 * 1024) })
  assert.equal((await postSigned(HOOK, large)).status, 204)
  await eventually('the call', findCall(call_id))
  assert.equal((await postSigned(HOOK, JSON.stringify({ event: 'moon_phase_changed', moon: 'full' }))).status, 204)
})

test('16 rivals for one slot: one wins, the others hear of bookable alternatives', async () => {
  const rounds = Number(process.env.RIVAL_ROUNDS ?? (process.env.LONG ? 200 : 20))
  const haircut = (await list('salon', 'services')).find(s => s.name === 'Haircut')
  const anna = (await list('salon', 'staff')).find(s => s.name === 'Anna')
  const from = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10)
  const to = new Date(Date.now() + 85 * 86_400_000).toISOString().slice(0, 10)
  const free = (await client.call('key', 'GET', `/api/v2/availability?service_id=${haircut.id}&staff_id=${anna.id}&from=${from}&to=${to}`)).json.slots
    .filter(s => /:(00|30)$/.test(s.local_start)).slice(0, rounds)
  assert.ok(free.length >= Math.min(rounds, 20), `${free.length} free slots for ${rounds} rounds`)
  for (const slot of free) {
    const answers = await Promise.all(Array.from({ length: 16 }, (_, i) => client.call('key', 'POST', '/api/v2/bookings', {
      json: { service_id: haircut.id, staff_id: anna.id, starts_at: slot.starts_at, customer: { name: `Rival ${i}` } }, timeoutMs: 20_000,
    })))
    const statuses = answers.map(a => a.status).sort()
    assert.equal(statuses.filter(s => s === 201).length, 1, `${slot.local_start}: ${statuses}`)
    for (const a of answers.filter(x => x.status !== 201)) {
      assert.equal(a.status, 409, a.text)
      assert.equal(a.json.code, 'slot_taken')
    }
  }
})
