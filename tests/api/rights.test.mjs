// Who may do what: every route that names a right, with every role of
// core/user/perms.def, as a person and as an API key; what ended, expired and
// closed; and ids of other companies.
import { after, before, test } from 'node:test'
import assert from 'node:assert/strict'
import { apiKey } from '../support/api-key.mjs'
import { sqlOn } from '../support/sql.mjs'
import { startStack } from '../support/stack.mjs'
import { request, sleep, waitFor } from '../support/http.mjs'
import { retellRequest } from '../support/retell.mjs'
import { endStack } from './audited.mjs'
import { makeClient } from './client.mjs'
import { addKey, addPerson, addressOf, makeOneOfEach, readRights } from './people.mjs'

const DIAZ = '01900000-0000-7000-8000-de0000000050'
const ABSENT = '01900000-0000-7000-8000-000000000000'
const NOTICED_WITHIN_MS = 5_000 + 1_500 // AUTH_CACHE_SECONDS
const { roles, rights } = readRights()

let stack
let client
let sql
let own
const people = {}
const keys = {}

before(async () => {
  stack = await startStack({
    port: Number(process.env.TEST_PORT ?? 18080),
    args: process.env.TEST_BUILD ? ['--build', process.env.TEST_BUILD] : [],
  })
  client = await makeClient(stack.base)
  sql = sqlOn(stack)
  for (const role of roles) {
    people[role] = await addPerson(sql, role, { 'salon-morgenrot': role })
    keys[role] = await addKey(sql, role, role)
  }
  people.two = await addPerson(sql, 'two', { 'salon-morgenrot': 'staff', 'bright-smile': 'read_only' })
  people.none = await addPerson(sql, 'none', {})
  own = await makeOneOfEach(client)
}, { timeout: 120_000 })

after(() => endStack(stack, client))

const operations = () => Object.entries(client.openapi.paths)
  .flatMap(([path, methods]) => Object.entries(methods).map(([method, op]) => ({ path, method: method.toUpperCase(), op, right: op['x-permission'] })))
const ofCompanies = () => operations().filter(o => o.right)

/* A request that is allowed changes nothing: it is wrong, or about nothing. */
function ask(who, { path, method }, options = {}) {
  const address = method === 'GET' ? addressOf(path, own) : path.replace(/{(parent_)?id}/g, ABSENT)
  return client.call(who, method, address, { ...options, ...body(method) })
}

/* nothing is right with the first, and to change nothing is not wrong */
const body = method => (['POST', 'PUT'].includes(method) ? { json: {} } : method === 'PATCH' ? { json: { nonsense: 1 } } : {})
const allowedStatus = ({ path, method }) =>
  (method !== 'GET' && path.includes('{id}') ? 404 : method !== 'GET' || path.endsWith('/availability') ? 422 : 200)

test('the table of rights is whole', () => {
  assert.deepEqual(roles, ['owner', 'manager', 'staff', 'accountant', 'read_only'])
  assert.ok(ofCompanies().length >= 20)
  for (const { path, right } of ofCompanies()) assert.ok(right in rights, `${path} needs ${right}`)
  for (const right of Object.keys(rights)) {
    assert.ok(rights[right].owner, `an owner may do everything, and so ${right}`)
    assert.ok(ofCompanies().some(o => o.right === right), `no route needs ${right}`)
  }
})

for (const role of roles) {
  for (const [what, who] of [['person', people], ['key', keys]]) {
    test(`each route, asked by a ${what} of role ${role}`, async () => {
      for (const o of ofCompanies()) {
        const r = await ask(who[role], o)
        const allowed = rights[o.right][role]
        assert.equal(r.status, allowed ? allowedStatus(o) : 403, `${o.method} ${o.path}: ${r.text}`)
        if (!allowed) assert.equal(r.json.code, 'forbidden')
      }
    })
  }

  test(`what a person of role ${role} is told that he may do`, async () => {
    const me = (await client.call(people[role], 'GET', '/api/v2/me')).json
    assert.equal(me.company.role, role)
    assert.deepEqual(me.permissions, Object.keys(rights).filter(right => rights[right][role]))
  })
}

test('an API key is nobody: what is for people is 403', async () => {
  for (const o of operations().filter(x => x.op.security && !x.right)) {
    const r = await client.call(keys.owner, o.method, o.path)
    assert.equal(r.status, 403, o.path)
    assert.equal(r.json.code, 'forbidden')
  }
})

test('keys that expired or were revoked are 401 everywhere, one that will expire works', async () => {
  const ended = [
    await addKey(sql, 'expired', 'owner', { expires_at: 'NOW(3) - INTERVAL 1 SECOND' }),
    await addKey(sql, 'revoked', 'owner', { revoked_at: 'NOW(3)' }),
  ]
  for (const key of ended) {
    for (const o of ofCompanies()) {
      const r = await ask(key, o)
      assert.deepEqual([r.status, r.json.code], [401, 'unauthenticated'], `${o.method} ${o.path}`)
    }
  }
  const lasting = await addKey(sql, 'lasting', 'read_only', { expires_at: 'NOW(3) + INTERVAL 1 HOUR' })
  assert.equal((await client.call(lasting, 'GET', '/api/v2/calls')).status, 200)
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

test('an id of another company looks exactly like one that does not exist', async () => {
  const strip = r => ({ status: r.status, body: { ...r.json, request_id: '' } })
  const withId = operations().filter(o => o.path.includes('{id}'))

  assert.ok(withId.length >= 7)
  for (const { path, method } of withId) {
    const address = addressOf(path, own)
    assert.ok(!address.includes('undefined'), `one of ${path} is needed`)
    const foreign = strip(await client.call('dental', method, address, { ...body(method), foreign: true }))
    const absent = strip(await client.call('dental', method, path.replace(/{(parent_)?id}/g, ABSENT), body(method)))
    assert.equal(foreign.status, 404, `${method} ${path}`)
    assert.deepEqual(foreign, absent, `${method} ${path}`)
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
const dentalKey = apiKey('dental')

test('a suspended company is looked at, and nothing is changed', async () => {
  await sql(`INSERT INTO api_key (company_id, id, name, prefix, key_hash, role)
    SELECT id, UUID(), 'States', 'fdk_test', UNHEX(SHA2('${dentalKey}', 256)), 'owner' FROM company WHERE slug = 'bright-smile';`)
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
