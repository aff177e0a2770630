// How often somebody may ask, with the limits of a real machine: four workers
// that count together, what they say about it, and what never stops them.
import { after, before, describe, test } from 'node:test'
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startAlone } from '../support/alone.mjs'
import { fcgiRequest } from '../support/fcgi.mjs'
import { sleep, waitFor } from '../support/http.mjs'
import { childrenOf, isAlive } from '../support/process.mjs'
import { retellRequest } from '../support/retell.mjs'
import { sqlOn } from '../support/sql.mjs'
import { startStack } from '../support/stack.mjs'
import { makeClient } from './client.mjs'
import { addKey, addPerson } from './people.mjs'

const BUILD = process.env.TEST_BUILD ?? fileURLToPath(new URL('../../build', import.meta.url))
const WORKERS = 4
const SALON = { 'salon-morgenrot': 'owner' }

let stack
let client
let sql
let folder

before(async () => {
  stack = await startStack({ port: Number(process.env.TEST_PORT ?? 18080), args: ['--build', BUILD] })
  client = await makeClient(stack.base)
  sql = sqlOn(stack)
  folder = mkdtempSync(join(tmpdir(), 'fd-limits-'))
}, { timeout: 120_000 })

after(async () => {
  await stack?.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** Workers by themselves beside the stack's database, with a run folder of their own. */
async function startWorkers(name, limits = '', { run = join(folder, name) } = {}) {
  const file = join(folder, `${name}.yaml`)
  const text = readFileSync(join(stack.var, 'frontdesk.yaml'), 'utf8')
  mkdirSync(join(folder, name), { recursive: true })
  writeFileSync(file, text.replace(/factor: \d+/, `factor: 1\n${limits}`).replace(/run_dir: .*/, `run_dir: "${run}"`))
  const pool = await startAlone(
    ['/usr/bin/env', 'multiwatch', '-f', String(WORKERS), '-r', '1000000', '--', join(BUILD, 'frontdesk-fcgi'), '-c', file],
    { env: { ASAN_OPTIONS: 'detect_leaks=0' } })
  await waitFor('workers', () => childrenOf(pool.pid).length === WORKERS)
  return {
    ...pool,
    ask: (path, headers, more) => fcgiRequest(pool.socket, { path, headers, ...more }),
    send: (request) => fcgiRequest(pool.socket, request),
  }
}

const bearer = async (who) => ({ Authorization: `Bearer ${await client.token(who)}` })
const json = (r) => JSON.parse(r.text)

/** Asks as fast as it can until so many were refused; the answers, in order. */
async function hammer(ask, refused, ms = 30_000) {
  const until = Date.now() + ms
  const answers = []
  let n = 0
  await Promise.all(Array.from({ length: 16 }, async () => {
    while (n < refused && Date.now() < until) {
      const r = await ask()
      answers.push(r)
      n += r.status === 429
    }
  }))
  return answers
}

const withStatus = (answers, status) => answers.filter((r) => r.status === status)

function assertRefused(r) {
  assert.equal(r.status, 429, r.text)
  assert.equal(json(r).code, 'rate_limited')
  assert.match(r.headers['retry-after'], /^[1-9]\d*$/)
}

function headersOf(r) {
  return ['limit', 'remaining', 'reset', 'policy'].map((h) => r.headers[`ratelimit-${h}`])
}

describe('people and keys', () => {
  let pool

  before(async () => { pool = await startWorkers('people') })
  after(async () => { await pool?.end() })

  test('are told where they stand', async () => {
    const me = await bearer(await addPerson(sql, 'told', SALON))
    const key = await bearer(await addKey(sql, 'told', 'owner'))
    const first = await pool.ask('/api/v2/me', me)
    assert.deepEqual(headersOf(first), ['300', '299', '1', '1200;w=60;burst=300'], first.text)
    // 20 are paid back in a second
    const second = Number((await pool.ask('/api/v2/nothing-like/that', me)).headers['ratelimit-remaining'] ?? 0)
    assert.equal(second, 0, 'what is not there asks nobody who he is')
    const wrong = await pool.ask('/api/v2/calls?nonsense=1', me)
    assert.equal(wrong.status, 422)
    assert.match(wrong.headers['ratelimit-remaining'], /^29[89]$/)
    const with_key = await pool.ask('/api/v2/branches', key)
    assert.deepEqual(headersOf(with_key), ['600', '599', '1', '3000;w=60;burst=600'])
    for (const [path, headers] of [['/api/health'], ['/api/v2/public/salon-morgenrot'], ['/api/v2/me', { Authorization: 'Bearer x.y.z' }]]) {
      assert.deepEqual(headersOf(await pool.ask(path, headers)), [undefined, undefined, undefined, undefined], path)
    }
  })

  for (const [what, make, path, burst, rate] of [
    ['a person', addPerson, '/api/v2/me', 300, 20], ['a key', (s, name) => addKey(s, name, 'owner'), '/api/v2/branches', 600, 50],
  ]) {
    test(`${what} gets exactly as much from four workers as is allowed`, async () => {
      const me = await bearer(await make(sql, 'greedy', SALON))
      const other = await bearer(await make(sql, 'modest', SALON))
      const began = process.hrtime.bigint()
      const answers = await hammer(() => pool.ask(path, me), 200)
      const seconds = Number(process.hrtime.bigint() - began) / 1e9
      const served = withStatus(answers, 200).length
      const allowed = burst + rate * seconds

      assert.equal(served + withStatus(answers, 429).length, answers.length)
      assert.ok(served <= allowed * 1.05 && served >= allowed * 0.95, `${served} of ${answers.length} served, ${allowed} allowed`)
      const refused = withStatus(answers, 429)[0]
      assertRefused(refused)
      assert.deepEqual([refused.headers['ratelimit-limit'], refused.headers['ratelimit-remaining']], [String(burst), '0'])
      assert.equal((await pool.ask(path, other)).status, 200, 'somebody else')
      await sleep(1100)
      assert.equal((await pool.ask(path, me)).status, 200, 'a second later')
    })
  }

  test('too many is said after "who are you" and before everything else', async () => {
    const email = await addPerson(sql, 'order', SALON)
    const me = await bearer(email)
    await hammer(() => pool.ask('/api/v2/me', me), 1)
    const post = { method: 'POST', headers: { ...me, 'Content-Type': 'application/json' } }
    for (const [status, path, headers, more] of [
      [415, '/api/v2/branches', me, { method: 'POST', body: 'x' }],
      [404, '/api/v2/nothing', me],
      [401, '/api/v2/branches', { Authorization: 'Bearer x' }],
      [429, '/api/v2/branches', { ...me, 'X-Company-Id': '01900000-0000-7000-8000-000000000000' }],
      [429, '/api/v2/branches/01900000-0000-7000-8000-000000000000', me],
      [429, '/api/v2/branches', post.headers, { ...post, body: '{' }],
    ]) {
      const answers = await Promise.all(Array.from({ length: 8 }, () => pool.ask(path, headers, more)))
      assert.ok(withStatus(answers, status).length >= 1, `${status} ${path}: ${answers.map((r) => r.status)}`)
      if (status !== 429) assert.equal(withStatus(answers, 429).length, 0, path)
    }
  })

  test('a worker that is killed holds up nobody, and forgets nothing', async () => {
    const me = await bearer(await addPerson(sql, 'killed', SALON))
    const began = Date.now()
    const killer = (async () => {
      for (let i = 0; i < 8; i++) {
        await sleep(250)
        const victim = childrenOf(pool.pid)[i % WORKERS]
        if (victim && isAlive(victim)) process.kill(victim, 'SIGKILL')
      }
    })()
    const answers = await hammer(() => pool.ask('/api/v2/me', me), Infinity, 3000)
    const allowed = 300 + 20 * (Date.now() - began) / 1000
    await killer
    const served = withStatus(answers, 200).length
    assert.ok(withStatus(answers, 429).length > 0)
    assert.ok(served <= allowed * 1.05, `${served} served, ${allowed} allowed`)
    await waitFor('all workers', () => childrenOf(pool.pid).length === WORKERS)
    await sleep(1100)
    assert.equal((await pool.ask('/api/v2/me', me)).status, 200)
  })
})

describe('webhooks', () => {
  const stored = async () => Number((await sql('SELECT COUNT(*) FROM inbox_event;'))[0][0])
  let n = 0
  const event = (more = {}) => retellRequest({ event: 'call_started', callId: `call_limit_${n += 1}`, ...more })

  test('count once they are verified, by integration; one beyond is not stored and is taken later', async (t) => {
    const pool = await startWorkers('hooks', '  hook: 60\n  hook_burst: 20')
    t.after(() => pool.end())
    const before = await stored()
    const forged = () => ({ ...event(), headers: { 'Content-Type': 'application/json', 'X-Retell-Signature': 'v=1,d=00' } })
    const lies = await Promise.all(Array.from({ length: 100 }, () => pool.send(forged())))
    assert.equal(withStatus(lies, 401).length, 100, 'what anybody sends is refused, and not counted')
    const began = Date.now()
    const requests = Array.from({ length: 40 }, () => event())
    const answers = await Promise.all(requests.map((r) => pool.send({ ...r, address: '192.0.2.7' })))
    const taken = withStatus(answers, 204).length
    assert.ok(taken >= 20 && taken <= 21 + (Date.now() - began) / 1000, `${taken} taken`)
    withStatus(answers, 429).forEach(assertRefused)
    assert.equal(await stored(), before + taken)
    const others = await Promise.all(Array.from({ length: 10 }, () =>
      pool.send({ ...event({ hook: 'demo-dental', key: 'key_demo_dental', to: '+12125550123', agent: 'agent_demo_dental' }), address: '192.0.2.7' })))
    assert.equal(withStatus(others, 204).length, 10, 'another integration from the same address')
    const late = requests[answers.findIndex((r) => r.status === 429)]
    const wait = Number(answers.find((r) => r.status === 429).headers['retry-after'])
    await sleep(wait * 1000 + 50)
    assert.equal((await pool.send(late)).status, 204)
    assert.equal(await stored(), before + taken + 11)
  })

  test('of the platform\'s own account are not counted', async (t) => {
    const pool = await startWorkers('platform', '  hook: 60\n  hook_burst: 5')
    t.after(() => pool.end())
    const answers = await Promise.all(Array.from({ length: 30 }, () =>
      pool.send(event({ hook: null, key: 'key_demo_platform', to: '+4930999999', agent: 'agent_unknown' }))))
    assert.equal(withStatus(answers, 204).length, 30)
  })
})

describe('without a table', () => {
  test('everybody is served, and the log says so once a process', async (t) => {
    const pool = await startWorkers('missing', '  user: 60\n  user_burst: 20', { run: join(folder, 'no-such-folder') })
    t.after(() => pool.end())
    const me = await bearer(await addPerson(sql, 'uncounted', SALON))
    await waitFor('the lines', () => pool.said().match(/ m=limits /g)?.length === WORKERS)
    const answers = await hammer(() => pool.ask('/api/v2/me', me), 1, 3000)
    assert.ok(answers.length > 100)
    assert.equal(withStatus(answers, 200).length, answers.length)
    assert.deepEqual(headersOf(answers[0]), [undefined, undefined, undefined, undefined])
    assert.ok(!pool.said().includes(' m=limits '), 'not with every request')
  })

  test('a table that is removed is made anew by the next worker', async (t) => {
    const pool = await startWorkers('removed')
    t.after(() => pool.end())
    const me = await bearer(await addPerson(sql, 'removed', SALON))
    const table = join(folder, 'removed', 'limits')
    assert.equal((await pool.ask('/api/v2/me', me)).status, 200)
    rmSync(table)
    assert.equal((await pool.ask('/api/v2/me', me)).status, 200)
    process.kill(childrenOf(pool.pid)[0], 'SIGTERM')
    await waitFor('the table', () => existsSync(table))
    assert.equal((await pool.ask('/api/v2/me', me)).status, 200)
  })
})
