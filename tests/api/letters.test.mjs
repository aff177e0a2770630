// Letters about accounts, as they arrive: each in the reader's language, with a
// link that opens a page of ours and does what it says, once.
import { after, before, test } from 'node:test'
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { request, waitFor } from '../support/http.mjs'
import { sqlOn } from '../support/sql.mjs'
import { startStack } from '../support/stack.mjs'
import { endStack } from './audited.mjs'
import { plantCanaries } from './canaries.mjs'
import { PASSWORD, makeClient } from './client.mjs'
import { addPerson } from './people.mjs'

const BUILD = process.env.TEST_BUILD ?? fileURLToPath(new URL('../../build', import.meta.url))
const NEW = 'kastanie-12-lampe-fjord'
const AUTH = '/api/v2/auth'

let stack
let client
let sql

before(async () => {
  stack = await startStack({
    port: Number(process.env.TEST_PORT ?? 18080),
    args: process.env.TEST_BUILD ? ['--build', process.env.TEST_BUILD] : [],
  })
  client = await makeClient(stack.base)
  await plantCanaries(stack, client)
  sql = sqlOn(stack)
}, { timeout: 120_000 })

after(() => endStack(stack, client))

const mails = async () => (await request(`${stack.sandbox}/sent.json?since=0`)).json.messages.filter(m => m.kind === 'email')

/** The next letter to an address; each is given once. */
const given = new Set()
const letter = to => waitFor(`a letter to ${to}`, async () => {
  const m = (await mails()).find(x => x.to.includes(to) && !given.has(x.seq))
  if (m) given.add(m.seq)
  return m
}, { timeoutMs: 15_000 })

/** What its link opens: the page, and the token. */
function linkOf(m) {
  const [, base, page, token] = /^(http:\/\/[^/]+)\/([\w-]+)\?token=([\w-]{70})$/m.exec(m.body) ?? []
  assert.ok(token, m.body)
  assert.ok(m.html.includes(`<a href="${base}/${page}?token=${token}">`), m.html)
  return { page, token }
}

const post = (path, json, headers) => client.call('none', 'POST', AUTH + path, { json, headers })
const bearer = token => ({ Authorization: `Bearer ${token}` })
const logIn = (email, password, more = {}) => post('/login', { email, password, ...more })

const COMPANY = { company_name: 'Letters & Söhne', country: 'DE', time_zone: 'Europe/Berlin', currency: 'EUR', locale: 'de', name: 'Lena Brief', password: NEW }

test('who signs up proves the address, and may then invite', async () => {
  const made = (await post('/signup', { ...COMPANY, email: 'lena@letters.example' })).json
  const m = await letter('lena@letters.example')
  assert.match(m.subject, /Bestätigen Sie/)
  assert.ok(!m.body.includes('Lena'), 'what a stranger chose stands in no letter to an unproven address')
  const { page, token } = linkOf(m)
  assert.equal(page, 'verify-email')
  for (let i = 0; i < 2; i++) assert.equal((await post('/verify-email', { token })).status, 204)
  const invited = await waitFor('the proof to count', async () => {
    const r = await client.call('none', 'POST', '/api/v2/invitations', { json: { email: 'gast@letters.example', role: 'staff' }, headers: bearer(made.access_token) })
    return r.status === 201 ? r : null
  }, { timeoutMs: 7_000 })
  assert.equal(invited.json.email, 'gast@letters.example')

  const i = await letter('gast@letters.example')
  assert.match(i.subject, /^Einladung zu Letters & Söhne/)
  assert.match(i.body, /Lena Brief lädt Sie ein/)
  const link = linkOf(i)
  assert.equal(link.page, 'invitation')
  const shown = (await client.call('none', 'GET', `${AUTH}/invitations/${link.token}`)).json
  assert.deepEqual([shown.company_name, shown.role, shown.account_exists, shown.invited_by_name], ['Letters & Söhne', 'staff', false, 'Lena Brief'])
  const joined = await post('/invitations/accept', { token: link.token, name: 'Gisela Gast', password: 'fjord-lampe-21-kastanie' })
  assert.equal(joined.status, 200, joined.text)
  assert.deepEqual(joined.json.companies.map(c => c.role), ['staff'])
  assert.equal((await client.call('none', 'GET', `${AUTH}/invitations/${link.token}`)).status, 404)
  assert.equal((await logIn('gast@letters.example', 'fjord-lampe-21-kastanie')).status, 200)
})

test('names that would become links in a mail program do not', async () => {
  const made = (await post('/signup', { ...COMPANY, company_name: 'Win at evil.example/now', name: 'www.evil.example', locale: 'en', email: 'evil@letters.example' })).json
  await sql("UPDATE user SET email_verified_at = NOW(3) WHERE email = 'evil@letters.example';")
  await waitFor('the proof to count', async () => (await client.call('none', 'POST', '/api/v2/invitations',
    { json: { email: 'victim@letters.example', role: 'owner' }, headers: bearer(made.access_token) })).status === 201, { timeoutMs: 7_000 })
  const m = await letter('victim@letters.example')
  for (const part of [m.subject, m.body, m.html, m.from]) assert.doesNotMatch(String(part), /evil\.example/)
})

