// The platform's administration: tenants and their companies, who sees which,
// acting inside a company, and what its audit shows of that.
import { after, before, test } from 'node:test'
import assert from 'node:assert/strict'
import { sqlOn } from '../support/sql.mjs'
import { startStack } from '../support/stack.mjs'
import { request, sleep, waitFor } from '../support/http.mjs'
import { endStack } from './audited.mjs'
import { makeClient, PASSWORD, PEOPLE } from './client.mjs'
import { ABSENT, addPerson, NOTICED_WITHIN_MS, sameAnswer } from './people.mjs'

const DEFAULT_TENANT = '01900000-0000-7000-8000-000000000020'
const SALON = '01900000-0000-7000-8000-5a1000000001'
const MITTE = '01900000-0000-7000-8000-5a1000000010'
const WORKERS = 4 // of systemd/run-local
const REASON = { reason: 'The owner asked us to look at the calendar' }
const COMPANY = { country: 'AT', time_zone: 'Europe/Vienna', currency: 'EUR', locale: 'de' }

let stack, client, sql, agency, theirs, tina, frank
const platform = (who, method, path, json) => client.call(who, method, `/api/v2/platform/${path}`, json === undefined ? {} : { json })
const inside = (who, company, method, path, json) =>
  client.call(who, method, `/api/v2/${path}`, { headers: { 'X-Company-Id': company }, ...(json === undefined ? {} : { json }) })
const expect = async (answer, status, code) => {
  const r = await answer
  assert.equal(r.status, status, r.text)
  if (code !== undefined) assert.equal(r.json.code, code)
  return r.json
}
/* asked so often that each worker was */
const everywhere = async (ask, status, code) => {
  for (let i = 0; i < 3 * WORKERS; i++) await expect(ask(), status, code)
}

before(async () => {
  stack = await startStack({
    port: Number(process.env.TEST_PORT ?? 18080),
    args: process.env.TEST_BUILD ? ['--build', process.env.TEST_BUILD] : [],
  })
  client = await makeClient(stack.base)
  sql = sqlOn(stack)
  tina = await addPerson(sql, 'tina', {})
  frank = await addPerson(sql, 'frank', {})
  agency = await expect(platform('admin', 'POST', 'tenants', { slug: 'agency', name: 'Agency' }), 201)
  theirs = await expect(platform('admin', 'POST', 'companies', { tenant_id: agency.id, name: 'Agency Salon', ...COMPANY }), 201)
  await expect(platform('admin', 'POST', `tenants/${agency.id}/people`, { email: tina }), 201)
  await expect(platform('admin', 'POST', `tenants/${DEFAULT_TENANT}/people`, { email: frank }), 201)
}, { timeout: 120_000 })

after(() => endStack(stack, client))

/* ---- who sees what ---- */

test("a tenant's administrator sees his tenant and its companies", async () => {
  assert.deepEqual((await expect(platform(tina, 'GET', 'tenants'), 200)).data.map(t => t.slug), ['agency'])
  assert.deepEqual((await expect(platform(tina, 'GET', 'companies'), 200)).data.map(c => c.slug), ['agency-salon'])
  assert.deepEqual((await expect(platform(tina, 'GET', `companies?tenant_id=${DEFAULT_TENANT}`), 200)).data, [])
  const seen = (await expect(platform(frank, 'GET', 'companies'), 200)).data.map(c => c.slug).sort()
  assert.deepEqual(seen, ['bright-smile', 'race-track', 'salon-morgenrot'])
  assert.equal((await expect(platform('admin', 'GET', 'companies'), 200)).data.length, 4)
})

