// The API over HTTP, through nginx: the cases, and what must hold for every
// route of the OpenAPI document. BASE=http://… uses a running stack, whose
// folder STACK_VAR names.
import { after, before, test } from 'node:test'
import assert from 'node:assert/strict'
import { addDays, localDate } from '../support/dates.mjs'
import { startStack } from '../support/stack.mjs'
import { request } from '../support/http.mjs'
import ICAL from 'ical.js'
import { endStack } from './audited.mjs'
import { plantCanaries } from './canaries.mjs'
import { makeClient } from './client.mjs'
import { registerCases } from './cases.mjs'

let stack
let client
let known

before(async () => {
  if (!process.env.BASE) {
    stack = await startStack({
      port: Number(process.env.TEST_PORT ?? 18080),
      args: process.env.TEST_BUILD ? ['--build', process.env.TEST_BUILD] : [],
    })
  }
  client = await makeClient(process.env.BASE ?? stack.base)
  if (stack) await plantCanaries(stack, client)
}, { timeout: 120_000 })

after(() => endStack(stack, client))

const day = (n) => addDays(localDate('Europe/Berlin'), n)

/* The n-th day from tomorrow on which Anna works (Tuesday to Saturday). */
function workday(n) {
  for (let i = 1; ; i++) {
    const d = day(i)
    const w = new Date(`${d}T12:00:00Z`).getUTCDay()
    if (w >= 2 && w <= 6 && n-- === 0) return d
  }
}

/* The first day a week from now on which Clara and both cutters work. */
function claraday() {
  for (let i = 8; ; i++) {
    const w = new Date(`${day(i)}T12:00:00Z`).getUTCDay()
    if (w >= 3 && w <= 5) return day(i)
  }
}

/* The next last Sunday of March, when 02:30 does not exist in Berlin. */
function spring() {
  for (let i = 1; ; i++) {
    const d = new Date(`${day(i)}T12:00:00Z`)
    if (d.getUTCMonth() === 2 && d.getUTCDay() === 0 && d.getUTCDate() > 24) return day(i)
  }
}

/** Ids and days that the cases speak of; looked up once. */
async function facts() {
  if (known) return known
  const list = async (who, path) => (await client.call(who, 'GET', `/api/v2/${path}`)).json.data
  const byName = (rows, name) => rows.find(r => r.name === name).id
  const [services, staff, branches] = await Promise.all(['services', 'staff', 'branches'].map(p => list('salon', p)))
  const dental = await list('dental', 'services')
  known = {
    haircut: byName(services, 'Haircut'),
    composite: byName(services, 'Cut & Colour'),
    checkup: byName(dental, 'Check-up'),
    anna: byName(staff, 'Anna'),
    ben: byName(staff, 'Ben'),
    clara: byName(staff, 'Clara'),
    dora: byName(staff, 'Dora'),
    mitte: byName(branches, 'Mitte'),
    nord: byName(branches, 'Nord'),
    nowhere: '01900000-0000-7000-8000-000000000000',
    today: day(0),
    'day+30': day(30),
    'day+70': day(70),
    'day+200': day(200),
    yesterday: day(-1),
    claraday: claraday(),
    spring: spring(),
  }
  for (let i = 0; i < 50; i++) known[`workday+${i}`] = workday(i)
  return known
}

registerCases(() => client, facts, () => stack?.var ?? process.env.STACK_VAR)

const operations = () => Object.entries(client.openapi.paths)
  .flatMap(([path, methods]) => Object.entries(methods).map(([method, op]) => ({ path, method: method.toUpperCase(), op })))

test('every route that needs a log-in answers 401 without one, with a wrong one and an altered one', async () => {
  const good = await client.token('salon')
  const altered = good.slice(0, -2) + (good.endsWith('AA') ? 'BB' : 'AA')
  for (const { path, method, op } of operations().filter(o => o.op.security)) {
    const address = path.replace(/\{[^}]+\}/g, known?.nowhere ?? '01900000-0000-7000-8000-000000000000')
    for (const bearer of [null, 'x', altered, 'fdk_live_0000000000000000000000000000']) {
      const r = await client.call('none', method, address, bearer ? { headers: { Authorization: `Bearer ${bearer}` } } : {})
      assert.equal(r.status, 401, `${method} ${path} with ${bearer}`)
      assert.equal(r.json.code, 'unauthenticated')
    }
  }
})

