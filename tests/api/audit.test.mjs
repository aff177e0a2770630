// The audit log over HTTP: files of it, refusals, and what frontdeskctl says
// when somebody changes it behind the programs' backs.
import { after, before, test } from 'node:test'
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { waitFor } from '../support/http.mjs'
import { logTail } from '../support/log.mjs'
import { sqlOn } from '../support/sql.mjs'
import { startStack } from '../support/stack.mjs'
import { endStack } from './audited.mjs'
import { makeClient } from './client.mjs'
import { addPerson } from './people.mjs'

const BUILD = process.env.TEST_BUILD ?? fileURLToPath(new URL('../../build', import.meta.url))
const SEALED_WITHIN_MS = 40_000 // a period is 10 s, the worker looks every 5

let stack
let client
let sql

before(async () => {
  stack = await startStack({
    port: Number(process.env.TEST_PORT ?? 18080),
    args: process.env.TEST_BUILD ? ['--build', process.env.TEST_BUILD] : [],
  })
  client = await makeClient(stack.base)
  sql = sqlOn(stack)
}, { timeout: 120_000 })

after(() => endStack(stack, client))

const get = (path, who = 'salon') => client.call(who, 'GET', `/api/v2/audit${path}`)

async function customer(name, headers = {}) {
  const r = await client.call('salon', 'POST', '/api/v2/customers', { json: { name }, headers })
  assert.equal(r.status, 201, r.text)
  return r.json.id
}

function ctl(...args) {
  const r = spawnSync(join(BUILD, 'frontdeskctl'), ['-c', join(stack.var, 'frontdesk.yaml'), 'audit', ...args], { encoding: 'utf8', timeout: 60_000 })
  return { status: r.status, text: r.stdout + r.stderr, lines: r.stdout.split('\n').filter(Boolean) }
}

/* A CSV of quoted cells as objects. */
function parse(csv) {
  const [head, ...lines] = csv.split('\r\n').slice(0, -1)
  const names = head.split(',')
  return lines.map((line) => {
    const cells = [...`${line},`.matchAll(/(?:"((?:[^"]|"")*)")?,/g)].map(m => m[1]?.replaceAll('""', '"') ?? null)
    assert.equal(cells.length, names.length, line)
    return Object.fromEntries(cells.map((v, i) => [names[i], v]))
  })
}

test('a saved log has what the list has, and no formulas', async () => {
  const id = await customer('Formula', { 'X-Request-Id': '-1-2.3' })
  await sql(`INSERT INTO audit_entry (company_id, id, actor_kind, action, subject, note)
    SELECT id, UUID(), 'system', 'test.formula', 'test', '=HYPERLINK("http://x.example","a,b")' FROM company WHERE slug = 'salon-morgenrot';`)
  const list = (await get('?limit=100')).json.data
  const csv = await get('/export?format=csv')
  assert.equal(csv.headers['content-type'], 'text/csv; charset=utf-8')
  assert.equal(csv.headers['content-disposition'], 'attachment; filename="audit.csv"')
  const rows = parse(csv.text)
  assert.deepEqual(rows.map(r => r.id).slice(0, list.length), list.map(r => r.id))
  assert.deepEqual(Object.keys(rows[0]), Object.keys(list[0]))
  assert.equal(rows.find(r => r.action === 'test.formula').note, '\'=HYPERLINK("http://x.example","a,b")')
  assert.equal(rows.find(r => r.subject_id === id).request_id, "'-1-2.3")
  const lines = await get(`/export?format=ndjson&from=${list[0].created_at}`)
  assert.equal(lines.headers['content-type'], 'application/x-ndjson')
  const last = lines.text.trim().split('\n').map(l => JSON.parse(l))
  assert.deepEqual(last.map(e => e.id), list.filter(e => e.created_at >= list[0].created_at).map(e => e.id))
  assert.equal((await get('/export', 'none')).status, 401)
  assert.ok(!(await get('/export?format=ndjson', 'dental')).text.includes(id))
})

test('who may not is refused, and that is in the log, but not each time', async () => {
  const staff = await addPerson(sql, 'refused', { 'salon-morgenrot': 'staff' })
  const tries = 40
  for (let i = 0; i < tries; i++) assert.equal((await get('', staff)).status, 403)
  assert.equal((await client.call(staff, 'POST', '/api/v2/staff', { json: {} })).status, 403)
  const entries = (await get('?action=request.refuse&limit=100')).json.data.filter(e => e.actor_name === 'refused')
  const log = entries.filter(e => e.note.startsWith('GET /api/v2/audit needs audit.read'))
  assert.ok(log.length >= 1 && log.length <= 8, `${log.length} entries of ${tries} refusals by four workers, in two minutes at most`)
  assert.equal(entries.filter(e => e.note === 'POST /api/v2/staff needs staff.write').length, 1)
  assert.ok(entries.every(e => e.actor_kind === 'user' && e.subject_id === null && e.remote_address && e.request_id))
  const [[other]] = await sql("SELECT uid FROM company WHERE slug = 'bright-smile'")
  assert.equal((await client.call(staff, 'GET', '/api/v2/calls', { headers: { 'X-Company-Id': other } })).status, 403)
  const [[note]] = await sql("SELECT note FROM audit_entry WHERE company_id = 0 AND action = 'request.refuse'")
  assert.equal(note, 'GET /api/v2/calls is in a company of others')
})

