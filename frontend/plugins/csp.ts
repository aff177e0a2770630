import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import ui from '@nuxt/ui/vite'
import { runnerImport, type Plugin } from 'vite'
import { uiOptions } from './ui.ts'

const COLORS = '@nuxt/ui/runtime/plugins/colors.js'
const STUB = '\0frontdesk:imports'

/**
 * The only inline <style> of the portal is the one that @nuxt/ui adds at start for its colours. Its text is fixed by the
 * configuration, so the Content-Security-Policy can allow exactly it: this runs that plugin, hashes the style it hands
 * over and writes the hash as an nginx variable beside the web root.
 */
export function cspStyleHash(options: { file: string }): Plugin {
  return {
    name: 'frontdesk:csp',
    apply: 'build',
    async closeBundle() {
      const hash = createHash('sha256')
        .update(await colorStyle())
        .digest('base64')
      await writeFile(options.file, `set $csp_style "'sha256-${hash}'";\n`)
    },
  }
}

async function colorStyle(): Promise<string> {
  const { module } = await runnerImport<{ default: () => string }>(COLORS, {
    configFile: false,
    logLevel: 'error',
    plugins: [nuxtStub(), ui({ ...uiOptions, experimental: {} })],
    environments: { inline: { resolve: { noExternal: ['@nuxt/ui'] } } },
  })
  return module.default()
}

/** Stands in for `#imports`: the plugin becomes a function that returns the text it would have put into the page. */
function nuxtStub(): Plugin {
  return {
    name: 'frontdesk:csp-stub',
    enforce: 'pre',
    resolveId: (id) => (id === '#imports' ? STUB : undefined),
    load: (id) =>
      id === STUB
        ? `import appConfig from '#build/app.config'
           let style
           export const defineNuxtPlugin = (setup) => () => (setup(), style)
           export const useAppConfig = () => appConfig
           export const useHead = (head) => { style = head.style[0].innerHTML.value }
           export const useNuxtApp = () => ({ isHydrating: false })
           export const injectHead = () => undefined`
        : undefined,
  }
}