test('a calendar program reads the file of an appointment', async () => {
  const { haircut, anna } = await facts()
  const salon = (await client.call('salon', 'GET', '/api/v2/companies/current')).json
  const booked = (await client.call('salon', 'POST', '/api/v2/bookings', {
    json: { service_id: haircut, staff_id: anna, local_start: `${workday(33)}T15:00`, customer: { name: 'Jürgen "J" Groß; Söhne, \\ & Töchter' } },
  })).json
  const read = async () => {
    const r = await client.call('salon', 'GET', `/api/v2/bookings/${booked.id}/calendar.ics`)
    assert.equal(r.status, 200, r.text)
    assert.equal(r.headers['content-type'], 'text/calendar; charset=utf-8')
    assert.ok(r.text.split('\r\n').every(l => Buffer.byteLength(l) <= 75 && !l.includes('\n')))
    const calendar = new ICAL.Component(ICAL.parse(r.text))
    assert.equal(calendar.getFirstPropertyValue('method'), 'PUBLISH')
    assert.equal(calendar.getAllSubcomponents('vevent').length, 1)
    return { calendar, event: new ICAL.Event(calendar.getFirstSubcomponent('vevent')) }
  }

  const { event } = await read()
  assert.equal(event.uid, booked.id)
  assert.equal(event.sequence, 0)
  assert.equal(event.startDate.toJSDate().toISOString(), new Date(booked.starts_at).toISOString())
  assert.equal(event.endDate.toJSDate().toISOString(), new Date(booked.ends_at).toISOString())
  assert.ok(event.summary.includes('Haircut'), event.summary)
  assert.ok(event.summary.includes(salon.name), event.summary)
  assert.equal(event.component.getFirstPropertyValue('status'), 'CONFIRMED')
  await client.call('salon', 'POST', `/api/v2/bookings/${booked.id}/cancel`, { json: {} })
  const gone = (await read()).event
  assert.equal(gone.uid, booked.id)
  assert.ok(gone.sequence > 0)
  assert.equal(gone.component.getFirstPropertyValue('status'), 'CANCELLED')
  assert.equal((await client.call('dental', 'GET', `/api/v2/bookings/${booked.id}/calendar.ics`, { foreign: true })).status, 404)
})

test('no company named by somebody who is not in it', async () => {
  const salon = (await client.call('salon', 'GET', '/api/v2/companies/current')).json.id
  const r = await client.call('dental', 'GET', '/api/v2/calls', { headers: { 'X-Company-Id': salon } })
  assert.equal(r.status, 403)
  const unknown = await client.call('dental', 'GET', '/api/v2/calls', { headers: { 'X-Company-Id': '01900000-0000-7000-8000-000000000000' } })
  assert.deepEqual({ ...r.json, request_id: '' }, { ...unknown.json, request_id: '' })
})

test('of those who add the same hours at once one does, and of those who change the same thing unread none', async () => {
  const { ben, mitte } = await facts()
  const address = `/api/v2/staff/${ben}/working-hours`
  const added = await Promise.all(Array.from({ length: 8 }, (_, i) =>
    client.call('salon', 'POST', address, { json: { day: '2036-02-02', start_minute: 540 + i, end_minute: 700 } })))
  assert.deepEqual(added.map(r => r.status).sort(), [201, ...Array(7).fill(422)])
  const one = `${address}/${added.find(r => r.status === 201).json.id}`

  const branch = `/api/v2/branches/${mitte}`
  const rounds = Array.from({ length: 3 }, (_, k) => [branch, i => ({ address: `Torstraße ${k}.${i}` })])
  for (const [path, change] of [[one, i => ({ end_minute: 800 + i })], ...rounds]) {
    const { headers: { etag } } = await client.call('salon', 'GET', path)
    const changed = await Promise.all(Array.from({ length: 8 }, (_, i) =>
      client.call('salon', 'PATCH', path, { json: change(i), headers: { 'If-Match': etag } })))
    assert.deepEqual(changed.map(r => r.status).sort(), [200, ...Array(7).fill(412)], path)
  }
  assert.equal((await client.call('salon', 'DELETE', one)).status, 204)
  assert.equal((await client.call('salon', 'PATCH', branch, { json: { address: 'Torstraße 1, 10119 Berlin' } })).status, 200)
})

test('the id of a company is the same in capitals', async () => {
  const id = (await client.call('salon', 'GET', '/api/v2/companies/current')).json.id
  for (const written of [id, id.toUpperCase()]) {
    const r = await client.call('salon', 'GET', '/api/v2/companies/current', { headers: { 'X-Company-Id': written } })
    assert.equal(r.status, 200, written)
    assert.equal(r.json.id, id)
  }
})

test('an answer without a body speaks of no length', async () => {
  const address = '/api/v2/companies/current'
  const first = await client.call('salon', 'GET', address)
  const token = await client.token('salon')
  const same = await request(client.base + address, { headers: { Authorization: `Bearer ${token}`, 'If-None-Match': first.headers.etag } })
  assert.equal(same.status, 304)
  assert.equal(same.headers.etag, first.headers.etag)
  assert.equal(same.headers['content-length'], undefined)
  const head = await request(client.base + address, { method: 'HEAD', headers: { Authorization: `Bearer ${token}` } })
  assert.equal(head.headers['content-length'], first.headers['content-length'])
})

test('no header is left out in silence', async () => {
  const many = Object.fromEntries(Array.from({ length: 120 }, (_, i) => [`X-Padding-${i}`, '1']))
  const r = await client.call('salon', 'GET', '/api/v2/me', { headers: many })
  assert.equal(r.status, 400, r.text)
})

const whoSees = path => (path.includes('/platform/') ? 'admin' : 'salon')

test('every GET route of a company answers its people with 200', async () => {
  for (const { path, op } of operations().filter(o => o.method === 'GET' && o.op.security && !o.path.includes('{'))) {
    const required = op.parameters.filter(p => p.required).length
    if (required) continue
    const r = await client.call(whoSees(path), 'GET', path)
    assert.equal(r.status, 200, path)
  }
})

test('a parameter that an address does not know is refused by name', async () => {
  for (const { path, op } of operations().filter(o => o.method === 'GET' && o.op.security && !o.path.includes('{'))) {
    const r = await client.call(whoSees(path), 'GET', `${path}?nonsense=1`)
    assert.equal(r.status, 422, path)
    assert.ok(r.json.errors.some(e => e.field === 'nonsense'), path)
  }
})
