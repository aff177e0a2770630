// What reads the C and finds mistakes: clang-tidy (.clang-tidy says what for)
// on files that changed since the merge base, cppcheck on all.
// `node tests/lint/analysis.mjs [--all]`: --all takes every file, and gcc's
// -fanalyzer, too. A line a finding; exit 1 if any.
//
// When everything has changed, or nobody knows what, as many files as fit into
// BOX_SECONDS are looked at, other ones with each commit. Each tool must find
// the mistakes of a planted file first. A finding that is none is suppressed on
// its line, with the reason: /* NOLINT(check): why */, /* NOLINTNEXTLINE(check):
// why */, or /* cppcheck-suppress id ; why */.
import { execFileSync, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const ALL = process.argv.includes('--all')
const AT_ONCE = 2
const BOX_SECONDS = 120
const PATIENCE_MS = 300_000 // for one file

/* Rules of cppcheck that find nothing but what is meant. */
const NO_FINDING = {
  missingIncludeSystem: 'headers of libraries are not read',
  varFuncNullUB: 'lists of arguments end with NULL, which is a pointer in C',
  readdirCalled: 'programs have one thread',
  internalAstError: 'C17 that it cannot read; it says so instead of anything else',
}

const sh = (command, ...args) => execFileSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 26, stdio: ['ignore', 'pipe', 'ignore'] })
const git = (...args) => { try { return sh('git', ...args).trim() } catch { return '' } }
const lines = text => text.split('\n').filter(Boolean)

const libraries = sh('pkg-config', '--cflags', 'libcjson', 'libcurl', 'libssl', 'libcrypto', 'yaml-0.1', 'libjwt', 'icu-i18n', 'icu-uc', 'libical', 'libmariadb')
  .trim().split(/\s+/).filter(Boolean)
const flags = file => [file.endsWith('.cc') ? '-std=c++17' : '-std=gnu17', '-I.', '-D_GNU_SOURCE', ...libraries]
const sources = lines(git('ls-files', '-co', '--exclude-standard', 'core/*.c', 'core/*.cc', 'fcgi/*.c')).filter(existsSync)
if (sources.length === 0) {
  console.error('analysis: no files; is this a checkout of git?')
  process.exit(1)
}

// ---- what has changed ----

/** Files that differ from where this branch left main; null: nobody knows. */
function changed() {
  const head = git('rev-parse', 'HEAD')
  const bases = [process.env.ANALYSIS_BASE, 'origin/main', 'main'].filter(Boolean).map(b => git('merge-base', 'HEAD', b))
  let base = bases.find(Boolean)
  if (!base || base === head) base = git('rev-parse', '--verify', '-q', 'HEAD^') // main itself: its last commit
  if (!base) return null
  return [...lines(git('diff', '--name-only', base)), ...lines(git('ls-files', '-o', '--exclude-standard'))]
}

/** The sources that these make different, by what they include directly. */
function affected(files) {
  const headers = new Set(files.filter(f => /\.(h|def)$/.test(f)))
  const includes = f => [...readFileSync(f, 'utf8').matchAll(/^#include "(.+)"/gm)].some(m => headers.has(m[1]))
  return sources.filter(f => files.includes(f) || (headers.size > 0 && includes(f)))
}

const salt = git('rev-parse', 'HEAD')
const rank = f => createHash('sha256').update(salt + f).digest('hex')
const since = ALL ? sources : changed()
const own = ALL ? sources : since?.filter(f => sources.includes(f)) ?? []
// what was edited first, then what includes it, then (when nobody knows) any
const others = ALL ? [] : (since === null ? sources : affected(since)).filter(f => !own.includes(f)).sort((a, b) => (rank(a) < rank(b) ? -1 : 1))

// ---- the tools: each gives the lines of its findings ----

function run(command, args) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], timeout: PATIENCE_MS })
    let text = ''
    child.stdout.setEncoding('utf8').on('data', (chunk) => { text += chunk })
    child.stderr.setEncoding('utf8').on('data', (chunk) => { text += chunk })
    child.on('error', e => resolve([`${command}: ${e.message}: run make deps`]))
    child.on('close', (code, signal) => {
      const found = lines(text).filter(l => /^[^\s:]+:\d+(:\d+)?: (warning|error|style|performance|portability)/.test(l)).map(l => l.replace(`${process.cwd()}/`, '').replace('./', ''))
      if (signal) found.push(`${command} ${args.at(-1)}: no end within ${PATIENCE_MS / 1000} s`)
      else if (code !== 0 && found.length === 0) found.push(`${command}: exit status ${code}: ${text.slice(-1000)}`)
      resolve(found)
    })
  })
}

