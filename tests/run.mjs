// Runs the test steps one after the other: `node tests/run.mjs [STEP]…`.
// Each step's output goes to build/test/STEP.log; a failed one is shown. The
// last line counts the single tests of all steps.
import { spawn } from 'node:child_process'
import { createWriteStream, mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const node = (...files) => ['node', '--test', '--test-reporter=spec', '--test-concurrency=1', ...files]
const files = folder => readdirSync(`${root}/tests/${folder}`).filter(f => f.endsWith('.test.mjs')).sort().map(f => `tests/${folder}/${f}`)

const LONGER = 20 // times, with LONG=1

// name, command, seconds it may take
const STEPS = [
  ['lint', ['make', '-s', 'lint'], 300],
  ['unit', ['make', '-s', 'test-unit'], 600],
  ['analysis', ['node', 'tests/lint/analysis.mjs', ...(process.env.LONG === '1' ? ['--all'] : [])], 400],
  ['must-not-compile', ['sh', 'tests/lint/must-not-compile.sh'], 120],
  ['fuzz', ['make', '-s', 'test-fuzz'], 600],
  ['db', ['make', '-s', 'test-db'], 600],
  ['portal', ['make', '-s', 'test-portal'], 300],
  ['sandbox', ['sh', '-c', 'cd tests && node --test --test-reporter=spec sandbox/*.test.mjs'], 300],
  ['runner', ['make', '-s', 'test-runner'], 600],
  ['api', node(...files('api')), 600],
  ['hook', node(...files('hook')), 120],
  ['fault', ['make', '-s', 'test-fault'], 600],
  ['e2e', node('tests/e2e/e2e.test.mjs'), 300],
]

rmSync(`${root}/build/test/hits`, { recursive: true, force: true })
mkdirSync(`${root}/build/test/hits`, { recursive: true })

function run([name, [command, ...args], seconds]) {
  const began = Date.now()
  const path = `${root}/build/test/${name}.log`
  const log = createWriteStream(path)
  const patience = process.env.LONG === '1' ? seconds * LONGER : seconds

  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: root, stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NO_COLOR: '1', TEST_BUILD: `${root}/build/t`, TEST_HITS: `${root}/build/test/hits`, CK_VERBOSITY: 'normal' },
    })
    const timer = setTimeout(() => child.kill('SIGTERM'), patience * 1000)
    child.stdout.pipe(log, { end: false })
    child.stderr.pipe(log, { end: false })
    child.on('error', e => log.write(`${e.message}\n`))
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      log.end(() => resolve({
        name, path, ok: code === 0, took: Math.round((Date.now() - began) / 1000),
        why: signal ? `ended by ${signal} after ${patience} s` : `exit status ${code}`,
        ...count(readFileSync(path, 'utf8'), code === 0),
      }))
    })
  })
}

/* Check says "98%: Checks: 57, Failures: 1, Errors: 0"; node:test "ℹ pass 12";
 * others "12 passed, 0 failed"; a step that counts nothing counts as one. */
function count(text, ok) {
  let passed = 0
  let failed = 0
  for (const m of text.matchAll(/^\d+%: Checks: (\d+), Failures: (\d+), Errors: (\d+)/gm)) {
    failed += Number(m[2]) + Number(m[3])
    passed += Number(m[1]) - Number(m[2]) - Number(m[3])
  }
  for (const m of text.matchAll(/^(?:ℹ|#) pass (\d+)/gm)) passed += Number(m[1])
  // Vitest
  for (const m of text.matchAll(/^\s*Tests  (?:(\d+) failed \| )?(\d+) passed/gm)) {
    failed += Number(m[1] ?? 0)
    passed += Number(m[2])
  }
  for (const m of text.matchAll(/^(?:ℹ|#) fail (\d+)/gm)) failed += Number(m[1])
  for (const m of text.matchAll(/^(?:.*: )?(\d+) passed, (\d+) failed/gm)) {
    passed += Number(m[1])
    failed += Number(m[2])
  }
  if (passed + failed === 0) passed = ok ? 1 : 0
  if (!ok && failed === 0) failed = 1
  return { passed, failed }
}

const wanted = process.argv.slice(2)
const steps = wanted.length ? STEPS.filter(s => wanted.includes(s[0])) : STEPS
const unknown = wanted.filter(w => !STEPS.some(s => s[0] === w))
if (unknown.length) {
  console.error(`no such step: ${unknown.join(', ')}. Steps: ${STEPS.map(s => s[0]).join(', ')}`)
  process.exit(2)
}

let passed = 0
let failed = 0
for (const step of steps) {
  const r = await run(step)
  passed += r.passed
  failed += r.failed
  console.log(`${r.ok ? 'ok  ' : 'FAIL'} ${r.name.padEnd(18)} ${String(r.passed).padStart(5)} passed ${String(r.failed).padStart(3)} failed  ${r.took} s`)
  if (!r.ok) console.log(`     ${r.why}; the end of ${r.path}:\n${readFileSync(r.path, 'utf8').split('\n').slice(-60).join('\n')}`)
}
console.log(`${passed} passed, ${failed} failed`)
process.exit(failed ? 1 : 0)
