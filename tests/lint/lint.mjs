// Lints of the C tree: layers, foreign headers, lengths, formatting, words.
// `node tests/lint/lint.mjs [FOLDER]`: a line per finding, exit 1 if any.
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const root = process.argv[2] ?? '.'
const FILE_LINES = 600
const FUNCTION_LINES = 60
const PARAMETERS = 6

const git = (...args) => execFileSync('git', ['-C', root, ...args], { encoding: 'utf8', maxBuffer: 1 << 26 })
const files = git('ls-files', '-co', '--exclude-standard', '*.c', '*.h', '*.cc', '*.def')
  .split('\n').filter(Boolean).sort()
const text = new Map(files.map(f => [f, readFileSync(join(root, f), 'utf8')]))
const findings = []
const find = (file, line, what) => findings.push(`${file}:${line}: ${what}`)

// ---- layers: includes of core/ and fcgi/ only point down ----
const layers = readFileSync(join(root, 'core/LAYERS'), 'utf8').split('\n')
  .filter(l => l && !l.startsWith('#'))
const level = folder => layers.indexOf(folder)

function checkLayers(file, lines) {
  const own = level(dirname(file))
  if (!file.startsWith('tests/') && own < 0) find(file, 1, `${dirname(file)} is not in core/LAYERS`)
  lines.forEach((l, i) => {
    const m = /^#include "(.+)"/.exec(l)
    if (!m || file.startsWith('tests/')) return
    const other = level(dirname(m[1]))
    if (other < 0) find(file, i + 1, `includes ${m[1]}, which is in no layer`)
    else if (other > own) find(file, i + 1, `includes ${m[1]} of a higher layer`)
  })
}

// ---- foreign headers: each in exactly one file ----
const OURS = /^(assert|errno|fcntl|getopt|inttypes|limits|malloc|math|poll|pthread|signal|spawn|stdarg|stdatomic|stdbool|stddef|stdint|stdio|stdlib|string|strings|sysexits|time|unistd|pwd|netdb|ctype|dirent|glob|arpa\/\w+|netinet\/\w+|sys\/\w+)\.h$|^(array|atomic|cstdlib|cstring|exception|map|memory|mutex|new|optional|string|string_view|unordered_map|utility|vector|algorithm|cstdint|cstddef|chrono|fstream|limits)$/
const foreign = new Map()

function checkForeign(file, lines) {
  if (file.startsWith('tests/')) return
  lines.forEach((l, i) => {
    const m = /^#include <(.+)>/.exec(l)
    if (!m || OURS.test(m[1])) return
    const first = foreign.get(m[1])
    if (first && first !== file) find(file, i + 1, `<${m[1]}> is the business of ${first} alone`)
    foreign.set(m[1], first ?? file)
  })
}

// ---- lengths: a function begins at a line that ends a signature with "{" ----
function checkLengths(file, lines) {
  if (lines.length - 1 > FILE_LINES) find(file, 1, `${lines.length - 1} lines, at most ${FILE_LINES}`)
  let start = 0
  let name = ''
  lines.forEach((l, i) => {
    if (l === '{' && i > 0 && /\)$/.test(lines[i - 1])) {
      let k = i - 1
      while (k > 0 && !/^\S.*\(/.test(lines[k])) k--
      const signature = lines.slice(k, i).join(' ')
      name = /(\w+)\s*\(/.exec(signature)?.[1] ?? '?'
      start = i + 1
      const inside = signature.slice(signature.indexOf('(') + 1, signature.lastIndexOf(')'))
      const count = inside.replace(/\([^()]*\)/g, '').split(',').length
      if (count > PARAMETERS && !/^START_TEST/.test(signature)) find(file, k + 1, `${name}() has ${count} parameters, at most ${PARAMETERS}`)
    } else if (l === '}' && start) {
      if (i - start > FUNCTION_LINES) find(file, start, `${name}() has ${i - start} lines, at most ${FUNCTION_LINES}`)
      start = 0
    }
  })
}

// ---- words and habits ----
const HABITS = [
  [/\b(TODO|FIXME|XXX|HACK)\b/, 'says that something is left undone'],
  [/\s+$/, 'has blanks at its end'],
  [/^.{121,}$/, 'is longer than 120 characters'],
  [/\bcJSON_GetObjectItem\b/, 'looks a key up without regard to case'],
  [/\b(setlocale|getenv)\s*\(/, 'reads or changes the process environment'],
  [/\bSELECT \*/, 'selects * : name the columns'],
  [/\bINSERT IGNORE\b|\bREPLACE INTO\b|ON DUPLICATE KEY/, 'hides errors of the database'],
]
const ALLOWED = {
  'reads or changes the process environment': /^core\/(base\/ts|base\/banned|sys\/conf|sys\/tz)/,
  // one row a company, and nothing that could be wrong with it
  'hides errors of the database': /^core\/schema\/triggers\.c$/,
  'is longer than 120 characters': /\.def$|^fcgi\/routes\.c$/,
}

function checkHabits(file, lines) {
  if (file.startsWith('tests/')) return
  lines.forEach((l, i) => {
    for (const [pattern, what] of HABITS) {
      if (pattern.test(l) && !ALLOWED[what]?.test(file)) find(file, i + 1, what)
    }
  })
}

for (const [file, body] of text) {
  const lines = body.split('\n')
  if (!file.endsWith('.def')) {
    checkLayers(file, lines)
    checkForeign(file, lines)
    checkLengths(file, lines)
  }
  checkHabits(file, lines)
}

// ---- formatting ----
const formatted = files.filter(f => !f.endsWith('.def'))
try {
  execFileSync('clang-format', ['--dry-run', '-Werror', ...formatted], { cwd: root, stdio: ['ignore', 'ignore', 'pipe'] })
} catch (e) {
  if (e.code === 'ENOENT') find('clang-format', 0, 'is not installed: run make deps')
  const seen = new Set()
  for (const l of String(e.stderr ?? '').split('\n')) {
    const m = /^(\S+?):(\d+):\d+: error: code should be clang-formatted/.exec(l)
    if (m && !seen.has(m[1])) {
      seen.add(m[1])
      find(m[1], m[2], 'is not formatted: run make format')
    }
  }
}

for (const f of findings) console.log(f)
console.log(`lint: ${files.length} files, ${findings.length} findings`)
process.exit(findings.length ? 1 : 0)
