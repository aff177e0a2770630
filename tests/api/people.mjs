// People and API keys of every role and fate, made behind the programs' backs,
// and one of everything that has an id, made in front of them.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { apiKey } from '../support/api-key.mjs'
import { request, waitFor } from '../support/http.mjs'
import { retellRequest, retellSignature } from '../support/retell.mjs'
import { quote } from '../support/sql.mjs'

export const ABSENT = '01900000-0000-7000-8000-000000000000'
export const NOTICED_WITHIN_MS = 5_000 + 1_500 // AUTH_CACHE_SECONDS

/* What differs between two answers to the same question. */
const OF_THE_MOMENT = /^(date|x-request-id|ratelimit-\w+)$/

/** Two answers are the same, byte for byte, but for what names the request. */
export function sameAnswer(a, b, what) {
  const plain = r => ({
    status: r.status,
    text: r.text.replaceAll(r.headers['x-request-id'], ''),
    headers: Object.fromEntries(Object.entries(r.headers).filter(([k]) => !OF_THE_MOMENT.test(k))),
  })
  assert.deepEqual(plain(a), plain(b), what)
}

const PERMS = new URL('../../core/user/perms.def', import.meta.url)

/** {roles: […], rights: {"calls.read": {owner: true, …}}} of core/user/perms.def. */
export function readRights() {
  const text = readFileSync(PERMS, 'utf8')
  const roles = /X\(symbol, name, ([\w, ]+)\)/.exec(text)[1].split(', ')
  const rights = {}
  for (const [, name, columns] of text.matchAll(/^X\(PERM_\w+, "([\w.]+)", ([01](?:, [01])*)\)$/gm)) {
    rights[name] = Object.fromEntries(columns.split(', ').map((v, i) => [roles[i], v === '1']))
  }
  return { roles, rights }
}

const person = name => `${name}@people.example`
const idOf = text => {
  const h = createHash('sha256').update(text).digest('hex')
  return `01900000-0000-7000-8000-${h.slice(0, 12)}`
}

/** Adds somebody with the demo's password; roles: {"salon-morgenrot": "staff"}. */
export async function addPerson(sql, name, roles) {
  const id = idOf(name)
  await sql(`INSERT INTO user (id, email, name, password_hash, email_verified_at)
    SELECT ${quote(id)}, ${quote(person(name))}, ${quote(name)}, password_hash, email_verified_at FROM user WHERE email = 'owner@salon.example';`)
  for (const [slug, role] of Object.entries(roles)) {
    await sql(`INSERT INTO membership (user_id, company_id, role) SELECT ${quote(id)}, id, ${quote(role)} FROM company WHERE slug = ${quote(slug)};`)
  }
  return person(name)
}

/** Adds an API key of a company's; more: further columns, as SQL. */
export async function addKey(sql, name, role, more = {}, company = 'salon-morgenrot') {
  const key = apiKey(name)
  const columns = Object.keys(more).map(k => `, ${k}`).join('')
  const values = Object.values(more).map(v => `, ${v}`).join('')
  await sql(`INSERT INTO api_key (company_id, id, name, prefix, key_hash, role${columns})
    SELECT id, ${quote(idOf(key))}, ${quote(name)}, 'fdk_test', UNHEX(SHA2(${quote(key)}, 256)), ${quote(role)}${values}
    FROM company WHERE slug = ${quote(company)};`)
  return key
}

/* What is added for the tests of rights: the address, and one of them. */
const inDays = n => new Date(Date.now() + n * 86_400_000).toISOString().slice(0, 10)
const NEW = {
  integrations: () => ({ provider: 'openai', secret: 'key-of-nobody', is_active: false }),
  'api-keys': () => ({ name: 'Rights', role: 'read_only' }),
  'webhook-endpoints': () => ({ url: 'http://127.0.0.1:9/' }),
  'phone-numbers': own => ({ branch_id: own.branches, e164: '+493023125990' }),
  'closed-days': () => ({ day: '2035-12-25' }),
  'branches/working-hours': () => ({ weekday: 7, start_minute: 0, end_minute: 1440 }),
  'staff/working-hours': () => ({ day: '2035-12-24', start_minute: 0, end_minute: 0 }),
  'staff/time-off': () => ({ local_start: '2035-12-27T00:00', local_end: '2035-12-29T00:00' }),
  resources: own => ({ name: 'Room', kind: 'room', branch_id: own.branches }),
  services: () => ({ name: 'Rights', duration_minutes: 30, price_cents: 1, is_active: false }),
  'services/add-ons': () => ({ name: 'Extra' }),
  'services/staff': own => ({ staff_id: own.staff }),
  'services/resources': own => ({ resource_id: own.resources }),
  'waiting-list': own => ({ service_id: own.haircut, from_day: inDays(3), to_day: inDays(3), customer: { name: 'Rita Rechte' } }),
  invitations: () => ({ email: 'guest@people.example', role: 'staff' }),
  'services/segments': () => ({ name: 'Second', duration_minutes: 30 }),
}

