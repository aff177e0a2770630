import { fileURLToPath } from 'node:url'
import ui from '@nuxt/ui/vite'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'
import { compress } from './plugins/compress.ts'
import { cspStyleHash } from './plugins/csp.ts'
import { notices } from './plugins/notices.ts'
import { uiOptions } from './plugins/ui.ts'

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))

export default defineConfig({
  plugins: [vue(), ui(uiOptions), notices(), cspStyleHash({ file: path('../build/www-csp.conf') }), compress()],
  resolve: {
    alias: [
      { find: /^@\//, replacement: path('./src/') },
      { find: /^@iconify\/vue$/, replacement: path('./src/icons.ts') },
    ],
  },
  define: {
    __VUE_OPTIONS_API__: false,
    __VUE_PROD_DEVTOOLS__: false,
    __VUE_I18N_FULL_INSTALL__: false,
    __VUE_I18N_LEGACY_API__: false,
    __INTLIFY_PROD_DEVTOOLS__: false,
    __INTLIFY_DROP_MESSAGE_COMPILER__: false,
  },
  server: {
    port: 5173,
    strictPort: true,
    // The Host stays as the browser sends it: the server compares it with the Origin.
    proxy: Object.fromEntries(
      ['/api', '/live'].map((start) => [
        start,
        { target: process.env.FRONTDESK_URL ?? 'http://127.0.0.1:8080', changeOrigin: false },
      ]),
    ),
  },
  build: {
    outDir: path('../build/www'),
    emptyOutDir: true,
    sourcemap: false,
    target: 'es2022',
    assetsInlineLimit: 0,
    reportCompressedSize: false,
  },
  test: { environment: 'node', include: ['src/**/*.test.ts'] },
})