test('a forgotten password: a letter to whoever has an account, a link that works once, sessions that end', async () => {
  const email = await addPerson(sql, 'forgetful', { 'salon-morgenrot': 'staff' })
  const before = (await logIn(email, PASSWORD)).json
  for (const to of ['unknown@letters.example', email]) assert.equal((await post('/password/forgot', { email: to })).status, 202)
  const m = await letter(email)
  assert.equal(m.subject, 'Set a new password')
  assert.ok(m.body.includes(email))
  const { page, token } = linkOf(m)
  assert.equal(page, 'reset-password')
  assert.equal((await post('/password/reset', { token, password: 'Passwort1234' })).status, 422)
  assert.equal((await post('/password/reset', { token, password: NEW })).status, 204)
  assert.equal((await post('/password/reset', { token, password: NEW })).status, 422)
  assert.equal((await letter(email)).subject, 'Your password was changed')
  assert.equal((await post('/refresh', { refresh_token: before.refresh_token })).status, 401)
  assert.equal((await logIn(email, PASSWORD)).status, 401)
  assert.equal((await logIn(email, NEW)).status, 200)
  assert.ok(!(await mails()).some(x => x.to.includes('unknown@letters.example')))
})

test('at most three letters of a kind in an hour', async () => {
  const email = await addPerson(sql, 'flooded', { 'salon-morgenrot': 'staff' })
  for (let i = 0; i < 5; i++) await post('/password/forgot', { email })
  await waitFor('the jobs to end', async () => {
    const [[open]] = await sql("SELECT COUNT(*) FROM job WHERE kind = 'account.mail' AND state IN ('queued', 'running');")
    return open === '0'
  }, { timeoutMs: 15_000 })
  assert.equal((await mails()).filter(m => m.to.includes(email)).length, 3)
})

test('the owner of an address is told that somebody tried to sign up with it', async () => {
  const email = await addPerson(sql, 'known', { 'salon-morgenrot': 'staff' })
  assert.equal((await post('/signup', { ...COMPANY, email })).status, 422)
  const m = await letter(email)
  assert.equal(m.subject, 'You have an account already')
  assert.match(m.body, /^Hello known,/)
})

test('another address: the old one is told, the new one confirms', async () => {
  const email = await addPerson(sql, 'mover', { 'salon-morgenrot': 'staff' })
  const { access_token: token } = (await logIn(email, PASSWORD)).json
  assert.equal((await post('/email/change', { password: PASSWORD, email: 'moved@letters.example' }, bearer(token))).status, 202)
  assert.equal((await letter(email)).subject, 'Your e-mail address is about to change')
  const m = await letter('moved@letters.example')
  assert.ok(!m.body.includes(email) && !m.body.includes('mover'), 'the new address learns nothing of the account')
  const link = linkOf(m)
  assert.equal(link.page, 'confirm-email')
  assert.equal((await post('/email/confirm', { token: link.token })).status, 204)
  assert.equal((await logIn('moved@letters.example', PASSWORD)).status, 200)
})

/* RFC 4648, RFC 6238: an authenticator app of our own. */
function codeOf(secret, step = Math.floor(Date.now() / 30_000)) {
  const bits = [...secret].map(c => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')).join('')
  const key = Buffer.from(bits.match(/.{8}/g).map(b => parseInt(b, 2)))
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(step))
  const mac = createHmac('sha1', key).update(counter).digest()
  return String((mac.readUInt32BE(mac[19] & 15) & 0x7fffffff) % 1_000_000).padStart(6, '0')
}

test('two factors, from the picture to the recovery code', async () => {
  const email = await addPerson(sql, 'careful', { 'salon-morgenrot': 'manager' })
  const { access_token: token } = (await logIn(email, PASSWORD)).json
  const call = (path, json) => post(path, json, bearer(token))
  const { secret, otpauth_url: url, qr_svg: svg } = (await call('/2fa/setup')).json
  assert.equal(new URL(url).searchParams.get('secret'), secret)
  assert.match(svg, /^<svg [^>]+viewBox="0 0 \d+ \d+"/)
  const step = Math.floor(Date.now() / 30_000)
  const { recovery_codes: codes } = (await call('/2fa/enable', { code: codeOf(secret, step - 1) })).json
  assert.equal(new Set(codes).size, 10)
  assert.match(codes[0], /^[A-Z2-7]{4}(-[A-Z2-7]{4}){3}$/)
  assert.equal((await letter(email)).subject, 'Two-factor log-in is on')

  const without = await logIn(email, PASSWORD)
  assert.deepEqual([without.status, without.json.code], [403, 'totp_required'])
  assert.equal((await logIn(email, PASSWORD, { totp_code: codeOf(secret, step - 1) })).status, 401)
  assert.equal((await logIn(email, PASSWORD, { totp_code: codeOf(secret, step) })).status, 200)
  assert.equal((await logIn(email, PASSWORD, { totp_code: codes[3].toLowerCase() })).status, 200)
  assert.equal((await logIn(email, PASSWORD, { totp_code: codes[3] })).status, 401)
  const renewed = (await call('/2fa/recovery-codes', { password: PASSWORD })).json.recovery_codes
  assert.equal((await logIn(email, PASSWORD, { totp_code: codes[4] })).status, 401)
  const me = (await client.call('none', 'GET', '/api/v2/me', { headers: bearer(token) })).json
  assert.equal(me.email, email)
  assert.equal((await call('/2fa/disable', { password: PASSWORD, code: renewed[0] })).status, 204)
  assert.equal((await letter(email)).subject, 'Two-factor log-in is off')
  assert.equal((await logIn(email, PASSWORD)).status, 200)
  const stored = (await sql("SELECT HEX(totp_cell), email FROM user WHERE totp_cell IS NOT NULL;")).length
  assert.equal(stored, 0)
})

