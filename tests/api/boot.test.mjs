// What the programs say to a wrong configuration, and that they do not start
// with one; and that those which are installed know nothing of tests.
import { after, before, describe, test } from 'node:test'
import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../../build', import.meta.url))
const BUILD = process.env.TEST_BUILD ?? ROOT
const EX_CONFIG = 78

let folder
let file

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'fd-boot-'))
  file = join(folder, 'frontdesk.yaml')
  writeConfig()
  execFileSync(join(BUILD, 'frontdeskctl'), ['-c', file, 'secrets'])
})
after(() => rmSync(folder, { recursive: true, force: true }))

function writeConfig(more = '') {
  writeFileSync(file, `server:\n  secrets_dir: "${folder}/secrets"\n  run_dir: "${folder}"\n${more}`)
}

/* Descriptor 0 is no socket: a worker with a good configuration says so. What
 * refuses to start frees nothing. */
function boot(program = 'frontdesk-fcgi', path = file) {
  const r = spawnSync(join(BUILD, program), ['-c', path], {
    encoding: 'utf8', timeout: 20_000, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ASAN_OPTIONS: 'detect_leaks=0' },
  })
  return { status: r.status, says: r.stderr }
}

describe('a configuration', () => {
  for (const [name, text, line, says] of [
    ['a key that does not exist', 'limits:\n  factr: 2\n', 5, /no key factr in section limits/],
    ['a section that does not exist', 'limit:\n  factor: 2\n', 4, /no section limit/],
    ['a key given twice', 'limits:\n  factor: 2\n  factor: 3\n', 6, /limits\.factor is given twice/],
    ['a number in quotes', 'limits:\n  factor: "2"\n', 5, /whole number from 1 to 10000/],
    ['a number out of range', 'limits:\n  factor: 0\n', 5, /whole number from 1 to 10000/],
    ['a number with a fraction', 'limits:\n  factor: 1.5\n', 5, /whole number/],
    ['yes for true', '  sandbox: yes\n', 4, /server\.sandbox must be true or false/],
    ['true in quotes', '  sandbox: "true"\n', 4, /server\.sandbox must be true or false/],
    ['a list', 'limits:\n  factor: [1, 2]\n', 5, /must be one value/],
    ['a map', 'limits:\n  factor: {a: 1}\n', 5, /must be one value/],
    ['no value', 'smtp:\n  from:\n', 5, /no value/],
    ['a tag', 'limits:\n  factor: !!int 2\n', 5, /tags/],
    ['a tag of its own', 'smtp:\n  from: !secret x\n', 5, /tags/],
    ['an anchor', 'smtp:\n  from: &a x\n', 5, /Anchors/],
    ['an alias', 'smtp:\n  from: *a\n', 5, /aliases/],
    ['a second document', '---\nlimits:\n  factor: 2\n', 4, /second document/],
    ['a tab', 'limits:\n\tfactor: 2\n', 5, /not YAML/],
    ['a line below nothing', '  factor: 2\n', 4, /no key factor in section server/],
  ]) {
    test(`with ${name} starts nothing`, () => {
      writeConfig(text)
      for (const program of ['frontdesk-fcgi', 'frontdesk-worker']) {
        const r = boot(program)
        assert.equal(r.status, EX_CONFIG, `${program}: ${r.says}`)
        assert.ok(r.says.startsWith(`${file}:${line}: `), r.says)
        assert.match(r.says, says)
      }
    })
  }

  test('that is right goes past all this', () => {
    writeConfig('limits:\n  factor: 2\n')
    const r = boot()
    assert.notEqual(r.status, EX_CONFIG, r.says)
    assert.match(r.says, /spawn-fcgi/)
  })

  test('that is not there starts nothing', () => {
    const r = boot('frontdesk-fcgi', join(folder, 'nowhere.yaml'))
    assert.equal(r.status, EX_CONFIG)
    assert.match(r.says, /nowhere\.yaml.*No such file/)
  })
})

describe('a secret', () => {
  const NEEDED = ['jwt_key', 'link_key', 'keyring', 'db_fd_web']
  const path = name => join(folder, 'secrets', name)

  for (const name of NEEDED) {
    for (const [what, change, says] of [
      ['is missing', p => rmSync(p), /No such file/],
      ['is empty', p => writeFileSync(p, ''), /is empty/],
      ['is readable by others', p => chmodSync(p, 0o604), /open to others: chmod 600/],
      ['is writable by its group', p => chmodSync(p, 0o620), /open to others: chmod 600/],
    ]) {
      test(`${name} that ${what} starts nothing`, () => {
        const kept = readFileSync(path(name))
        writeConfig()
        change(path(name))
        try {
          const r = boot()
          assert.equal(r.status, EX_CONFIG, r.says)
          assert.match(r.says, says)
          assert.ok(r.says.includes(path(name)), r.says)
          if (kept.length > 8) assert.ok(!r.says.includes(kept.toString().trim().slice(-8)), 'it is not told')
        } finally {
          rmSync(path(name), { force: true })
          writeFileSync(path(name), kept, { mode: 0o600 })
        }
      })
    }
  }

  test('that is no keyring starts nothing', () => {
    const kept = readFileSync(path('jwt_key'))
    writeFileSync(path('jwt_key'), 'abcd\n', { mode: 0o600 })
    const r = boot()
    writeFileSync(path('jwt_key'), kept)
    assert.equal(r.status, EX_CONFIG, r.says)
    assert.ok(r.says.includes(path('jwt_key')), r.says)
  })
})

describe('what is installed', () => {
  const symbols = program => execFileSync('nm', ['-a', program], { encoding: 'utf8', maxBuffer: 1 << 28 })
  const OURS = ['db_fail_at', 'db_fault']

  for (const program of ['frontdesk-fcgi', 'frontdesk-worker', 'frontdeskctl']) {
    test(`${program} holds no clock and no failures of tests`, () => {
      const path = join(ROOT, program)
      const names = symbols(path)
      assert.match(names, / ts_now$/m, 'it has its symbols')
      for (const name of OURS) assert.ok(!names.includes(name), name)
      assert.ok(!readFileSync(path).includes('FRONTDESK_NOW'))
      assert.ok(!readFileSync(path).includes('__asan_'))
    })
  }

  test('those of the tests do', () => {
    const path = join(ROOT, 't/frontdesk-fcgi')
    for (const name of OURS) assert.ok(symbols(path).includes(name), name)
    assert.ok(readFileSync(path).includes('FRONTDESK_NOW'))
  })
})
