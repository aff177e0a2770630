// Who may do what: every route of the table (as OpenAPI has it) with everybody
// who may ask, and the exact status; what ended, expired and closed; and ids of
// others. A route that fits no rule here fails, until it has its row.
import { after, before, test } from 'node:test'
import assert from 'node:assert/strict'
import { sqlOn } from '../support/sql.mjs'
import { startStack } from '../support/stack.mjs'
import { request, sleep, waitFor } from '../support/http.mjs'
import { retellRequest } from '../support/retell.mjs'
import { endStack } from './audited.mjs'
import { plantCanaries } from './canaries.mjs'
import { makeClient } from './client.mjs'
import { ABSENT, addKey, addPerson, addressOf, makeOneOfEach, NOTICED_WITHIN_MS, readRights, sameAnswer } from './people.mjs'

const SALON = '01900000-0000-7000-8000-5a1000000001'
const DIAZ = '01900000-0000-7000-8000-de0000000050'
const TENANT = '01900000-0000-7000-8000-000000000020'
const REASON = { reason: 'To see what an administrator may do' }
const { roles, rights } = readRights()
const IN_COMPANY = roles.filter(role => !role.endsWith('_admin'))

let stack
let client
let sql
let own
const people = {}
const keys = {}
const nobodies = {}

before(async () => {
  stack = await startStack({
    port: Number(process.env.TEST_PORT ?? 18080),
    args: process.env.TEST_BUILD ? ['--build', process.env.TEST_BUILD] : [],
  })
  client = await makeClient(stack.base)
  await plantCanaries(stack, client)
  sql = sqlOn(stack)
  for (const role of IN_COMPANY) {
    people[role] = await addPerson(sql, role, { 'salon-morgenrot': role })
    keys[role] = await addKey(sql, role, role)
  }
  people.two = await addPerson(sql, 'two', { 'salon-morgenrot': 'staff', 'bright-smile': 'read_only' })
  people.none = await addPerson(sql, 'none', {})
  people.agent = await addPerson(sql, 'agent', {})
  people.stranger = await addPerson(sql, 'stranger', {})
  nobodies.expired = await addKey(sql, 'expired', 'owner', { expires_at: 'NOW(3) - INTERVAL 1 SECOND' })
  nobodies.revoked = await addKey(sql, 'revoked', 'owner', { revoked_at: 'NOW(3)' })
  own = await makeOneOfEach(client)
  await make('admin', `tenants/${TENANT}/people`, { email: people.agent })
  const elsewhere = await make('admin', 'tenants', { slug: 'elsewhere', name: 'Elsewhere' })
  await make('admin', `tenants/${elsewhere.id}/people`, { email: people.stranger })
  const [[agent]] = await sql(`SELECT id FROM user WHERE email = '${people.agent}'`)
  Object.assign(own, { 'platform/tenants': TENANT, 'platform/companies': SALON, 'platform/tenants/people': agent, 'platform/users': agent })
}, { timeout: 120_000 })

after(() => endStack(stack, client))

async function make(who, path, json) {
  const r = await client.call(who, 'POST', `/api/v2/platform/${path}`, { json })
  assert.equal(r.status, 201, r.text)
  return r.json
}

/* ---- the routes, and what an allowed request of each gets ---- */

const operations = () => Object.entries(client.openapi.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, op]) => ({ path, method: method.toUpperCase(), op, right: op['x-permission'], kind: kindOf(path, op) })))
const kindOf = (path, op) => (!op.security ? 'open' : !op['x-permission'] ? 'person' : path.includes('/platform/') ? 'platform' : 'company')
const ofCompanies = () => operations().filter(o => o.kind === 'company')
const name = o => `${o.method} ${o.path}`

/* What a request that is about nothing gets where no rule says it. */
const EXACT = {
  'GET /api/health': 200,
  'GET /api/v2/openapi.json': 200,
  'POST /api/retell/webhook': 401,
  'POST /api/v2/auth/2fa/setup': 200,
  'DELETE /api/v2/auth/sessions': 204,
  'POST /api/v2/live/authorize': 403,
  'POST /api/v2/live/ticket': 201,
}
const ofThePath = path => /\{(?!(parent_)?id\})\w+\}/.test(path)
/* Nothing is asked of these in the matrix: it would take away who asks, or
 * depends on where he asks from (health.test.mjs) or on being a person
 * (live.test.mjs). */
const LAST = ['POST /api/v2/auth/logout', 'POST /api/v2/live/ticket', 'GET /api/health/detailed', 'GET /api/health/metrics']

