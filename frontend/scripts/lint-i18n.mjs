// Checks the words of the portal: every language has the same keys with the same placeholders, every key that the sources
// ask for exists, and every key that exists is asked for. Keys with a variable part (`value.${group}.…`) count as a whole.
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

const source = new URL('../src/', import.meta.url).pathname
const files = await readdir(source, { recursive: true })
const faults = []

const languages = new Map()
for (const file of files.filter((each) => /^i18n\/\w+\.json$/.test(each)))
  languages.set(file, flatten(JSON.parse(await readFile(join(source, file), 'utf8'))))

const [[firstName, first], ...others] = languages
for (const [name, words] of others) {
  for (const key of first.keys()) if (!words.has(key)) faults.push(`${name}: "${key}" is missing`)
  for (const [key, text] of words) {
    if (!first.has(key)) faults.push(`${firstName}: "${key}" is missing`)
    else if (placeholders(text) !== placeholders(first.get(key)))
      faults.push(`${name}: "${key}" has other placeholders`)
  }
}

const keys = new Set()
const quoted = new Set()
const prefixes = new Set()
for (const file of files.filter((each) => /\.(vue|ts)$/.test(each) && !each.endsWith('.test.ts'))) {
  const code = await readFile(join(source, file), 'utf8')
  for (const [text] of code.matchAll(/'[a-z]\w*(?:\.\w+)+'/g)) keys.add(text.slice(1, -1))
  for (const [, word] of code.matchAll(/['"](\w+)['"]/g)) quoted.add(word)
  for (const [, prefix] of code.matchAll(/`([a-z]\w*(?:\.\w+)*\.)\$\{/g)) prefixes.add(prefix)
  for (const [, key] of code.matchAll(/\bt\(\s*'([^']+)'/g))
    if (!first.has(key)) faults.push(`${file}: "${key}" is in no language`)
}
const isUsed = (key) => keys.has(key) || [...prefixes].some((prefix) => key.startsWith(prefix))
for (const group of new Set(
  [...first.keys()].filter((key) => key.startsWith('value.')).map((key) => key.split('.')[1]),
))
  if (!quoted.has(group)) faults.push(`${firstName}: "value.${group}" is not used`)
for (const key of first.keys()) if (!isUsed(key)) faults.push(`${firstName}: "${key}" is not used`)
for (const prefix of prefixes)
  if (![...first.keys()].some((key) => key.startsWith(prefix))) faults.push(`"${prefix}…" is in no language`)

for (const fault of faults) console.error(fault)
console.log(`i18n: ${first.size} keys in ${languages.size} languages, ${faults.length} faults`)
process.exit(faults.length > 0 ? 1 : 0)

function flatten(tree, path = '') {
  return new Map(
    Object.entries(tree).flatMap(([name, value]) =>
      typeof value === 'string' ? [[path + name, value]] : [...flatten(value, `${path}${name}.`)],
    ),
  )
}

function placeholders(text) {
  return [...new Set(text.match(/\{\w+\}/g))].sort().join()
}
