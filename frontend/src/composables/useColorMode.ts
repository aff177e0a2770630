import { ref } from 'vue'
import { recall, remember } from '@/stores/preferences'

export type ColorMode = 'system' | 'light' | 'dark'

const systemIsDark = matchMedia('(prefers-color-scheme: dark)')
const mode = ref<ColorMode>((recall('colors') as ColorMode | null) ?? 'system')

function apply(): void {
  const isDark = mode.value === 'dark' || (mode.value === 'system' && systemIsDark.matches)
  document.documentElement.classList.toggle('dark', isDark)
  document.documentElement.classList.toggle('light', !isDark)
}

/** Sets the colours before anything is drawn, and follows the system when it changes. */
export function startColorMode(): void {
  apply()
  systemIsDark.addEventListener('change', apply)
}

export function useColorMode() {
  function choose(wanted: ColorMode): void {
    mode.value = wanted
    remember('colors', wanted)
    apply()
  }
  return { mode, choose }
}
