// Cases are data: tests/api/cases/*.json. A case is a list of steps
//   {"as":"salon", "send":"POST /api/v2/…", "headers":{}, "body":{…} | "raw":"…" | "bytes":"base64",
//    "status":201, "reply":{…pattern…}, "reply_headers":{"retry-after":"*"}, "keep":{"id":"id"}}
// {name} in send, headers, body and reply stands for what an earlier step kept,
// or for a fact of the demo data ({haircut}, {anna}, {workday+1} …).
import { readFileSync, readdirSync } from 'node:fs'
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { difference } from './client.mjs'

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

async function run(client, step, kept) {
  const [method, address] = fill(step.send, kept).split(' ')
  const r = await client.call(step.as ?? 'none', method, address, options(step, kept))
  const where = `${method} ${address}\n${r.text.slice(0, 1500)}`

  assert.equal(r.status, step.status, where)
  if (step.reply !== undefined) assert.equal(difference(fill(step.reply, kept), r.json), null, where)
  for (const [name, pattern] of Object.entries(step.reply_headers ?? {})) {
    assert.equal(difference(pattern, r.headers[name]), null, `header ${name} of ${where}`)
  }
  if (step.errors) assert.deepEqual(r.json.errors.map(e => e.field).sort(), [...step.errors].sort(), where)
  for (const [name, at] of Object.entries(step.keep ?? {})) kept[name] = path(r.json, at)
}

/** Registers a test per case of every file; facts() gives the demo data. */
export function registerCases(getClient, facts) {
  for (const file of readdirSync(folder).filter(f => f.endsWith('.json')).sort()) {
    const cases = JSON.parse(readFileSync(new URL(file, folder), 'utf8'))
    for (const [name, steps] of Object.entries(cases)) {
      test(`${file.replace('.json', '')}: ${name}`, async () => {
        const kept = { ...await facts() }
        for (const step of steps) await run(getClient(), step, kept)
      })
    }
  }
}
