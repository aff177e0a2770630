// One trace from a request through the jobs that it brings about to the calls of
// providers (W3C Trace Context): on the wire, on the jobs, and in the logs.
import { after, before, test } from 'node:test'
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { request, waitFor } from '../support/http.mjs'
import { logFields, logTail } from '../support/log.mjs'
import { retellRequest } from '../support/retell.mjs'
import { sqlOn } from '../support/sql.mjs'
import { startStack } from '../support/stack.mjs'
import { endStack } from './audited.mjs'
import { makeClient } from './client.mjs'

const BUILD = process.env.TEST_BUILD ?? fileURLToPath(new URL('../../build/t', import.meta.url))
const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-01$/

let stack
let client
let sql

before(async () => {
  stack = await startStack({ port: Number(process.env.TEST_PORT ?? 18080), args: ['--build', BUILD] })
  client = await makeClient(stack.base)
  sql = sqlOn(stack)
}, { timeout: 120_000 })

after(() => endStack(stack, client))

const hex = n => randomBytes(n).toString('hex')
const day = n => new Date(Date.now() + n * 86_400_000).toISOString().slice(0, 10)
const lines = part => logTail(stack.var, part).split('\n').map(logFields)
const sent = async () => (await request(`${stack.sandbox}/sent.json`)).json.messages
let taken = 0

async function book(headers) {
  const haircut = (await client.call('salon', 'GET', '/api/v2/services')).json.data.find(s => s.name === 'Haircut').id
  const free = (await client.call('salon', 'GET', `/api/v2/availability?service_id=${haircut}&from=${day(3)}&to=${day(10)}`)).json.slots
  const phone = `+49151${String(20_000_000 + taken).slice(-8)}`
  const r = await client.call('salon', 'POST', '/api/v2/bookings',
    { json: { service_id: haircut, starts_at: free[taken++ * 5].starts_at, customer: { name: 'Tracy Spur', phone } }, headers })
  assert.equal(r.status, 201, r.text)
  const sms = await waitFor('the SMS', async () => (await sent()).find(m => m.kind === 'sms' && m.to === phone), { timeoutMs: 20_000 })
  return { id: r.headers['x-request-id'], sms }
}

test('a trace that a client began is found in the logs, on the jobs, and at the provider', async () => {
  const trace = hex(16)
  const step = hex(8)
  const { id, sms } = await book({ traceparent: `00-${trace}-${step}-01` })

  const [, at, from] = TRACEPARENT.exec(sms.traceparent) ?? assert.fail(`the provider got ${sms.traceparent}`)
  assert.equal(at, trace)
  assert.notEqual(from, step, 'each step has an id of its own')
  const asked = lines('api').find(l => l.m === 'request' && l.id === id)
  assert.deepEqual([asked.trace_id, asked.route], [trace, '/api/v2/bookings'])
  assert.equal(lines('api').filter(l => l.trace_id === trace).length, 1, 'and in no line of another request')
  const kinds = await waitFor('the jobs to end', () => {
    const found = lines('worker').filter(l => l.trace_id === trace && l.m === 'job').map(l => l.kind)
    return found.includes('notification.send') && found
  })
  assert.ok(kinds.includes('event.dispatch'), kinds.join())
  const rows = await sql(`SELECT kind, trace FROM job WHERE trace LIKE '00-${trace}-%'`)
  const steps = Object.fromEntries(rows.map(([kind, t]) => [kind, TRACEPARENT.exec(t)[2]]))
  assert.ok('event.dispatch' in steps && 'notification.send' in steps)
  assert.notEqual(steps['event.dispatch'], steps['notification.send'], 'who queued it is another')
  assert.ok(!Object.values(steps).includes(from))
})

test('without one, or with rubbish, a trace is made: another each time', async () => {
  const traces = new Set()
  for (const headers of [{}, { traceparent: 'rubbish' }, { traceparent: `00-${'0'.repeat(32)}-${hex(8)}-01` }, { traceparent: `00-${hex(16).toUpperCase()}-${hex(8)}-01` }]) {
    const { sms } = await book(headers)
    traces.add(TRACEPARENT.exec(sms.traceparent)[1])
  }
  assert.equal(traces.size, 4)
  assert.ok(![...traces].some(t => /^0+$/.test(t)))
})

test('a webhook hands its trace to its job', async () => {
  const trace = hex(16)
  const hook = retellRequest({ callId: `call_${hex(8)}`, event: 'call_started' })
  const r = await request(stack.base + hook.path, { ...hook, headers: { ...hook.headers, traceparent: `00-${trace}-${hex(8)}-01` } })
  assert.equal(r.status, 204)
  const job = await waitFor('its job', () => lines('worker').find(l => l.trace_id === trace && l.kind === 'inbox.retell'))
  const shown = (await client.call('salon', 'GET', `/api/v2/jobs/${job.id}`)).json
  assert.equal(TRACEPARENT.exec(shown.trace)[1], trace)
})