test('one changes a password and ends the other sessions', async () => {
  const email = await addPerson(sql, 'changer', { 'salon-morgenrot': 'staff' })
  const [mine, other] = await Promise.all([logIn(email, PASSWORD), logIn(email, PASSWORD)])
  assert.equal((await post('/password/change', { password: PASSWORD, new_password: NEW }, bearer(mine.json.access_token))).status, 204)
  assert.equal((await post('/refresh', { refresh_token: other.json.refresh_token })).status, 401)
  assert.equal((await post('/refresh', { refresh_token: mine.json.refresh_token })).status, 200)
  assert.equal((await client.call('none', 'DELETE', `${AUTH}/sessions`, { headers: bearer(mine.json.access_token) })).status, 204)
})

test('colleagues come, are given another role, and go', async () => {
  const email = await addPerson(sql, 'colleague', { 'salon-morgenrot': 'staff' })
  const list = (await client.call('salon', 'GET', '/api/v2/users?q=colleague')).json.data
  assert.deepEqual(list.map(u => [u.email, u.role]), [[email, 'staff']])
  const address = `/api/v2/users/${list[0].id}`
  assert.equal((await client.call('salon', 'PATCH', address, { json: { role: 'manager' } })).json.role, 'manager')
  assert.equal((await client.call('salon', 'DELETE', address)).status, 204)
  assert.equal((await client.call('salon', 'GET', address)).status, 404)
})

test('the first administrator of an installation gets in by a link that the machine prints', async () => {
  const user = (...args) => spawnSync(join(BUILD, 'frontdeskctl'), ['user', ...args],
    { encoding: 'utf8', env: { ...process.env, FRONTDESK_CONFIG: join(stack.var, 'frontdesk.yaml') } })
  const email = 'First@letters.example'
  const made = user('add', email, '--platform-admin', '--name', 'Frida First')
  assert.equal(made.status, 0, made.stderr)
  const [, token] = /\/reset-password\?token=([\w-]{70})\n$/.exec(made.stdout)
  assert.equal((await logIn(email, NEW)).status, 401)
  assert.equal((await post('/password/reset', { token, password: NEW })).status, 204)
  const { json } = await logIn(email, NEW)
  const me = (await client.call('none', 'GET', '/api/v2/me', { headers: bearer(json.access_token) })).json
  assert.deepEqual([me.name, me.is_platform_admin, me.email_verified], ['Frida First', true, true])
  assert.match(user('list').stdout, / first@letters\.example platform-admin\n/)
  assert.equal(user('disable', email).status, 0)
  assert.equal((await logIn(email, NEW)).status, 401)
  assert.equal((await post('/refresh', { refresh_token: json.refresh_token })).status, 401)
  assert.equal(user('add', email).status, 1)
  assert.equal(user('enable', email).status, 0)
  assert.equal(user('two-factor-off', email).status, 0)
  assert.equal((await logIn(email, NEW)).status, 200)
  for (const wrong of [[], ['add'], ['add', 'x@y', '--colour'], ['frob', email], ['list', email]]) assert.equal(user(...wrong).status, 2, wrong.join(' '))
})

test('no log shows what opens something', async () => {
  const logs = ['nginx.log', 'api.log', 'login.log', 'worker.log'].map(f => readFileSync(join(stack.var, 'log', f), 'utf8')).join('\n')
  for (const m of await mails()) {
    const token = /token=([\w-]{70})/.exec(m.body)?.[1]
    if (token) assert.ok(!logs.includes(token), m.subject)
  }
  assert.doesNotMatch(logs, /letters\.example/)
  assert.ok(!logs.includes(NEW))
})

test('each of these stands in the audit', async () => {
  const actions = new Set((await sql('SELECT DISTINCT action FROM audit_entry;')).map(r => r[0]))
  for (const wanted of ['user.create', 'user.refuse', 'company.create', 'session.start', 'session.refuse', 'code.refuse', 'email.verify',
    'password.forget', 'password.reset', 'password.change', 'email.change', 'email.confirm', 'two_factor.setup', 'two_factor.enable',
    'two_factor.disable', 'recovery_code.renew', 'recovery_code.use', 'invitation.create', 'invitation.accept', 'membership.update',
    'membership.remove', 'account_mail.send', 'link.refuse', 'session.end_all']) {
    assert.ok(actions.has(wanted), `nobody wrote down ${wanted}`)
  }
})
