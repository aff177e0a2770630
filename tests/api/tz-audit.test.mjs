// frontdeskctl tz-audit: zone data made by zic from a changed rule, against
// visits that were booked under the system's.
import { after, before, test } from 'node:test'
import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { sqlOn } from '../support/sql.mjs'
import { startStack } from '../support/stack.mjs'
import { makeClient } from './client.mjs'

const BUILD = process.env.TEST_BUILD ?? fileURLToPath(new URL('../../build', import.meta.url))
const SYSTEM_ZONES = '/usr/share/zoneinfo/tzdata.zi'
const VERSION = '2099z'
const HOUR = 3_600_000

let stack
let client
let sql
let zones
const visits = {}

const day = n => new Date(Date.now() + n * 86_400_000).toISOString().slice(0, 10)

/* Berlin's clocks from that day on: an hour further ahead. */
function makeZones(from) {
  const offset = /GMT\+(\d)/.exec(new Intl.DateTimeFormat('en', { timeZone: 'Europe/Berlin', timeZoneName: 'shortOffset' })
    .format(new Date(`${from}T12:00:00Z`)))[1]
  const [year, month, date] = from.split('-').map(Number)
  const name = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ')[month - 1]
  const text = readFileSync(SYSTEM_ZONES, 'utf8')
    .replace(/^# version .*/, `# version ${VERSION}`)
    .replace(/^(Z Europe\/Berlin [^]*?\n1 E CE%sT)\n/m, `$1 ${year} ${name} ${date}\n${Number(offset) + 1} - NEW\n`)

  assert.match(text, /^\d - NEW$/m, 'the rule is changed')
  zones = mkdtempSync(join(tmpdir(), 'fd-zones-'))
  writeFileSync(join(zones, 'tzdata.zi'), text)
  execFileSync('/usr/sbin/zic', ['-d', zones, join(zones, 'tzdata.zi')], { stdio: 'pipe' })
}

function audit(options = [], env = { TZDIR: zones }) {
  const r = spawnSync(join(BUILD, 'frontdeskctl'), ['-c', join(stack.var, 'frontdesk.yaml'), 'tz-audit', ...options],
    { encoding: 'utf8', env: { ...process.env, ...env }, timeout: 60_000 })
  return { status: r.status, text: r.stdout + r.stderr, ids: [...r.stdout.matchAll(/^\S+ ([0-9a-f-]{36}) /gm)].map(m => m[1]) }
}

/* Everything that a visit is: its row, its parts and what it takes. */
const state = async id => (await sql(`
  SELECT starts_at, ends_at, local_start, tz_version, status, version FROM appointment WHERE id = '${id}';
  SELECT starts_at, ends_at, staff_id FROM appointment_segment WHERE appointment_id = '${id}' ORDER BY starts_at;
  SELECT resource_id, lane, starts_at, ends_at FROM occupancy WHERE appointment_id = '${id}' ORDER BY starts_at;`))
const instants = rows => rows.map(r => r.filter(v => /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}$/.test(v)).map(v => Date.parse(`${v.replace(' ', 'T')}Z`)))
const everything = async () => Object.fromEntries(await Promise.all(Object.entries(visits).map(async ([k, id]) => [k, await state(id)])))

before(async () => {
  stack = await startStack({
    port: Number(process.env.TEST_PORT ?? 18080),
    args: process.env.TEST_BUILD ? ['--build', process.env.TEST_BUILD] : [],
  })
  client = await makeClient(stack.base)
  sql = sqlOn(stack)
  makeZones(day(20))
  const list = async (who, path) => (await client.call(who, 'GET', `/api/v2/${path}`)).json.data
  const named = (rows, name) => rows.find(r => r.name === name).id
  const [services, staff, dental] = await Promise.all([list('salon', 'services'), list('salon', 'staff'), list('dental', 'services')])
  const haircut = named(services, 'Haircut')
  const anna = named(staff, 'Anna')
  async function book(name, who, wish, from, hour = null) {
    const days = `from=${day(from)}&to=${day(from + 10)}`
    const q = `service_id=${wish.service_id}${wish.staff_id ? `&staff_id=${wish.staff_id}` : ''}`
    const slots = (await client.call(who, 'GET', `/api/v2/availability?${q}&${days}`)).json.slots
    const slot = slots.find(s => hour === null || s.local_start.endsWith(hour))
    const r = await client.call(who, 'POST', '/api/v2/bookings', { json: { ...wish, starts_at: slot.starts_at, customer: { name } } })
    assert.equal(r.status, 201, r.text)
    visits[name] = r.json.id
    return r.json
  }
  await book('before', 'salon', { service_id: haircut, staff_id: anna }, 10)
  // three in a row: each comes to lie where another was
  for (const hour of ['T10:00', 'T11:00', 'T12:00']) await book(hour, 'salon', { service_id: haircut, staff_id: anna }, 25, hour)
  await book('composite', 'salon', { service_id: named(services, 'Cut & Colour') }, 40)
  await book('blocked', 'salon', { service_id: haircut, staff_id: anna }, 55, 'T11:00')
  await book('cancelled', 'salon', { service_id: haircut, staff_id: anna }, 56, 'T15:00')
  assert.equal((await client.call('salon', 'POST', `/api/v2/bookings/${visits.cancelled}/cancel`, { json: {} })).status, 200)
  await book('new york', 'dental', { service_id: named(dental, 'Cleaning') }, 40)
  await sql(`INSERT INTO occupancy (company_id, id, resource_id, starts_at, ends_at, kind)
    SELECT company_id, UUID(), resource_id, starts_at - INTERVAL 1 HOUR, ends_at - INTERVAL 1 HOUR, 'block'
    FROM occupancy WHERE appointment_id = '${visits.blocked}';`)
}, { timeout: 120_000 })

