// How the parts are, and numbers for Prometheus: what is said while something is
// wrong, to whom, and how soon.
import { after, before, test } from 'node:test'
import assert from 'node:assert/strict'
import parsePrometheus from 'parse-prometheus-text-format'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { request, waitFor } from '../support/http.mjs'
import { partMembers, signal } from '../support/process.mjs'
import { retellRequest } from '../support/retell.mjs'
import { sqlOn } from '../support/sql.mjs'
import { startStack } from '../support/stack.mjs'
import { endStack } from './audited.mjs'
import { makeClient } from './client.mjs'

const BUILD = process.env.TEST_BUILD ?? fileURLToPath(new URL('../../build/t', import.meta.url))
const clock = mkdtempSync(join(tmpdir(), 'fd-clock-'))

let stack
let client
let sql

before(async () => {
  writeFileSync(join(clock, 'ahead'), '0')
  stack = await startStack({
    port: Number(process.env.TEST_PORT ?? 18080), args: ['--build', BUILD], env: { FRONTDESK_NOW: join(clock, 'ahead') },
  })
  client = await makeClient(stack.base)
  sql = sqlOn(stack)
}, { timeout: 120_000 })

after(async () => {
  await endStack(stack, client)
  rmSync(clock, { recursive: true, force: true })
})

const look = (who = 'none', options) => client.call(who, 'GET', '/api/health/detailed', { timeoutMs: 30_000, ...options })
const part = (r, name) => r.json.parts.find(p => p.name === name) ?? assert.fail(`no ${name} in ${r.text}`)
const status = async name => part(await look(), name).status

/** What a part says while something is wrong; it is well again after that. */
async function whileWrong(name, expected, { wrong, right }) {
  await wrong()
  try {
    const r = await waitFor(`${name}: ${expected}`, async () => {
      const now = await look()
      return part(now, name).status === expected && now
    }, { timeoutMs: 15_000 })
    assert.equal(r.status, r.json.parts.some(p => p.status === 'failing') ? 503 : 200)
    assert.ok(r.json.status === 'failing' || expected === 'warning')
    assert.match(part(r, name).message, /^[A-Z\d/].*\.$/)
  } finally {
    await right()
  }
  await waitFor(`${name}: ok again`, async () => await status(name) === 'ok', { timeoutMs: 15_000 })
}

const freeze = (member, name) => { for (const pid of partMembers(stack, member)) signal(pid, name) }

test('each part has a status and a sentence, and the whole is as the worst', async () => {
  await waitFor('the worker', async () => await status('worker') === 'ok', { timeoutMs: 20_000 })
  const r = await look()
  const rank = s => ['ok', 'warning', 'failing'].indexOf(s)

  for (const name of ['database', 'clock', 'queue', 'dead letters', 'worker', 'disk of the database', 'disk of the sockets']) {
    assert.match(part(r, name).message, /^[A-Z\d/].*\.$/)
  }
  assert.equal(rank(r.json.status), Math.max(...r.json.parts.map(p => rank(p.status))))
  assert.deepEqual(['database', 'clock', 'queue', 'worker'].map(n => part(r, n).status), ['ok', 'ok', 'ok', 'ok'])
  assert.equal(r.status, r.json.status === 'failing' ? 503 : 200)
})

test('who says who he is must administer the platform, wherever he asks from', async () => {
  assert.deepEqual([(await look('salon')).status, (await look('key')).status, (await look('admin')).status], [403, 403, 200])
  assert.equal((await request(`${stack.base}/api/health/detailed`, { headers: { Authorization: 'Bearer nonsense' } })).status, 401)
  assert.equal((await request(`${stack.base}/api/health/detailed`, { headers: { 'X-Forwarded-For': '127.0.0.1' } })).status, 403)
})

test('a clock that is wrong', () => whileWrong('clock', 'failing', {
  wrong: () => writeFileSync(join(clock, 'ahead'), '60000'), right: () => writeFileSync(join(clock, 'ahead'), '0'),
}))

test('a worker that does nothing, and work that waits for it', async () => {
  await whileWrong('worker', 'failing', {
    wrong: async () => {
      freeze('worker', 'SIGSTOP')
      await sql("UPDATE job SET finished_at = finished_at - INTERVAL 10 MINUTE WHERE kind = 'audit.seal'; INSERT INTO job (id, company_id, kind, run_at, is_due) VALUES (UUID(), 0, 'noop', NOW(3) - INTERVAL 11 MINUTE, 0);")
      assert.equal(await status('queue'), 'failing', 'also while nobody has marked it as due')
      await sql("UPDATE job SET is_due = 1, run_at = NOW(3) - INTERVAL 2 MINUTE WHERE kind = 'noop';")
      assert.equal(await status('queue'), 'warning')
    },
    right: () => freeze('worker', 'SIGCONT'),
  })
  await waitFor('the queue', async () => await status('queue') === 'ok', { timeoutMs: 15_000 })
})

