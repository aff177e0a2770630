import type { NuxtUIOptions } from '@nuxt/ui/vite'

/**
 * How @nuxt/ui is set up. Components are imported by name in each file, so nothing is generated into the sources;
 * only the themes of components in use reach the stylesheet; icons named in the sources are bundled, never fetched.
 */
export const uiOptions: NuxtUIOptions = {
  autoImport: false,
  components: false,
  dts: false,
  colorMode: false,
  experimental: { componentDetection: true },
  icon: { clientBundle: { scan: true, sizeLimitKb: 64 } },
  theme: { colors: ['primary', 'info', 'success', 'warning', 'error'] },
  ui: {
    colors: {
      primary: 'pine',
      info: 'sky',
      success: 'emerald',
      warning: 'amber',
      error: 'red',
      neutral: 'stone',
    },
    button: { variants: { size: { md: { leadingIcon: 'size-4', trailingIcon: 'size-4' } } } },
    input: { variants: { size: { md: { leadingIcon: 'size-4', trailingIcon: 'size-4' } } } },
    select: { variants: { size: { md: { leadingIcon: 'size-4', trailingIcon: 'size-4' } } } },
    dropdownMenu: {
      slots: { label: 'text-xs text-muted font-medium' },
      variants: { size: { md: { itemLeadingIcon: 'size-4', itemTrailingIcon: 'size-4' } } },
    },
  },
}
