// The README's table of errors is made from core/base/errors.def.
// `node tests/lint/readme.mjs [--write]`: exit 1 when it is stale.
import { readFileSync, writeFileSync } from 'node:fs'

const root = new URL('../../', import.meta.url)
const readme = new URL('README.md', root)
const BEGIN = '<!-- errors: made by tests/lint/readme.mjs --write -->\n'
const END = '<!-- end of errors -->'

const def = readFileSync(new URL('core/base/errors.def', root), 'utf8')
const rows = [...def.matchAll(/^X\(E_\w+, (\d+), "(\w+)", "(.+)"\)$/gm)]
const table = `${BEGIN}| status | code | sentence |\n| --- | --- | --- |\n` +
  rows.map(([, status, code, sentence]) => `| ${status} | \`${code}\` | ${sentence} |\n`).join('')

const text = readFileSync(readme, 'utf8')
const from = text.indexOf(BEGIN)
const to = text.indexOf(END)
if (from < 0 || to < from || rows.length === 0) {
  console.error('README.md: the marks around the table of errors are missing')
  process.exit(1)
}
const fresh = text.slice(0, from) + table + text.slice(to)
if (process.argv[2] === '--write') writeFileSync(readme, fresh)
else if (fresh !== text) {
  console.error('README.md: the table of errors is stale: run node tests/lint/readme.mjs --write')
  process.exit(1)
}