/** The address of a route with ids of ours: the first of the kind, the second
 * of what lies under it ("staff/working-hours"). */
export function addressOf(path, own) {
  const [, , , kind, , under] = path.replace('/platform/', '/').split('/')
  const of = what => own[path.includes('/platform/') ? `platform/${what}` : what]
  return path.replace(/{(parent_)?id}/, of(kind)).replace('{id}', of(`${kind}/${under}`))
}

/** The salon's: an id of everything that an address may name. */
export async function makeOneOfEach(client) {
  const list = async path => (await client.call('salon', 'GET', `/api/v2/${path}`)).json.data
  const send = async ({ path, ...rest }) => assert.equal((await request(client.base + path, rest)).status, 204)
  const first = (path, fits = () => true) => waitFor(path, async () => (await list(path)).find(fits), { timeoutMs: 15_000 })

  await send(retellRequest({ callId: 'call_of_the_salon', event: 'call_analyzed' }))
  await send(retellRequest({ callId: 'call_to_nobody', to: '+4930999999' }))
  const rubbish = retellRequest({ callId: 'rubbish' })
  const body = 'not JSON'
  await send({ ...rubbish, body, headers: { ...rubbish.headers, 'X-Retell-Signature': retellSignature('key_demo_salon', body) } })

  const haircut = (await list('services')).find(s => s.name === 'Haircut').id
  const free = await client.call('salon', 'GET', `/api/v2/availability?service_id=${haircut}&from=${inDays(3)}&to=${inDays(12)}`)
  const booked = await client.call('salon', 'POST', '/api/v2/bookings',
    { json: { service_id: haircut, starts_at: free.json.slots[0].starts_at, customer: { name: 'Rita Rechte' } } })
  assert.equal(booked.status, 201, booked.text)
  const slot = free.json.slots.at(-8).local_start
  const series = await client.call('salon', 'POST', '/api/v2/booking-series',
    { json: { service_id: haircut, rrule: 'FREQ=WEEKLY;COUNT=1', local_start: slot, customer: { name: 'Rita Rechte' }, occurrences: [{ local_start: slot }] } })
  assert.equal(series.status, 201, series.text)
  const held = await client.call('salon', 'POST', '/api/v2/holds',
    { json: { service_id: haircut, starts_at: free.json.slots.at(-1).starts_at, ttl_seconds: 900 } })
  assert.equal(held.status, 201, held.text)
  const own = { haircut, branches: (await list('branches')).find(b => b.name === 'Mitte').id, staff: (await list('staff'))[0].id }
  for (const [what, make] of Object.entries(NEW)) {
    const [kind, under] = what.split('/')
    const r = await client.call('salon', 'POST', `/api/v2/${under ? `${kind}/${own[kind]}/${under}` : kind}`, { json: make(own) })
    assert.equal(r.status, 201, r.text)
    own[what] = r.json.id
  }
  const posted = await client.call('salon', 'POST', `/api/v2/webhook-endpoints/${own['webhook-endpoints']}/test`)
  assert.equal(posted.status, 202, posted.text)
  const hook = await client.call('salon', 'POST', '/api/v2/hooks/subscribe', { json: { target_url: 'http://127.0.0.1:9/', event: 'call.ended' } })
  assert.equal(hook.status, 201, hook.text)
  return {
    ...own,
    deliveries: posted.json.delivery_id,
    hooks: hook.json.id,
    auth: (await list('auth/sessions'))[0].id,
    users: (await list('users'))[0].id,
    'booking-series': series.json.id,
    bookings: booked.json.id,
    holds: held.json.id,
    customers: booked.json.customer_id,
    calls: (await first('calls')).id,
    notifications: (await first('notifications?audience=me')).id,
    audit: (await first('audit')).id,
    'dead-letters': (await first('dead-letters')).id,
    jobs: (await first('jobs')).id,
    inbox: (await first('inbox')).id,
    'unassigned-calls': (await first('unassigned-calls')).id,
  }
}
