// What every API test needs: log-ins as the demo people, requests whose
// replies are checked against the server's own OpenAPI document, and a record
// of which routes were hit with what.
import Ajv from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { readFileSync, writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import { request } from '../support/http.mjs'

export const PASSWORD = 'frontdesk-demo'
export const PEOPLE = {
  salon: 'owner@salon.example',
  dental: 'owner@dental.example',
  admin: 'admin@frontdesk.example',
}
const DEMO_KEY = 'fdk_test_demoSalon000000000000000000000006vg4hR'

/* The providers' addresses are not in the OpenAPI document. */
const HOOKS = [...readFileSync(new URL('../../fcgi/routes.c', import.meta.url), 'utf8').matchAll(/^HOOK\("([^"]+)"/gm)].map(m => m[1])

/* Which routes were hit with what, for zz-coverage.test.mjs: a file for each
 * test file, in the folder that tests/run.mjs names. */
const hits = new Set()
const operations = new Set()
if (process.env.TEST_HITS) {
  process.on('exit', () => writeFileSync(`${process.env.TEST_HITS}/hits-${basename(process.argv[1], '.test.mjs')}.json`,
    JSON.stringify({ operations: [...operations], hits: [...hits] })))
}

export async function makeClient(base) {
  const openapi = (await request(`${base}/api/v2/openapi.json`)).json
  const ajv = new Ajv({ strict: false, allErrors: false })
  addFormats(ajv)
  ajv.addSchema({ $id: 'api', ...openapi })
  const validators = new Map()
  const tokens = new Map()
  const writes = new Map() // request id -> route, of what was done

  const templates = [...new Set([...Object.keys(openapi.paths), ...HOOKS])].map(path => ({
    path,
    pattern: new RegExp(`^${path.replace(/\{[^}]+\}/g, '[^/]+')}$`),
  }))
  for (const [path, methods] of Object.entries(openapi.paths)) {
    for (const [method, op] of Object.entries(methods)) operations.add(JSON.stringify([method.toUpperCase(), path, op.security !== undefined]))
  }
  for (const path of HOOKS) operations.add(JSON.stringify(['POST', path, false]))
  const templateOf = path => (templates.find(t => t.path === path) ?? templates.find(t => t.pattern.test(path)))?.path

  function validator(template, method, status) {
    const id = `${method} ${template} ${status}`
    if (!validators.has(id)) {
      const escaped = template.replaceAll('~', '~0').replaceAll('/', '~1').replaceAll('{', '%7B').replaceAll('}', '%7D')
      const responses = openapi.paths[template]?.[method.toLowerCase()]?.responses ?? {}
      const key = status in responses ? status : 'default'
      const has = responses[key]?.content
      validators.set(id, has
        ? ajv.compile({ $ref: `api#/paths/${escaped}/${method.toLowerCase()}/responses/${key}/content/application~1json/schema` })
        : null)
    }
    return validators.get(id)
  }

  /* who: a name of PEOPLE, an e-mail address, "key", or a key itself */
  async function token(who) {
    if (who === 'key') return DEMO_KEY
    if (who.startsWith('fdk_')) return who
    if (!tokens.has(who)) {
      const r = await request(`${base}/api/v2/auth/login`, {
        method: 'POST', json: { email: PEOPLE[who] ?? who, password: PASSWORD },
      })
      if (r.status !== 200) throw new Error(`log-in as ${who}: ${r.status} ${r.text}`)
      tokens.set(who, r.json.access_token)
    }
    return tokens.get(who)
  }

  /** One request as somebody ("none": nobody); the reply must fit OpenAPI.
   * options.foreign: the id in the path is real, and another company's. */
  async function call(who, method, path, options = {}) {
    const headers = { ...options.headers }
    if (who && who !== 'none') headers.Authorization = `Bearer ${await token(who)}`
    const r = await request(base + path, { ...options, method, headers })
    const template = templateOf(path.split('?')[0])
    if (client.canary && (r.text + JSON.stringify(r.headers)).includes(client.canary) && !ofPlatform(who, path)) {
      throw new Error(`${method} ${path} shows the text of another company\n${r.text.slice(0, 2000)}`)
    }
    if (template) {
      hits.add(`${method} ${template} ${r.status}${options.foreign ? ' foreign' : ''}`)
      if (method !== 'GET' && /^2/.test(r.status) && !r.headers['idempotency-replayed']) writes.set(r.headers['x-request-id'], `${method} ${template}`)
      const valid = validator(template, method, String(r.status))
      if (valid && r.json !== undefined && !valid(r.json)) {
        throw new Error(`${method} ${path} ${r.status} does not fit its OpenAPI schema: ` +
          `${ajv.errorsText(valid.errors)}\n${r.text.slice(0, 2000)}`)
      }
      if (valid && r.json === undefined && r.status !== 304) throw new Error(`${method} ${path} ${r.status}: not JSON: ${r.text.slice(0, 500)}`)
    }
    return r
  }

  const client = { base, openapi, call, token, writes, hit: what => hits.add(what) }
  return client
}

/* Administrators see all companies, as such. */
const ofPlatform = (who, path) => who === 'admin' && path.startsWith('/api/v2/platform/')

/** Whether a value looks like a pattern: "*" fits anything but undefined,
 * "re:…" a text, objects by their named members, arrays one by one. The
 * first difference as a sentence, or null. */
export function difference(pattern, value, at = '$') {
  if (pattern === '*') return value === undefined ? `${at} is missing` : null
  if (typeof pattern === 'string' && pattern.startsWith('re:')) {
    return new RegExp(pattern.slice(3)).test(String(value)) ? null : `${at} is ${JSON.stringify(value)}, not like ${pattern}`
  }
  if (Array.isArray(pattern)) {
    if (!Array.isArray(value) || value.length !== pattern.length) return `${at} has ${value?.length} entries, not ${pattern.length}`
    for (let i = 0; i < pattern.length; i++) {
      const d = difference(pattern[i], value[i], `${at}[${i}]`)
      if (d) return d
    }
    return null
  }
  if (pattern !== null && typeof pattern === 'object') {
    if (value === null || typeof value !== 'object') return `${at} is ${JSON.stringify(value)}`
    for (const [k, p] of Object.entries(pattern)) {
      const d = difference(p, value[k], `${at}.${k}`)
      if (d) return d
    }
    return null
  }
  return pattern === value ? null : `${at} is ${JSON.stringify(value)}, not ${JSON.stringify(pattern)}`
}