test("another tenant's ids look exactly like absent ones", async () => {
  const routes = [['GET', id => `tenants/${id}`, DEFAULT_TENANT], ['PATCH', id => `tenants/${id}`, DEFAULT_TENANT, { name: 'Mine' }],
    ['GET', id => `tenants/${id}/people`, DEFAULT_TENANT], ['POST', id => `tenants/${id}/people`, DEFAULT_TENANT, { email: tina }],
    ['DELETE', id => `tenants/${id}/people/${ABSENT}`, DEFAULT_TENANT],
    ['GET', id => `companies/${id}`, SALON], ['PATCH', id => `companies/${id}`, SALON, { name: 'Mine' }],
    ['POST', id => `companies/${id}/enter`, SALON, REASON], ['DELETE', id => `companies/${id}/enter`, SALON]]
  for (const [method, path, id, json] of routes) {
    const options = json === undefined ? {} : { json }
    const foreign = await client.call(tina, method, `/api/v2/platform/${path(id)}`, { ...options, foreign: true })
    sameAnswer(foreign, await platform(tina, method, path(ABSENT), json), `${method} ${path(id)}`)
    assert.equal(foreign.status, 404)
  }
  assert.equal((await expect(platform('admin', 'GET', `companies/${SALON}`), 200)).name, 'Salon Morgenrot')
})

test("what is the platform's alone", async () => {
  await expect(platform(tina, 'POST', 'tenants', { slug: 'second', name: 'Second' }), 403, 'forbidden')
  await expect(platform(tina, 'GET', 'users'), 403, 'forbidden')
  await expect(platform(tina, 'PATCH', `companies/${theirs.id}`, { plan: 'demo' }), 403, 'forbidden')
  await expect(platform(tina, 'PATCH', `companies/${theirs.id}`, { plan: 'standard', name: 'Agency Salon' }), 200)
  const elsewhere = await expect(platform(tina, 'POST', 'companies', { tenant_id: DEFAULT_TENANT, name: 'X', ...COMPANY }), 422)
  assert.deepEqual(elsewhere.errors.map(e => e.field), ['tenant_id'])
  const own = await expect(platform(tina, 'POST', 'companies', { tenant_id: agency.id, name: 'Agency Salon', ...COMPANY }), 201)
  assert.equal(own.slug, 'agency-salon-2')
  await expect(platform(tina, 'PATCH', `tenants/${agency.id}`, { colour: '#aabbcc' }), 200)
})

/* ---- acting inside a company ---- */

const entries = async (company, since) => (await sql(`SELECT e.action, u.email, COALESCE(e.note, ''), COALESCE(e.remote_address, '')
  FROM audit_entry e JOIN company c ON c.id = e.company_id LEFT JOIN user u ON u.id = e.actor_id
  WHERE c.uid = '${company}' AND e.created_at >= '${since}' ORDER BY e.id`))
const now = async () => (await sql('SELECT NOW(3)'))[0][0]

test('an administrator acts in a company after he has said why, under his own name', async () => {
  const began = await now()
  const name = `Mitte ${Date.now()}`
  await everywhere(() => inside('admin', SALON, 'GET', 'branches'), 403, 'company_forbidden')
  for (const json of [{}, { reason: 'too short' }, { reason: '          ' }]) {
    const r = await expect(platform('admin', 'POST', `companies/${SALON}/enter`, json), 422)
    assert.deepEqual(r.errors.map(e => e.field), ['reason'])
  }
  const entry = await expect(platform('admin', 'POST', `companies/${SALON}/enter`, REASON), 200)
  assert.deepEqual([entry.id, entry.slug, entry.role], [SALON, 'salon-morgenrot', 'platform_admin'])
  const minutes = (Date.parse(entry.expires_at) - Date.now()) / 60_000
  assert.ok(minutes > 59 && minutes <= 60, `${minutes} minutes`)
  await everywhere(() => inside('admin', SALON, 'GET', 'branches'), 200)
  await expect(client.call('admin', 'GET', '/api/v2/branches'), 403, 'company_forbidden') // he names it
  const was = (await inside('admin', SALON, 'GET', `branches/${MITTE}`)).json.name
  await expect(inside('admin', SALON, 'PATCH', `branches/${MITTE}`, { name }), 200)
  await expect(inside('admin', SALON, 'PATCH', `branches/${MITTE}`, { name: was }), 200)

  const me = await expect(inside('admin', SALON, 'GET', 'me'), 200)
  assert.deepEqual([me.entered.map(e => e.slug), me.companies, me.company.role], [['salon-morgenrot'], [], 'platform_admin'])
  assert.ok(me.permissions.includes('company.write'))
  await expect(platform('admin', 'DELETE', `companies/${SALON}/enter`), 204)
  await expect(platform('admin', 'DELETE', `companies/${SALON}/enter`), 404)
  await sleep(NOTICED_WITHIN_MS)
  await everywhere(() => inside('admin', SALON, 'GET', 'branches'), 403, 'company_forbidden')
  assert.deepEqual((await client.call('admin', 'GET', '/api/v2/me')).json.entered, [])

  const by = PEOPLE.admin
  const seen = (await entries(SALON, began)).filter(([action]) => /^(company|branch)\./.test(action))
  assert.deepEqual(seen.map(e => e.slice(0, 3)), [['company.enter', by, REASON.reason], ['branch.update', by, ''],
    ['branch.update', by, ''], ['company.leave', by, '']])
  assert.ok(seen.every(e => e[3] !== ''), 'from where')
})