test('dead letters of today', () => whileWrong('dead letters', 'warning', {
  wrong: () => sql("INSERT INTO job (id, company_id, kind, state, finished_at) VALUES (UUID(), 0, 'noop', 'dead', NOW(3));"),
  right: () => sql("UPDATE job SET finished_at = NOW(3) - INTERVAL 2 DAY WHERE state = 'dead';"),
}))

test('a provider that fails', () => whileWrong('provider twilio', 'warning', {
  wrong: () => sql(`INSERT INTO provider_call (id, company_id, provider, operation, outcome, http_status, duration_ms, verdict)
    VALUES (UUID(), 1, 'twilio', 'x', 'answered', 500, 1, 'failed'), (UUID(), 1, 'twilio', 'x', 'not_sent', NULL, 1, 'failed'), (UUID(), 1, 'twilio', 'x', 'answered', 200, 1, 'ok');`),
  right: () => sql("UPDATE provider_call SET verdict = 'ok';"),
}))

test('an account at a provider that is not asked', () => whileWrong('provider twilio', 'warning', {
  wrong: () => sql("INSERT INTO breaker (company_id, id, provider, state, retry_at) VALUES (1, UUID(), 'twilio', 'open', NOW(3) + INTERVAL 1 HOUR);"),
  right: () => sql('DELETE FROM breaker;'),
}))

test('a database that hangs: within seconds', async () => {
  freeze('mariadb', 'SIGSTOP')
  try {
    const began = Date.now()
    const r = await look()
    assert.ok(Date.now() - began < 20_000, `${Date.now() - began} ms`)
    assert.deepEqual([r.status, r.json.status, part(r, 'database').status], [503, 'failing', 'failing'])
    assert.ok(part(r, 'disk of the sockets'), 'what can be seen is seen')
  } finally {
    freeze('mariadb', 'SIGCONT')
  }
  await waitFor('the database', async () => await status('database') === 'ok', { timeoutMs: 15_000 })
})

/* ---- numbers for Prometheus, as its own format is read ---- */

