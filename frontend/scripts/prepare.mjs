// Makes what the type check needs: the client's types from the program's OpenAPI document, and @nuxt/ui's theme types.
import { access, writeFile } from 'node:fs/promises'
import openapiTS, { astToString } from 'openapi-typescript'
import { resolveConfig } from 'vite'

const document = new URL('../../build/openapi.json', import.meta.url)
const types = new URL('../../build/api.d.ts', import.meta.url)

try {
  await access(document)
} catch {
  console.error('build/openapi.json is missing: run "make build/openapi.json" (frontdeskctl openapi) first.')
  process.exit(1)
}
await writeFile(types, astToString(await openapiTS(document)))
await resolveConfig({ logLevel: 'error' }, 'build')