test('an entry is of one session, and ends with its hour and with it', async () => {
  const login = async () => (await request(`${stack.base}/api/v2/auth/login`,
    { method: 'POST', json: { email: PEOPLE.admin, password: PASSWORD } })).json.access_token
  const get = token => request(`${stack.base}/api/v2/branches`, { headers: { Authorization: `Bearer ${token}`, 'X-Company-Id': SALON } })
  const enter = token => request(`${stack.base}/api/v2/platform/companies/${SALON}/enter`,
    { method: 'POST', headers: { Authorization: `Bearer ${token}` }, json: REASON })
  const [first, second] = [await login(), await login()]

  await expect(enter(first), 200)
  await everywhere(() => get(first), 200)
  await everywhere(() => get(second), 403)
  await sql('UPDATE company_entry SET expires_at = NOW(3)')
  await sleep(NOTICED_WITHIN_MS)
  await everywhere(() => get(first), 403)
  await expect(enter(first), 200)
  await expect(enter(first), 200) // once more: another hour
  await everywhere(() => get(first), 200)
  await request(`${stack.base}/api/v2/auth/logout`, { method: 'POST', headers: { Authorization: `Bearer ${first}` } })
  await sleep(NOTICED_WITHIN_MS)
  await everywhere(() => get(first), 401)
})

test('a tenant\'s administrator enters its companies, as long as he is one', async () => {
  const entry = await expect(platform(tina, 'POST', `companies/${theirs.id}/enter`, REASON), 200)
  assert.equal(entry.role, 'tenant_admin')
  await everywhere(() => inside(tina, theirs.id, 'GET', 'companies/current/settings'), 200)
  assert.equal((await inside(tina, theirs.id, 'GET', 'companies/current')).json.slug, 'agency-salon')
  await expect(inside(tina, theirs.id, 'PATCH', 'companies/current', { currency: 'CHF' }), 200) // nothing has a price yet
  await expect(platform(tina, 'POST', `companies/${SALON}/enter`, REASON), 404)
  await sql(`DELETE FROM tenant_membership WHERE user_id = (SELECT id FROM user WHERE email = '${tina}')`)
  await sleep(NOTICED_WITHIN_MS)
  await everywhere(() => inside(tina, theirs.id, 'GET', 'companies/current'), 403, 'company_forbidden')
  await everywhere(() => platform(tina, 'GET', 'companies'), 403, 'forbidden')
  assert.deepEqual((await client.call(tina, 'GET', '/api/v2/me')).json.entered, [])
})