function allowedStatus(o) {
  const { path, method, op, kind } = o
  if (name(o) in EXACT) return EXACT[name(o)]
  if (ofThePath(path)) return 404
  if (method !== 'GET' && path.includes('{id}')) return 404
  if (method !== 'GET' && op.requestBody) return 422
  assert.ok(method === 'GET' && kind !== 'open', `${name(o)} needs its row in EXACT`)
  return op.parameters.some(p => p.in === 'query' && p.required) ? 422 : 200
}

/* A request that is allowed changes nothing: it is wrong, or about nothing. */
function ask(who, o, options = {}) {
  const { path, method } = o
  const address = method === 'GET' ? addressOf(path, own) : path.replace(/{(parent_)?id}/g, ABSENT)
  assert.ok(!address.includes('undefined'), `one of ${path} is needed: makeOneOfEach`)
  return client.call(who, method, address.replace(/\{\w+\}/, 'nothing'), { ...options, ...body(o) })
}

const body = ({ op }) => (op.requestBody ? { json: { nonsense: 1 } } : {})
test('the table of rights is whole', () => {
  assert.deepEqual(roles, ['platform_admin', 'tenant_admin', 'owner', 'manager', 'staff', 'accountant', 'read_only'])
  assert.ok(ofCompanies().length >= 100)
  for (const { path, right } of operations().filter(o => o.right)) assert.ok(right in rights, `${path} needs ${right}`)
  for (const right of Object.keys(rights)) {
    const platform = right.startsWith('platform.')
    for (const role of platform ? ['platform_admin'] : ['platform_admin', 'owner']) assert.ok(rights[right][role], `${role} may do everything, and so ${right}`)
    if (platform) assert.ok(roles.slice(2).every(role => !rights[right][role]), `${right} is for administrators`)
    assert.ok(operations().some(o => o.right === right && o.kind === (platform ? 'platform' : 'company')), `no route needs ${right}`)
  }
})

test('everybody who is logged in sees the table of rights', async () => {
  const table = (await client.call(people.read_only, 'GET', '/api/v2/roles')).json.data
  assert.deepEqual(Object.fromEntries(table.map(({ permission, ...of }) => [permission, of])), rights)
})

/* ---- everybody, with every route ---- */

/** What each kind of route answers to somebody: an exact status and code, or
 * undefined for what an allowed request gets. */
const REFUSED = [403, 'forbidden']
const byRole = role => o => (rights[o.right][role] ? undefined : REFUSED)
const always = (...answer) => () => answer
const allowed = () => undefined

async function everyRoute(who, { person, company, platform }, options = {}) {
  for (const o of operations().filter(x => !LAST.includes(name(x)))) {
    const r = await ask(who, o, options)
    const refused = { open: () => undefined, person, company, platform }[o.kind](o)
    if (refused) assert.deepEqual([r.status, r.json?.code], refused, `${name(o)}: ${r.text}`)
    else assert.equal(r.status, allowedStatus(o), `${name(o)}: ${r.text}`)
  }
}

for (const role of IN_COMPANY) {
  test(`each route, asked by a person of role ${role}`, async () => {
    await everyRoute(people[role], { person: allowed, company: byRole(role), platform: always(...REFUSED) })
    const me = (await client.call(people[role], 'GET', '/api/v2/me')).json
    assert.equal(me.company.role, role)
    assert.deepEqual(me.permissions, Object.keys(rights).filter(right => rights[right][role]))
  })
  test(`each route, asked by a key of role ${role}`, () =>
    everyRoute(keys[role], { person: always(...REFUSED), company: byRole(role), platform: always(...REFUSED) }))
}

test('each route, asked by nobody, and by keys that have expired or were revoked', async () => {
  const refused = always(401, 'unauthenticated')
  for (const who of ['none', ...Object.values(nobodies)]) await everyRoute(who, { person: refused, company: refused, platform: refused })
  const lasting = await addKey(sql, 'lasting', 'read_only', { expires_at: 'NOW(3) + INTERVAL 1 HOUR' })
  assert.equal((await client.call(lasting, 'GET', '/api/v2/calls')).status, 200)
})

test('each route, asked about the salon by somebody of another company, and of none', async () => {
  const headers = { 'X-Company-Id': SALON }
  for (const who of ['dental', people.none]) {
    await everyRoute(who, { person: allowed, company: always(403, 'company_forbidden'), platform: always(...REFUSED) }, { headers })
  }
  await everyRoute(people.none, { person: allowed, company: always(403, 'company_forbidden'), platform: always(...REFUSED) })
})

