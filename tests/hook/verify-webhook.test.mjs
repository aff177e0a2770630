// frontdeskctl verify-webhook says of every recorded delivery what the server
// would: "valid" and status 0, or "invalid: why" and 1. Where Retell's own
// library is odd ("quirk") either is right.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const BUILD = process.env.TEST_BUILD ?? fileURLToPath(new URL('../../build', import.meta.url))
const PROVIDERS = ['retell', 'twilio', 'sendgrid-events', 'slack']
const vectorsOf = provider => JSON.parse(readFileSync(new URL(`${provider}.json`, import.meta.url), 'utf8'))
const vectors = vectorsOf('retell')
const USAGE = 2

function verify(args, input = '') {
  const r = spawnSync(join(BUILD, 'frontdeskctl'), ['verify-webhook', ...args], { input, encoding: 'utf8', timeout: 20_000 })
  return { status: r.status, out: r.stdout, err: r.stderr }
}

const args = (v, provider = 'retell') => [provider, '--secret', v.secret, '--now-ms', String(v.now_ms ?? (v.now ?? 0) * 1000),
  ...(v.url ? ['--url', v.url] : []), ...(v.method ? ['--method', v.method] : []),
  ...Object.entries(v.headers).flatMap(([name, value]) => [value].flat().flatMap(x => ['--header', `${name}: ${x}`]))]
const body = v => (v.body_base64 !== undefined ? Buffer.from(v.body_base64, 'base64') : v.body ?? v.form_body ?? '')

test('there are deliveries of both kinds', () => {
  assert.ok(vectors.filter(v => v.valid).length >= 5)
  assert.ok(vectors.filter(v => !v.valid).length >= 10)
})

for (const [provider, v] of PROVIDERS.flatMap(p => vectorsOf(p).map(x => [p, x]))) {
  test(`${provider} ${v.name}: ${v.why}`, () => {
    const r = verify(args(v, provider), body(v))
    const valid = v.quirk ? r.status === 0 : v.valid
    assert.equal(r.status, valid ? 0 : 1, r.out + r.err)
    assert.match(r.out, valid ? /^valid\n$/ : /^invalid: [^\n]{8,}\n$/)
  })
}

test('one byte more or less is another body', () => {
  const v = vectors.find(x => x.valid && x.body?.length > 10)
  for (const changed of [`${v.body} `, v.body.slice(0, -1), '', v.body.replace('{', '{ ')]) {
    assert.equal(verify(args(v), changed).status, 1)
  }
})

test('what is wrong with the command is said, and is no verdict', () => {
  const v = vectors.find(x => x.valid)
  const good = args(v)
  for (const [wrong, says] of [
    [['nobody', ...good.slice(1)], /retell\n {2}twilio\n {2}sendgrid-events\n {2}slack/],
    [good.filter((_, i) => i !== 1 && i !== 2), /--secret is missing/],
    [[...good, '--now-ms', 'soon'], /--now-ms takes milliseconds/],
    [[...good, '--header', 'no colon'], /--header takes/],
    [[...good, 'extra'], /name one provider/],
  ]) {
    const r = verify(wrong, body(v))
    assert.equal(r.status, USAGE, r.out + r.err)
    assert.match(r.err, says)
    assert.equal(r.out, '')
  }
})
