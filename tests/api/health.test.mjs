// How the parts are, and numbers for Prometheus: what is said while something is
// wrong, to whom, and how soon.
import { after, before, test } from 'node:test'
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { request, waitFor } from '../support/http.mjs'
import { partMembers, signal } from '../support/process.mjs'
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
  wrong: () => sql(`INSERT INTO provider_call (id, company_id, provider, operation, outcome, http_status, duration_ms)
    VALUES (UUID(), 1, 'twilio', 'x', 'answered', 500, 1), (UUID(), 1, 'twilio', 'x', 'not_sent', NULL, 1), (UUID(), 1, 'twilio', 'x', 'answered', 200, 1);`),
  right: () => sql("UPDATE provider_call SET http_status = 200, outcome = 'answered';"),
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