test('each route, asked by administrators who have not entered, and who have', async () => {
  const headers = { 'X-Company-Id': SALON }
  for (const [who, role] of [['admin', 'platform_admin'], [people.agent, 'tenant_admin']]) {
    await everyRoute(who, { person: allowed, company: always(403, 'company_forbidden'), platform: byRole(role) }, { headers })
    assert.equal((await client.call(who, 'POST', `/api/v2/platform/companies/${SALON}/enter`, { json: REASON })).status, 200)
    await everyRoute(who, { person: allowed, company: byRole(role), platform: byRole(role) }, { headers })
  }
})

test('a person of two companies names one, and has its role there', async () => {
  const companies = (await client.call(people.two, 'GET', '/api/v2/me')).json.companies
  const header = slug => ({ headers: { 'X-Company-Id': companies.find(c => c.slug === slug).id } })

  assert.equal(companies.length, 2)
  for (const o of ofCompanies()) {
    const r = await ask(people.two, o)
    assert.deepEqual([r.status, r.json.code], [400, 'company_required'], `${o.method} ${o.path}`)
  }
  for (const [slug, role] of [['salon-morgenrot', 'staff'], ['bright-smile', 'read_only']]) {
    const r = await client.call(people.two, 'GET', '/api/v2/companies/current', header(slug))
    assert.equal(r.json.slug, slug)
    for (const o of ofCompanies().filter(x => x.method !== 'GET')) {
      assert.equal((await ask(people.two, o, header(slug))).status, rights[o.right][role] ? allowedStatus(o) : 403, o.path)
    }
  }
  const none = await client.call(people.none, 'GET', '/api/v2/calls')
  assert.deepEqual([none.status, none.json.code], [403, 'company_forbidden'])
  assert.equal((await client.call(people.none, 'GET', '/api/v2/me')).json.company, null)
})

test('every path of the description names each of its parameters once', () => {
  for (const [path, methods] of Object.entries(client.openapi.paths)) {
    for (const { parameters } of Object.values(methods)) {
      const named = parameters.filter(p => p.in === 'path').map(p => p.name)
      assert.deepEqual([...path.matchAll(/\{([^}]+)\}/g)].map(m => m[1]), [...new Set(named)], path)
    }
  }
})

/* ---- texts and ids of others ---- */

test('control: an answer that shows the text of another company is noticed', async () => {
  const theirs = await addPerson(sql, 'theirs', { canary: 'owner' })
  for (const path of ['customers', 'branches', 'staff', 'companies/current']) {
    await assert.rejects(client.call(theirs, 'GET', `/api/v2/${path}`), /shows the text of another company/, path)
  }
})

test('an id of another company or tenant is answered like one that does not exist, byte for byte', async () => {
  const withId = operations().filter(o => o.path.includes('{id}') && !o.path.includes('/platform/users/'))

  assert.ok(withId.length >= 70)
  for (const o of withId) {
    const { path, method } = o
    const who = o.kind === 'platform' ? people.stranger : 'dental'
    const foreign = await client.call(who, method, addressOf(path, own), { ...body(o), foreign: true })
    const absent = await client.call(who, method, path.replace(/{(parent_)?id}/g, ABSENT), body(o))
    assert.equal(foreign.status, 404, `${method} ${path}`)
    sameAnswer(foreign, absent, `${method} ${path}`)
  }
  const [[state]] = await sql(`SELECT state FROM job WHERE id = '${own['dead-letters']}'`)
  assert.equal(state, 'dead', 'nobody replayed it')
})

test('what is taken away counts within five seconds', async () => {
  const gone = Object.fromEntries(await Promise.all(['fired', 'disabled', 'ended', 'demoted'].map(async (name) =>
    [name, await addPerson(sql, name, { 'salon-morgenrot': 'owner' })])))
  const key = await addKey(sql, 'short', 'owner')
  const get = who => client.call(who, 'GET', '/api/v2/jobs')

  for (const who of [...Object.values(gone), key]) {
    for (let i = 0; i < 8; i++) assert.equal((await get(who)).status, 200, who) // remembered by each worker
  }
  await sql(`DELETE FROM membership WHERE user_id = (SELECT id FROM user WHERE email = '${gone.fired}');
    UPDATE user SET disabled_at = NOW(3) WHERE email = '${gone.disabled}';
    UPDATE session SET revoked_at = NOW(3) WHERE user_id = (SELECT id FROM user WHERE email = '${gone.ended}');
    UPDATE membership SET role = 'staff' WHERE user_id = (SELECT id FROM user WHERE email = '${gone.demoted}');
    UPDATE api_key SET revoked_at = NOW(3) WHERE name = 'short';`)
  await sleep(NOTICED_WITHIN_MS)
  for (const [who, status] of [[gone.fired, 403], [gone.disabled, 401], [gone.ended, 401], [gone.demoted, 403], [key, 401]]) {
    for (let i = 0; i < 8; i++) assert.equal((await get(who)).status, status, who)
  }
})