const tidy = file => run('clang-tidy', ['--quiet', file, '--', ...flags(file)])
const analyzer = file => run('gcc', [...flags(file), '-fanalyzer', '-O1', '-c', '-o', '/dev/null', file])
const cppcheck = files => run('cppcheck', ['--quiet', `-j${AT_ONCE}`, '--std=c11', '--language=c', '--library=posix,gnu', '--library=tests/lint/cppcheck.xml',
  '--enable=warning,performance,portability', '--inline-suppr', '--error-exitcode=1', '-U__cplusplus', '-D__cppcheck__', '-D_GNU_SOURCE', '-I.',
  ...Object.keys(NO_FINDING).map(id => `--suppress=${id}`), ...files])

/** Calls look(file) for each, some at once, until the time is up. */
async function each(files, look, until = Infinity) {
  const queue = [...files]
  const found = []
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    while (queue.length > 0 && Date.now() < until) found.push(...await look(queue.shift()))
  }))
  return { found, looked: files.length - queue.length }
}

// ---- the controls ----

const PLANTED = `#include <stdlib.h>
#include <string.h>
int planted(const char *s);
int planted(const char *s)
{
	char room[4];
	int *p = NULL;
	if (s[0] == 'x')
		return *p;
	memset(room, 0, 5);
	return room[4];
}
`

async function control() {
  const dir = mkdtempSync(join(tmpdir(), 'fd-analysis-'))
  const file = join(dir, 'planted.c')
  writeFileSync(file, PLANTED)
  writeFileSync(join(dir, '.clang-tidy'), readFileSync('.clang-tidy'))
  const blind = []
  for (const [name, look] of Object.entries({ 'clang-tidy': tidy, cppcheck: f => cppcheck([f]), ...(ALL ? { 'gcc -fanalyzer': analyzer } : {}) })) {
    if (!(await look(file)).some(l => l.includes('planted.c'))) blind.push(`${name} did not find the planted mistakes`)
  }
  rmSync(dir, { recursive: true })
  return blind
}

/* Every suppression names what and why. */
function unexplained() {
  const good = /NOLINT(NEXTLINE)?\([\w.-]+\): \w|cppcheck-suppress \w+ ; \w/
  return lines(git('grep', '-nE', 'NOLINT|cppcheck-suppress', '--', 'core', 'fcgi')).filter(l => !good.test(l)).map(l => `${l}: suppressed without saying what and why`)
}

const findings = [...await control(), ...unexplained()]
if (findings.length === 0) {
  const until = ALL ? Infinity : Date.now() + BOX_SECONDS * 1000
  const first = await each(own, tidy, until)
  const rest = await each(others, tidy, until)
  findings.push(...first.found, ...rest.found, ...await cppcheck(sources.filter(f => f.endsWith('.c'))))
  if (ALL) findings.push(...(await each(sources.filter(f => f.endsWith('.c')), analyzer)).found)
  const meant = own.length + others.length
  console.log(`analysis: clang-tidy on ${first.looked + rest.looked} of ${meant} files${ALL ? '' : ' that changed or include what did'}`
    + `${first.looked + rest.looked < meant ? `, as many as ${BOX_SECONDS} s allow` : ''}; cppcheck${ALL ? ' and gcc -fanalyzer' : ''} on all ${sources.length}`)
}
const unique = [...new Set(findings)]
for (const f of unique) console.log(f)
console.log(`${unique.length === 0 ? 1 : 0} passed, ${unique.length} failed`)
process.exit(unique.length ? 1 : 0)
