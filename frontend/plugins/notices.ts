import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Plugin } from 'vite'

/** In the portal, but not as modules of its scripts: the font, the icons and what the stylesheet is made from. */
const ALWAYS = ['@fontsource-variable/inter', '@iconify-json/lucide', '@nuxt/ui', 'tailwindcss']
const PERMITTED = /^(MIT|ISC|BSD-[23]-Clause|0BSD|Apache-2\.0|OFL-1\.1|CC0-1\.0|Unlicense)$/
const modules = fileURLToPath(new URL('../node_modules/', import.meta.url))

/** Writes notices.txt: the licence of everything that the portal hands out. A licence that is not permitted fails the build. */
export function notices(): Plugin {
  return {
    name: 'frontdesk:notices',
    apply: 'build',
    generateBundle() {
      const folders = new Set(ALWAYS.map((name) => join(modules, name)))
      for (const id of this.getModuleIds()) {
        const folder = packageOf(id)
        if (folder) folders.add(folder)
      }
      const texts = [...folders].sort().map(noticeOf)
      const rule = `\n${'-'.repeat(80)}\n\n`
      this.emitFile({ type: 'asset', fileName: 'notices.txt', source: [...new Set(texts)].join(rule) })
    },
  }
}

/** The folder of the package that a module belongs to; null for our own and for virtual ones. */
function packageOf(id: string): string | null {
  const path = id.replace(/^\0/, '').replace(/[?#].*$/, '')
  if (!path.includes('/node_modules/')) return null
  for (let folder = dirname(path); folder.includes('/node_modules/'); folder = dirname(folder)) {
    const file = join(folder, 'package.json')
    if (existsSync(file) && JSON.parse(readFileSync(file, 'utf8')).version) return folder
  }
  return null
}

function noticeOf(folder: string): string {
  const { name, version, license, author } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  if (!PERMITTED.test(license)) throw new Error(`${name} is under "${license}", which the portal may not include.`)
  const file = readdirSync(folder).find((each) => /^licen[cs]e(\.\w+)?$/i.test(each))
  const text = file ? readFileSync(join(folder, file), 'utf8').trim() : `Copyright ${author?.name ?? author ?? name}`
  return `${name} ${version}\n${license}\n\n${text}\n`
}