test('a company that is suspended while somebody is inside', async () => {
  await expect(platform(frank, 'POST', `companies/${SALON}/enter`, REASON), 200)
  const began = await now()
  await expect(platform('admin', 'PATCH', `companies/${SALON}`, { status: 'suspended', reason: 'The bill of May is open' }), 200)
  await sleep(NOTICED_WITHIN_MS)
  await expect(inside(frank, SALON, 'GET', 'branches'), 200)
  await expect(inside(frank, SALON, 'PATCH', `branches/${MITTE}`, { name: 'Mitte' }), 403, 'company_suspended')
  await expect(platform('admin', 'PATCH', `companies/${SALON}`, { status: 'active', reason: 'The bill of May is paid' }), 200)
  const seen = (await entries(SALON, began)).map(e => e.slice(0, 3))
  assert.deepEqual(seen, [['company.suspend', PEOPLE.admin, 'The bill of May is open'], ['company.activate', PEOPLE.admin, 'The bill of May is paid']])
})

/* ---- people ---- */

test('who is disabled is logged out, and cannot log in until enabled again', async () => {
  const gone = await addPerson(sql, 'gone', { 'salon-morgenrot': 'owner' })
  const [[id]] = await sql(`SELECT id FROM user WHERE email = '${gone}'`)
  const login = () => request(`${stack.base}/api/v2/auth/login`, { method: 'POST', json: { email: gone, password: PASSWORD } })

  await everywhere(() => client.call(gone, 'GET', '/api/v2/branches'), 200)
  const r = await expect(platform('admin', 'POST', `users/${id}/disable`), 200)
  assert.ok(r.disabled_at)
  await sleep(NOTICED_WITHIN_MS)
  await everywhere(() => client.call(gone, 'GET', '/api/v2/branches'), 401)
  await expect(login(), 401, 'invalid_credentials')
  assert.equal((await expect(platform('admin', 'POST', `users/${id}/enable`), 200)).disabled_at, null)
  await expect(login(), 200)
  const seen = await sql(`SELECT action FROM audit_entry WHERE company_id = 0 AND subject_id = '${id}' AND action LIKE 'user.%' ORDER BY id`)
  assert.deepEqual(seen.flat(), ['user.disable', 'user.enable'])
})

test('a request that is repeated with its key is done once', async () => {
  const json = { slug: 'once', name: 'Once' }
  const ask = () => client.call('admin', 'POST', '/api/v2/platform/tenants', { json, headers: { 'Idempotency-Key': 'tenant-once' } })
  const first = await expect(ask(), 201)
  const again = await ask()
  assert.deepEqual([again.status, again.headers['idempotency-replayed'], again.json.id], [201, 'true', first.id])
})

test("letters to a company's customers come from its tenant's address", async () => {
  const brand = { name: 'Frontdesk', email_from: 'termine@agency.example', logo_url: 'https://agency.example/a.svg', colour: '#102030', support_email: 'help@agency.example' }
  await expect(platform('admin', 'PATCH', `tenants/${DEFAULT_TENANT}`, brand), 200)
  const shown = { name: 'Frontdesk', logo_url: brand.logo_url, colour: brand.colour, support_email: brand.support_email }
  assert.deepEqual((await client.call('none', 'GET', '/api/v2/public/salon-morgenrot')).json.brand, shown)
  assert.deepEqual((await client.call('salon', 'GET', '/api/v2/companies/current/brand')).json, shown)

  const haircut = (await client.call('salon', 'GET', '/api/v2/services')).json.data.find(s => s.name === 'Haircut').id
  const day = n => new Date(Date.now() + n * 86_400_000).toISOString().slice(0, 10)
  const free = await expect(client.call('salon', 'GET', `/api/v2/availability?service_id=${haircut}&from=${day(3)}&to=${day(12)}`), 200)
  await expect(client.call('salon', 'POST', '/api/v2/bookings',
    { json: { service_id: haircut, starts_at: free.slots[0].starts_at, customer: { name: 'Lea Letter', email: 'lea@customers.example' } } }), 201)
  const mail = await waitFor('the letter', async () =>
    (await request(`${stack.sandbox}/sent.json?since=0`)).json.messages.find(m => m.to === 'lea@customers.example'))
  assert.match(mail.from, /termine@agency\.example/)
  await expect(platform('admin', 'PATCH', `tenants/${DEFAULT_TENANT}`, { email_from: null }), 200)
})