after(async () => {
  await stack?.stop()
  if (zones) rmSync(zones, { recursive: true, force: true })
})

const MOVED = ['T10:00', 'T11:00', 'T12:00', 'composite']
const UNTOUCHED = ['before', 'cancelled', 'new york']
const idsOf = names => names.map(n => visits[n]).sort()

test('under the zone data of the bookings nothing is wrong', () => {
  const r = audit([], {})
  assert.equal(r.status, 0, r.text)
  assert.match(r.text, /every visit begins when it should/)
})

test('visits behind the change are listed, and nothing else happens', async () => {
  const was = await everything()
  const r = audit()

  assert.equal(r.status, 1, r.text)
  assert.deepEqual(r.ids.sort(), idsOf([...MOVED, 'blocked']))
  assert.match(r.text, new RegExp(`by ${VERSION}: moves$`, 'm'))
  assert.deepEqual(await everything(), was)
})

test('--fix moves them an hour, parts and all; the one in whose way something is stays, with a task', async () => {
  const was = await everything()
  const r = audit(['--fix'])

  assert.equal(r.status, 1, r.text)
  assert.match(r.text, /5 visits were wrong, 1 are/)
  const is = await everything()
  for (const name of UNTOUCHED) assert.deepEqual(is[name], was[name], name)
  for (const name of MOVED) {
    assert.deepEqual(instants(is[name]), instants(was[name]).map(row => row.map(ms => ms - HOUR)), name)
    assert.equal(is[name][0][2], was[name][0][2], 'the clock on the wall is the same')
    assert.equal(is[name][0][3], VERSION)
    assert.equal(is[name][0][4], 'confirmed')
    assert.ok(Number(is[name][0][5]) > Number(was[name][0][5]), 'another version')
  }
  assert.equal(is.composite.filter(row => row.length === 4).length, 3, 'all that it takes')
  assert.equal(is.blocked[0][4], 'needs_attention')
  assert.deepEqual(is.blocked.slice(1), was.blocked.slice(1))
  const tasks = (await client.call('salon', 'GET', '/api/v2/tasks?status=open&limit=100')).json.data
  assert.match(tasks.find(t => t.kind === 'time_zone_changed').detail, /something else is taken at that time/)
})

test('again, nothing but what is still in the way is left; then that moves, too', async () => {
  const r = audit(['--fix'])
  assert.deepEqual([r.status, r.ids], [1, [visits.blocked]], r.text)
  assert.equal((await sql("SELECT COUNT(*) FROM task WHERE kind = 'time_zone_changed'"))[0][0], '1')
  await sql("DELETE FROM occupancy WHERE kind = 'block'")
  assert.equal(audit(['--fix']).status, 0)
  const last = audit()
  assert.deepEqual([last.status, last.ids], [0, []], last.text)
})

test('the other way round: what moves to a later hour makes room from its end', async () => {
  const was = await everything()
  const r = audit(['--fix'], {})

  assert.equal(r.status, 0, r.text)
  assert.deepEqual(r.ids.sort(), idsOf([...MOVED, 'blocked']))
  const is = await everything()
  for (const name of MOVED) assert.deepEqual(instants(is[name]), instants(was[name]).map(row => row.map(ms => ms + HOUR)), name)
})

test('an option that there is not', () => {
  const r = audit(['--fixed'])
  assert.equal(r.status, 2)
  assert.match(r.text, /takes no "--fixed"/)
})