const scrape = async (options) => request(`${stack.base}/api/health/metrics`, options)
async function numbers() {
  const r = await client.call('none', 'GET', '/api/health/metrics')
  assert.deepEqual([r.status, r.headers['content-type']], [200, 'text/plain; version=0.0.4; charset=utf-8'])
  const families = Object.fromEntries(parsePrometheus(r.text).map(f => [f.name, f]))
  // the parser keeps one histogram of a family: its series are read as what they are without types
  const samples = parsePrometheus(r.text.replace(/^#.*\n/gm, '')).flatMap(f => f.metrics.map(m => ({ name: f.name, ...m })))
  const all = (name, labels = {}) => samples.filter(m => m.name === name).filter(m => Object.entries(labels).every(([k, v]) => m.labels?.[k] === v))
  return { text: r.text, families, all, value: (name, labels) => Number(all(name, labels)[0]?.value ?? 0) }
}

test('the numbers are in the format of Prometheus, and each family once', async () => {
  const { families, text, all, value } = await numbers()
  for (const [name, type] of Object.entries({
    frontdesk_requests_total: 'COUNTER', frontdesk_request_seconds: 'HISTOGRAM', frontdesk_jobs_total: 'COUNTER', frontdesk_job_seconds: 'HISTOGRAM',
    frontdesk_webhook_lag_seconds: 'HISTOGRAM', frontdesk_bookings_total: 'COUNTER', frontdesk_provider_call_seconds: 'HISTOGRAM',
    frontdesk_queue_jobs: 'GAUGE', frontdesk_queue_oldest_seconds: 'GAUGE', frontdesk_build_info: 'GAUGE', frontdesk_uptime_seconds: 'GAUGE', frontdesk_start_time_seconds: 'GAUGE',
  })) {
    assert.equal(families[name]?.type, type, name)
    assert.ok(families[name].help.endsWith('.'), name)
  }
  assert.equal(new Set(text.split('\n').filter(l => l.startsWith('# TYPE'))).size, text.split('\n').filter(l => l.startsWith('# TYPE')).length)
  assert.doesNotMatch(text, /[0-9a-f]{8}-[0-9a-f]{4}-/, 'no ids')
  assert.match(all('frontdesk_build_info')[0].labels.version, /^\d/)
  for (const { labels, value: total } of all('frontdesk_request_seconds_count')) {
    const buckets = all('frontdesk_request_seconds_bucket', labels).map(m => ({ le: Number(m.labels.le.replace('+Inf', 'Infinity')), n: Number(m.value) })).sort((x, y) => x.le - y.le)
    assert.equal(buckets.length, 15)
    for (let i = 1; i < buckets.length; i++) assert.ok(buckets[i].n >= buckets[i - 1].n, 'buckets hold all that is not more')
    assert.equal(buckets.at(-1).n, Number(total))
    assert.ok(value('frontdesk_request_seconds_sum', labels) >= 0)
  }
  assert.ok(all('frontdesk_request_seconds_count').length > 2)
})

test('a call that ends in a booking is counted all the way', async () => {
  const before = await numbers()
  const route = { route: '/webhooks/retell/{hook}', method: 'POST', status: '2xx' }
  const services = (await client.call('salon', 'GET', '/api/v2/services')).json.data
  const day = n => new Date(Date.now() + n * 86_400_000).toISOString().slice(0, 10)
  const haircut = services.find(s => s.name === 'Haircut').id
  const free = (await client.call('salon', 'GET', `/api/v2/availability?service_id=${haircut}&from=${day(3)}&to=${day(10)}`)).json.slots
  const booked = await client.call('salon', 'POST', '/api/v2/bookings', { json: { service_id: haircut, starts_at: free[0].starts_at, customer: { name: 'Nora Nummer', phone: '+4915112340000' } } })
  assert.equal(booked.status, 201, booked.text)
  const hook = retellRequest({ callId: 'call_of_the_numbers', event: 'call_analyzed' })
  assert.equal((await request(stack.base + hook.path, hook)).status, 204)
  assert.equal((await client.call('salon', 'GET', `/api/v2/customers/${crypto.randomUUID()}`)).status, 404)
  assert.equal((await request(`${stack.base}/api/v2/nonsense/${crypto.randomUUID()}`)).status, 404)

  const grew = async (name, labels, by = 1) => waitFor(`${name} ${JSON.stringify(labels)}`, async () => {
    const now = await numbers()
    return now.value(name, labels) - before.value(name, labels) >= by
  }, { timeoutMs: 20_000 })
  await grew('frontdesk_requests_total', route)
  await grew('frontdesk_requests_total', { route: '/api/v2/customers/{id}', method: 'GET', status: '4xx' })
  await grew('frontdesk_requests_total', { route: 'other', method: 'other', status: '4xx' })
  await grew('frontdesk_request_seconds_count', { route: '/api/v2/bookings', method: 'POST' })
  await grew('frontdesk_jobs_total', { kind: 'inbox.retell', outcome: 'done' })
  await grew('frontdesk_webhook_lag_seconds_count', { provider: 'retell' })
  await grew('frontdesk_bookings_total', { source: booked.json.source })
  await grew('frontdesk_provider_call_seconds_count', { provider: 'twilio', outcome: 'ok' })
  await grew('frontdesk_job_seconds_count', { kind: 'notification.send' })
  const now = await numbers()
  assert.equal(now.value('frontdesk_uncounted_total'), 0)
  assert.ok(now.value('frontdesk_webhook_lag_seconds_sum', { provider: 'retell' }) < 60)
})

test('numbers are for this machine, and for who has the token', async () => {
  const token = readFileSync(join(stack.var, 'secrets', 'metrics_token'), 'utf8').trim()
  const far = { 'X-Forwarded-For': '203.0.113.7' }
  assert.equal((await scrape({ headers: far })).status, 403)
  assert.equal((await scrape({ headers: { ...far, Authorization: `Bearer ${token}` } })).status, 200)
  for (const wrong of ['nonsense', token.slice(1), `${token}x`, '']) assert.equal((await scrape({ headers: { Authorization: `Bearer ${wrong}` } })).status, 401)
  assert.equal((await scrape({ headers: { Authorization: `Bearer ${await client.token('admin')}` } })).status, 401)
})

test('workers that are killed leave the numbers whole', async () => {
  const route = { route: '/api/v2/services', method: 'GET', status: '2xx' }
  await client.call('salon', 'GET', '/api/v2/services')
  const before = (await numbers()).value('frontdesk_requests_total', route)
  for (const pid of partMembers(stack, 'api').slice(1)) signal(pid, 'SIGKILL')
  await waitFor('new workers', async () => (await client.call('salon', 'GET', '/api/v2/services')).status === 200, { timeoutMs: 15_000 })
  assert.ok((await numbers()).value('frontdesk_requests_total', route) > before)
})
