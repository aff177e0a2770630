/**
 * Stands in for `@iconify/vue` in the build: its offline half only, so that no code that could ask a server for an icon is
 * part of the portal. The icons themselves are those named in the sources, bundled by @nuxt/ui's plugin.
 */
import { addIcon as keepIcon, Icon } from '@iconify/vue/offline'

type IconData = Parameters<typeof keepIcon>[1]

export { Icon }

/** Registered as `lucide:phone`, asked for as `lucide-phone`. */
export function addIcon(name: string, data: IconData): void {
  keepIcon(name.replace(':', '-'), data)
}

export function iconLoaded(): boolean {
  return true
}
