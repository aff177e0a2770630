// A phone app, from log-in to a booking over a bad connection: the refresh
// token comes in the body, a quarter of an hour offline ends the access token
// but not the session, lists are read page by page, and a booking whose answer
// was lost is asked for again and made once.
import { after, before, test } from 'node:test'
import assert from 'node:assert/strict'
import net from 'node:net'
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { request, sleep } from '../support/http.mjs'
import { startStack } from '../support/stack.mjs'
import { PASSWORD } from './client.mjs'

const PORT = Number(process.env.TEST_PORT ?? 18080)
const OFFLINE_MS = 15 * 60_000 + 1_000
const DAY_MS = 86_400_000
const clock = mkdtempSync(join(tmpdir(), 'fd-clock-'))

let stack

/* The clock of test builds only can be put forward. */
before(async () => {
  writeFileSync(join(clock, 'ahead'), '0')
  stack = await startStack({
    port: PORT,
    args: ['--build', process.env.TEST_BUILD ?? new URL('../../build/t', import.meta.url).pathname],
    env: { FRONTDESK_NOW: join(clock, 'ahead') },
  })
}, { timeout: 120_000 })

after(async () => {
  await stack?.stop()
  rmSync(clock, { recursive: true, force: true })
})

/* The app: it keeps two tokens, and refreshes when it is told 401. */
function makeApp(base) {
  const kept = {}

  async function post(path, json) {
    const r = await request(base + path, { method: 'POST', json })
    if (r.status === 200) Object.assign(kept, { access: r.json.access_token, refresh: r.json.refresh_token })
    return r
  }
  const app = {
    kept,
    refreshed: 0,
    logIn: (email, password) => post('/api/v2/auth/login', { email, password }),
    refresh: () => post('/api/v2/auth/refresh', { refresh_token: kept.refresh }),
    raw: (method, path, options = {}) => request((options.via ?? base) + path, {
      method, json: options.json, headers: { Authorization: `Bearer ${kept.access}`, ...options.headers },
    }),
    async call(method, path, options) {
      const r = await app.raw(method, path, options)
      if (r.status !== 401) return r
      app.refreshed++
      assert.equal((await app.refresh()).status, 200)
      return app.raw(method, path, options)
    },
    async pages(path, limit) {
      const rows = []
      const sizes = []
      for (let cursor = ''; cursor !== null;) {
        const r = await app.call('GET', `${path}&limit=${limit}${cursor && `&cursor=${encodeURIComponent(cursor)}`}`)
        assert.equal(r.status, 200, r.text)
        rows.push(...r.json.data)
        sizes.push(r.json.data.length)
        cursor = r.json.next_cursor
      }
      return { rows, sizes }
    },
  }
  return app
}

/* Takes a whole request to the server and cuts the line before any answer. */
function startBadLine(port) {
  const state = { cut: 0 }
  const server = net.createServer((near) => {
    const far = net.connect(port, '127.0.0.1')

    near.pipe(far)
    near.on('error', () => {})
    far.on('error', () => {})
    far.once('data', () => { /* the server has answered, and nobody hears it */
      state.cut++
      near.destroy()
      far.destroy()
    })
  })
  return new Promise(resolve => server.listen(0, '127.0.0.1', () =>
    resolve({ base: `http://127.0.0.1:${server.address().port}`, state, stop: () => server.close() })))
}

const dateIn = days => new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10)

test('a phone app through a day', { timeout: 60_000 }, async (t) => {
  const app = makeApp(stack.base)
  let service
  let slots

  await t.test('logs in, and gets the refresh token in the body and no cookie', async () => {
    const r = await app.logIn('owner@salon.example', PASSWORD)
    assert.equal(r.status, 200, r.text)
    assert.match(r.json.refresh_token, /^[\w-]{40,}$/)
    assert.equal(r.headers['set-cookie'], undefined)
    assert.equal(r.json.token_type, 'Bearer')
    service = (await app.call('GET', '/api/v2/services')).json.data.find(s => s.name === 'Haircut')
    slots = (await app.call('GET', `/api/v2/availability?service_id=${service.id}&from=${dateIn(10)}&to=${dateIn(20)}`)).json.slots
    assert.ok(slots.length > 50)
  })

  await t.test('is offline for a quarter of an hour, and goes on by refreshing', async () => {
    const before = { ...app.kept }

    writeFileSync(join(clock, 'ahead'), String(OFFLINE_MS))
    assert.equal((await app.raw('GET', '/api/v2/me')).status, 401)
    const me = await app.call('GET', '/api/v2/me')
    assert.equal(me.json.email, 'owner@salon.example')
    assert.equal(app.refreshed, 1)
    assert.notEqual(app.kept.refresh, before.refresh)
    assert.notEqual(app.kept.access, before.access)
  })

  await t.test('reads its bookings page by page: each once, in order', async () => {
    for (let i = 0; i < 7; i++) {
      const r = await app.call('POST', '/api/v2/bookings', {
        headers: { 'Idempotency-Key': randomUUID() },
        json: { service_id: service.id, starts_at: slots[i * 4].starts_at, customer: { name: `Kundin ${i}` } },
      })
      assert.equal(r.status, 201, r.text)
    }
    const path = `/api/v2/bookings?from=${dateIn(10)}&to=${dateIn(21)}&sort=starts_at`
    const { rows, sizes } = await app.pages(path, 3)
    const whole = (await app.call('GET', `${path}&limit=100`)).json.data
    assert.deepEqual(rows.map(b => b.id), whole.map(b => b.id))
    assert.equal(new Set(rows.map(b => b.id)).size, rows.length)
    assert.equal(rows.length, 7)
    assert.deepEqual(sizes, [3, 3, 1])
  })

  await t.test('books over a line that drops, asks again, and sees it once', async () => {
    const line = await startBadLine(PORT)
    const key = randomUUID()
    const options = {
      headers: { 'Idempotency-Key': key },
      json: { service_id: service.id, starts_at: slots.at(-1).starts_at, customer: { name: 'Im Funkloch' } },
    }

    await assert.rejects(app.raw('POST', '/api/v2/bookings', { ...options, via: line.base }), { name: 'Unreachable' })
    assert.equal(line.state.cut, 1, 'the server had answered')
    let again = await app.call('POST', '/api/v2/bookings', options)
    for (let i = 0; i < 20 && again.json?.code === 'idempotency_in_progress'; i++) {
      await sleep(100)
      again = await app.call('POST', '/api/v2/bookings', options)
    }
    line.stop()
    assert.equal(again.status, 201, again.text)
    assert.equal(again.headers['idempotency-replayed'], 'true')
    const third = await app.call('POST', '/api/v2/bookings', options)
    assert.equal(third.json.id, again.json.id)
    const { rows } = await app.pages(`/api/v2/bookings?from=${dateIn(10)}&to=${dateIn(21)}`, 50)
    assert.equal(rows.filter(b => b.customer_name === 'Im Funkloch').length, 1)
    /* without the key it would have been two, or a refusal */
    const other = await app.call('POST', '/api/v2/bookings', { ...options, headers: { 'Idempotency-Key': randomUUID() } })
    assert.notEqual(other.json.id, again.json.id)
  })

  await t.test('logs out, and neither token is worth anything', async () => {
    assert.equal((await app.raw('POST', '/api/v2/auth/logout')).status, 204)
    await sleep(5_500) // what a worker may remember of a session
    assert.equal((await app.raw('GET', '/api/v2/me')).status, 401)
    assert.equal((await app.refresh()).status, 401)
  })
})