test('what is written is sealed soon, and the head is known', { timeout: 90_000 }, async () => {
  const id = await customer('Sealed')
  await waitFor('the seal', async () => (await get(`?subject_id=${id}`)).json.data[0].seal > 0, { timeoutMs: SEALED_WITHIN_MS })
  const { status, text, lines } = ctl('head', '--company', 'salon-morgenrot')
  assert.equal(status, 0, text)
  assert.equal(lines.length, 1)
  const state = (await get('/verify')).json
  assert.deepEqual([state.ok, state.findings], [true, []])
  assert.match(state.head, /^[0-9a-f]{64}$/)
  assert.ok(state.sealed > 0 && state.checked === state.sealed)
  assert.match(lines[0], new RegExp(`^company=[0-9a-f-]{36} seq=${state.sealed} hash=${state.head}$`))
  assert.ok(logTail(stack.var, 'worker').includes(`hash=${state.head}`), 'it is in the log of the worker')
})

test('frontdeskctl names what was changed, and what is missing at the end', { timeout: 90_000 }, async () => {
  const heads = join(stack.var, 'heads')
  const id = await customer('Tampered')
  await waitFor('the seal', async () => (await get(`?subject_id=${id}`)).json.data[0].seal > 0, { timeoutMs: SEALED_WITHIN_MS })
  assert.equal(ctl('verify').status, 0, ctl('verify').text)
  assert.match(ctl('verify').text, /^platform: .*^salon-morgenrot: \d+ entries are sealed/ms)
  writeFileSync(heads, ctl('head').text)
  const [[entry]] = await sql(`SELECT id FROM audit_entry WHERE subject_id = '${id}'`)
  await sql(`UPDATE audit_entry SET action = 'customer.creatf' WHERE id = '${entry}'`)
  const bad = ctl('verify', '--company', 'salon-morgenrot')
  assert.equal(bad.status, 1)
  assert.match(bad.text, new RegExp(`^salon-morgenrot ${entry} 20\\S+Z link \\d+: The entry was changed after it was sealed\\.$`, 'm'))
  assert.equal(ctl('verify', '--company', 'bright-smile').status, 0)
  const state = (await get('/verify')).json
  assert.deepEqual([state.ok, state.findings.map(f => f.entry_id)], [false, [entry]])
  await sql(`UPDATE audit_entry SET action = 'customer.create' WHERE id = '${entry}'`)
  assert.equal(ctl('verify', '--head', heads).status, 0)
  await sql(`DELETE e, s FROM audit_entry e JOIN audit_seal s ON s.company_id = e.company_id AND s.audit_entry_id = e.id
    WHERE s.seq >= (SELECT * FROM (SELECT MAX(x.seq) - 1 FROM audit_seal x JOIN company c ON c.id = x.company_id AND c.slug = 'salon-morgenrot') m)
      AND s.company_id = (SELECT id FROM company WHERE slug = 'salon-morgenrot')`)
  const cut = ctl('verify', '--head', heads)
  assert.equal(cut.status, 1, cut.text)
  assert.match(cut.text, /^salon-morgenrot - - link \d+: The chain ended here once/m)
})

test('what is asked of frontdeskctl wrongly is said', () => {
  assert.equal(ctl().status, 2)
  assert.equal(ctl('verify', '--company').status, 2)
  assert.equal(ctl('head', '--head', 'x').status, 2)
  assert.match(ctl('verify', '--company', 'nobody').text, /no company "nobody"/)
  assert.equal(ctl('verify', '--head', '/nowhere').status, 1)
})

test('more than an answer holds is refused in words, a part of it is had', { timeout: 120_000 }, async () => {
  await sql(`INSERT INTO audit_entry (company_id, id, actor_kind, action, subject, note, created_at)
    SELECT c.id, UUID(), 'system', 'test.many', 'test', REPEAT('x', 300), '2020-01-01' + INTERVAL seq SECOND
    FROM company c JOIN seq_1_to_60000 WHERE c.slug = 'salon-morgenrot';`)
  const all = await client.call('salon', 'GET', '/api/v2/audit/export', { timeoutMs: 60_000 })
  assert.equal(all.status, 413)
  assert.match(all.json.message, /shorter/)
  const part = await get('/export?from=2020-01-01T00:00:00Z&to=2020-01-01T02:00:00Z')
  assert.equal(part.status, 200)
  assert.equal(parse(part.text).length, 7199)
})
