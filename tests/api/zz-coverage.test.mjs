// The last file of the step "api": every route was hit with a success, with a
// refusal, and with an id of another company where it takes one. The hits are
// those of all files before (client.mjs).
import { test } from 'node:test'
import assert from 'node:assert/strict'
import { readFileSync, readdirSync } from 'node:fs'

const folder = process.env.TEST_HITS
const options = { skip: folder ? false : 'needs what the other files hit: make test STEPS=api' }

function read() {
  const files = readdirSync(folder).filter(f => f.startsWith('hits-'))
  const found = files.map(f => JSON.parse(readFileSync(`${folder}/${f}`, 'utf8')))
  return {
    operations: [...new Set(found.flatMap(f => f.operations))].map(o => JSON.parse(o)),
    hits: found.flatMap(f => f.hits),
  }
}

/* Whoever asks may read these. */
const isOpen = ([method, , needsLogin]) => method === 'GET' && !needsLogin
/* The path itself is the right: a wrong one finds nothing. */
const isPublic = path => /\{(slug|manage_token|feed_token|offer_token)\}/.test(path)
/* Whoever needs no log-in can only be wrong. */
const refusal = ([, , needsLogin]) => (needsLogin ? /^40[13]/ : /^4/)

test('every route was hit with a success, a refusal and an id of another company', options, () => {
  const { operations, hits } = read()
  const missing = []

  assert.ok(operations.length >= 31, `${operations.length} operations`)
  for (const operation of operations) {
    const route = operation.slice(0, 2).join(' ')
    const statuses = hits.filter(h => h.startsWith(`${route} `)).map(h => h.slice(route.length + 1))
    if (!statuses.some(s => /^2/.test(s))) missing.push(`${route}: no success`)
    if (isPublic(route)) {
      if (!statuses.includes('404')) missing.push(`${route}: no 404`)
    } else if (!isOpen(operation) && !statuses.some(s => refusal(operation).test(s))) missing.push(`${route}: no 401 or 403`)
    /* whoever sees people at all sees all of them */
    const id = route.includes('/platform/users/') ? '404' : '404 foreign'
    if (route.includes('{id}') && !statuses.includes(id)) missing.push(`${route}: no id of another company`)
  }
  assert.deepEqual(missing, [])
})

/* What changes nothing of the company's, or is recorded elsewhere. */
const NO_ENTRY = {
  'POST /api/v2/auth/refresh': 'the session goes on',
  'POST /api/v2/booking-series/preview': 'only looks',
  'POST /api/v2/templates/preview': 'only looks',
  'POST /api/v2/notifications/{id}/read': 'tells of the reader alone',
  'POST /api/v2/staff/{id}/feed': 'only shows the address',
  'POST /api/v2/live/ticket': 'lets somebody look on',
  'POST /api/v2/live/authorize': 'nginx asks for one who looks on',
  'POST /api/v2/demo/race': 'its rivals book like everybody',
}

test('every route that writes left an entry in the audit log', options, () => {
  const { operations, hits } = read()
  const writing = operations.filter(([method, path]) => method !== 'GET' && path.startsWith('/api/v2/')).map(o => o.slice(0, 2).join(' '))

  assert.ok(writing.length >= 40, `${writing.length} routes that write`)
  assert.deepEqual(writing.filter(route => !(route in NO_ENTRY) && !hits.includes(`${route} audited`)), [])
  assert.deepEqual(Object.keys(NO_ENTRY).filter(route => !writing.includes(route)), [], 'routes that are no more')
})
