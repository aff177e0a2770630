// The shipped systemd/frontdesk.yaml shows every key of core/sys/conf.def with
// its sentence and default. `node tests/lint/config.mjs [--write]`
import { readFileSync, writeFileSync } from 'node:fs'

const root = new URL('../../', import.meta.url)
const shipped = new URL('systemd/frontdesk.yaml', root)
const def = readFileSync(new URL('core/sys/conf.def', root), 'utf8')

let text = `# Frontdesk's configuration. What is commented shows the default. Secrets are
# not here: each is a file (mode 0600) in /etc/frontdesk/secrets, made by
# "frontdeskctl secrets". After a change: systemctl reload 'frontdesk@*'.
`
let section
for (const line of def.split('\n').filter((l) => /^CONF_/.test(l))) {
  const [, kind, where, name, rest, sentence] = /^CONF_(\w+)\((\w+), (\w+), (.+), "(.+)"\)$/.exec(line)
  const value = kind === 'INT' ? rest.split(', ').at(-1) : rest

  if (where !== section) text += `\n${where}:\n`
  section = where
  text += `  # ${sentence.replaceAll('\\"', '"')}\n  #${name}: ${value}\n`
}

if (process.argv[2] === '--write') {
  writeFileSync(shipped, text)
} else if (readFileSync(shipped, 'utf8') !== text) {
  console.error('systemd/frontdesk.yaml is not what core/sys/conf.def says: node tests/lint/config.mjs --write')
  process.exit(1)
}
