// Runs the fuzz targets, two at a time, so many seconds each:
// `node tests/fuzz/run.mjs --build build/fuzz --seconds 10 [--keep] [TARGET…]`.
//
// Seeds are tests/fuzz/corpus/TARGET.json: inputs, each a text of the characters
// U+0000 to U+00FF, which are its bytes. What a run finds of interest stays in
// BUILD/corpus/TARGET for the next; --keep writes the smallest set that covers
// as much into the seeds. A finding stays in BUILD/found and is printed.
//
// First "planted" must find its bug: else nothing is found here by anybody.
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const HERE = fileURLToPath(new URL('.', import.meta.url))
const AT_ONCE = 2
const INPUT_MAX = 8192
const KEPT_BYTES = 48 << 10
const COVERED_LEAST = 30 // edges: fewer means that our sources are not instrumented
const SLOW_SECONDS = 5
const PLANTED = 'planted'

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { build: { type: 'string' }, seconds: { type: 'string', default: '10' }, keep: { type: 'boolean' } },
})
const build = resolve(options.build ?? 'build/fuzz')
const seconds = Number(options.seconds)
const all = [...readFileSync(join(HERE, 'targets.def'), 'utf8').matchAll(/^TARGET\((\w+)\)/gm)].map(m => m[1])
const targets = positionals.length ? positionals : all.filter(t => t !== PLANTED)
const unknown = targets.filter(t => !all.includes(t))
if (unknown.length || !(seconds > 0)) {
  console.error(unknown.length ? `no such target: ${unknown.join(', ')}. Targets: ${all.join(', ')}` : '--seconds is a number')
  process.exit(2)
}

const found = join(build, 'found')
const fresh = (path) => { rmSync(path, { recursive: true, force: true }); mkdirSync(path, { recursive: true }); return path }
const kept = target => { const path = join(build, 'corpus', target); mkdirSync(path, { recursive: true }); return path }
const seedFile = target => join(HERE, 'corpus', `${target}.json`)

function unpackSeeds(target) {
  const folder = fresh(join(build, 'seeds', target))
  const seeds = existsSync(seedFile(target)) ? JSON.parse(readFileSync(seedFile(target), 'utf8')) : []
  seeds.forEach((text, i) => writeFileSync(join(folder, String(i)), Buffer.from(text, 'latin1')))
  return folder
}

/** {code, text} of one run of a target. */
function fuzz(target, args, patience) {
  return new Promise((done) => {
    const child = spawn(join(build, `fuzz_${target}`), args, { stdio: ['ignore', 'ignore', 'pipe'] })
    let text = ''
    const timer = setTimeout(() => child.kill('SIGKILL'), patience * 1000)
    child.stderr.setEncoding('latin1').on('data', (chunk) => { text = (text + chunk).slice(-(1 << 20)) })
    child.on('error', (e) => { text += e.message })
    child.on('close', (code, signal) => { clearTimeout(timer); done({ code: signal ?? code, text }) })
  })
}

const number = (text, pattern) => Number(text.match(pattern)?.[1] ?? 0)

async function run(target, time = seconds) {
  const folders = [kept(target), unpackSeeds(target)]
  const r = await fuzz(target, [`-max_total_time=${time}`, `-timeout=${SLOW_SECONDS}`, '-rss_limit_mb=2048', `-max_len=${INPUT_MAX}`,
    '-print_final_stats=1', `-artifact_prefix=${found}/${target}-`, ...folders], time + 120)
  // of the line before the last as well: the last may have none
  const covered = Math.max(...[...r.text.matchAll(/ cov: (\d+) /g)].map(m => Number(m[1])), 0)
  const runs = number(r.text, /number_of_executed_units: +(\d+)/)
  return { target, ok: r.code === 0, covered, runs, ...r }
}

/** What a person needs of a finding: what it was, where, and how to have it again. */
function describe({ target, text, code }) {
  const artifact = /Test unit written to (\S+)/.exec(text)?.[1]
  const lines = text.split('\n').filter(l => /BUG |ERROR: |SUMMARY: |runtime error: |^\s+#\d+ .*\/(core|fcgi|tests)\//.test(l)).slice(0, 40)
  if (lines.length === 0) lines.push(...text.split('\n').slice(-15))
  console.log(`FOUND in ${target} (${code}):`)
  for (const line of lines) console.log(`  ${line.trim()}`)
  if (!artifact) return
  console.log(`  again: ${join(build, `fuzz_${target}`)} ${artifact}`)
  console.log(`  the input, base64: ${readFileSync(artifact).subarray(0, 4096).toString('base64')}`)
}

/** The smallest inputs that cover what all do, as far as there is room for them. */
async function keep(target) {
  const into = mkdtempSync(join(tmpdir(), 'fd-corpus-'))
  const r = await fuzz(target, ['-merge=1', `-max_len=${INPUT_MAX}`, into, unpackSeeds(target), kept(target)], 600)
  const inputs = readdirSync(into).map(f => readFileSync(join(into, f))).sort((a, b) => a.length - b.length || Buffer.compare(a, b))
  let room = KEPT_BYTES
  const chosen = inputs.filter(b => (room -= b.length + 8) > 0).map(b => b.toString('latin1'))
  rmSync(into, { recursive: true })
  if (r.code !== 0) throw new Error(`${target}: the corpus cannot be merged\n${r.text.slice(-2000)}`)
  writeFileSync(seedFile(target), `[\n${chosen.map(t => `  ${JSON.stringify(t)}`).join(',\n')}\n]\n`)
  console.log(`kept ${target.padEnd(10)} ${chosen.length} of ${inputs.length} inputs`)
}

fresh(found)
let failed = 0
const control = await run(PLANTED, 60)
if (control.ok || !/BUG .*planted/.test(control.text)) {
  console.log(`FAIL ${PLANTED}: its bug was not found\n${control.text.slice(-2000)}`)
  process.exit(1)
}
const queue = [...targets]
await Promise.all(Array.from({ length: AT_ONCE }, async () => {
  for (let target = queue.shift(); target !== undefined; target = queue.shift()) {
    const r = await run(target)
    const thin = r.ok && r.covered < COVERED_LEAST
    console.log(`${r.ok && !thin ? 'ok  ' : 'FAIL'} ${target.padEnd(10)} ${String(r.runs).padStart(9)} runs, ${r.covered} edges`)
    if (thin) console.log('     so few edges: is it instrumented?')
    if (!r.ok) describe(r)
    if (!r.ok || thin) failed += 1
  }
}))
if (options.keep && failed === 0) for (const target of targets) await keep(target)
console.log(`${targets.length - failed} passed, ${failed} failed`)
process.exit(failed ? 1 : 0)
