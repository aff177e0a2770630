// Cases are data: tests/api/cases/*.json. A case is a list of steps
//   {"as":"salon", "send":"POST /api/v2/…", "headers":{}, "body":{…} | "raw":"…" | "bytes":"base64",
//    "status":201, "reply":{…pattern…}, "reply_headers":{"retry-after":"*"}, "keep":{"id":"id"},
//    "keep_headers":{"tag":"etag"}, "db":3, "arena":65536, "within":10}
// {name} in send, headers, body and reply stands for what an earlier step kept,
// or for a fact of the demo data ({haircut}, {anna}, {workday+1} …). db and
// arena: at most so many calls of the database and bytes of memory, as the
// server's log says. A worker remembers for 5 s who asks: a GET is repeated until
// one is asked again and the least counts; anything else may need one call more.
// within: a step is repeated until it fits, for so many seconds.
import { readFileSync, readdirSync } from 'node:fs'
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { sleep } from '../support/http.mjs'
import { requestLog } from '../support/log.mjs'
import { difference } from './client.mjs'

const API_WORKERS = 4 // of systemd/run-local

const folder = new URL('./cases/', import.meta.url)

function fill(value, kept) {
  if (typeof value === 'string') {
    return value.replace(/\{([\w+-]+)\}/g, (all, name) => (name in kept ? kept[name] : all))
  }
  if (Array.isArray(value)) return value.map(v => fill(v, kept))
  if (value && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, fill(v, kept)]))
  }
  return value
}

function options(step, kept) {
  const headers = fill(step.headers ?? {}, kept)
  if ('raw' in step || 'bytes' in step) {
    const body = 'bytes' in step ? Buffer.from(step.bytes, 'base64') : Buffer.from(expand(fill(step.raw, kept)))
    return { body, headers: { 'Content-Type': 'application/json', ...headers } }
  }
  return 'body' in step ? { json: fill(step.body, kept), headers } : { headers }
}

/* "<1000*[>": that text so often */
function expand(raw) {
  return raw.replace(/<(\d+)\*([^>]*)>/g, (_, n, text) => text.repeat(Number(n)))
}

const path = (object, dotted) => dotted.split('.').reduce((o, k) => o?.[k], object)

/* One request, or several equal ones, of which the least use is kept. */
async function measured(client, step, kept, folder, [method, address]) {
  const ids = Array.from({ length: method === 'GET' ? API_WORKERS + 1 : 1 }, () => randomUUID())
  let r
  for (const id of ids) {
    const o = options(step, kept)
    r = await client.call(step.as ?? 'none', method, address, { ...o, headers: { ...o.headers, 'X-Request-Id': id } })
  }
  const used = ids.map(id => requestLog(folder, id))
  assert.ok(used.every(Boolean), `the logs under ${folder} have no line of ${method} ${address}`)
  for (const what of ['db', 'arena'].filter(w => w in step)) {
    const least = Math.min(...used.map(u => Number(u[what])))
    const most = step[what] + (what === 'db' && method !== 'GET' && step.as ? 1 : 0)
    assert.ok(least <= most, `${method} ${address}: ${what} ${least}, at most ${most} are meant`)
  }
  return r
}

async function runOnce(client, step, kept, folder) {
  const [method, address] = fill(step.send, kept).split(' ')
  const r = ('db' in step || 'arena' in step) && folder
    ? await measured(client, step, kept, folder, [method, address])
    : await client.call(step.as ?? 'none', method, address, options(step, kept))
  const where = `${method} ${address}\n${r.text.slice(0, 1500)}`

  assert.equal(r.status, step.status, where)
  if (step.reply !== undefined) assert.equal(difference(fill(step.reply, kept), r.json), null, where)
  for (const [name, pattern] of Object.entries(step.reply_headers ?? {})) {
    assert.equal(difference(pattern, r.headers[name]), null, `header ${name} of ${where}`)
  }
  if (step.errors) assert.deepEqual(r.json.errors.map(e => e.field).sort(), [...step.errors].sort(), where)
  for (const [name, at] of Object.entries(step.keep ?? {})) kept[name] = path(r.json, at)
  for (const [name, header] of Object.entries(step.keep_headers ?? {})) kept[name] = r.headers[header]
}

/* What jobs change is asked for until they have. */
async function run(client, step, kept, folder) {
  const until = Date.now() + (step.within ?? 0) * 1000

  for (;;) {
    try {
      return await runOnce(client, step, kept, folder)
    } catch (e) {
      if (!(e instanceof assert.AssertionError) || Date.now() >= until) throw e
    }
    await sleep(100)
  }
}

/** Registers a test per case of every file; facts() gives the demo data, and
 * folder() the stack's, undefined when nobody knows it (limits are not looked at). */
export function registerCases(getClient, facts, getFolder) {
  for (const file of readdirSync(folder).filter(f => f.endsWith('.json')).sort()) {
    const cases = JSON.parse(readFileSync(new URL(file, folder), 'utf8'))
    for (const [name, steps] of Object.entries(cases)) {
      test(`${file.replace('.json', '')}: ${name}`, async () => {
        const kept = { ...await facts() }
        for (const step of steps) await run(getClient(), step, kept, getFolder())
      })
    }
  }
}