/* ---- states of a company ---- */

/* what is done while the company is open again */
async function restored(what) {
  await become('active')
  await sleep(NOTICED_WITHIN_MS)
  return what()
}
const become = status => sql(`UPDATE company SET status = '${status}' WHERE slug = 'bright-smile';`)
let dentalKey

test('a suspended company is looked at, and nothing is changed', async () => {
  dentalKey = await addKey(sql, 'dental', 'owner', {}, 'bright-smile')
  await become('suspended')
  for (const who of ['dental', dentalKey]) {
    await waitFor('the suspension', async () => (await client.call(who, 'POST', '/api/v2/holds', { json: {} })).status === 403,
      { timeoutMs: NOTICED_WITHIN_MS })
    await sleep(NOTICED_WITHIN_MS) // of every worker
    for (const o of ofCompanies().filter(x => x.method !== 'GET' || !x.path.includes('{'))) {
      const r = await ask(who, o)
      if (o.method === 'GET') assert.equal(r.status, allowedStatus(o), `${o.method} ${o.path}: ${r.text}`)
      else assert.deepEqual([r.status, r.json.code], [403, 'company_suspended'], `${o.method} ${o.path}`)
    }
  }
  assert.equal((await client.call('dental', 'HEAD', '/api/v2/bookings')).status, 200)
  assert.equal((await client.call('dental', 'GET', '/api/v2/me')).json.company.slug, 'bright-smile')
  assert.equal((await client.call('none', 'GET', '/api/v2/public/bright-smile')).status, 404)
})

test('a closed company is not there, for its people, keys, customers and calendars', async () => {
  const both = await addPerson(sql, 'before', { 'salon-morgenrot': 'staff', 'bright-smile': 'owner' })
  const feed = new URL((await restored(() => client.call('dental', 'POST', `/api/v2/staff/${DIAZ}/feed`))).json.url).pathname
  const dental = (await client.call('dental', 'GET', '/api/v2/companies/current')).json.id
  assert.equal((await client.call('none', 'GET', feed)).status, 200)
  await become('closed')
  await sleep(NOTICED_WITHIN_MS)
  for (const o of ofCompanies()) {
    for (const who of ['dental', dentalKey]) {
      const r = await ask(who, o)
      assert.deepEqual([r.status, r.json.code], [404, 'not_found'], `${who}: ${o.method} ${o.path}`)
    }
  }
  const named = await client.call(both, 'GET', '/api/v2/bookings', { headers: { 'X-Company-Id': dental } })
  assert.deepEqual([named.status, named.json.code], [404, 'not_found'])
  assert.equal((await client.call('none', 'GET', '/api/v2/public/bright-smile')).status, 404)
  assert.equal((await client.call('none', 'GET', feed)).status, 404)
  const alone = (await client.call('dental', 'GET', '/api/v2/me')).json
  assert.deepEqual([alone.companies, alone.company], [[], null])
  const me = (await client.call(both, 'GET', '/api/v2/me')).json
  assert.deepEqual(me.companies.map(c => c.slug), ['salon-morgenrot'])
  assert.equal(me.company?.slug, 'salon-morgenrot', 'it is the only one that is left')
  assert.equal((await client.call(both, 'GET', '/api/v2/bookings')).status, 200)
})

test('webhooks are stored whatever the state of the company, and their jobs wait', async () => {
  for (const state of ['suspended', 'closed']) {
    await become(state)
    const hook = retellRequest({ hook: 'demo-dental', key: 'key_demo_dental', callId: `call_while_${state}`, event: 'call_started' })
    const r = await request(client.base + hook.path, hook)
    assert.equal(r.status, 204, r.text)
    const [[n, waits]] = await sql(`SELECT COUNT(*), SUM(j.state = 'queued') FROM inbox_event e JOIN job j ON j.ref_id = e.id
      WHERE e.external_id = 'call_while_${state}'`)
    assert.deepEqual([Number(n), Number(waits)], [1, 1], state)
  }
  await become('active')
})
