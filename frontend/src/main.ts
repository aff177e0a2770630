import ui from '@nuxt/ui/vue-plugin'
import { createPinia } from 'pinia'
import { createApp } from 'vue'
import App from './App.vue'
import { startColorMode } from './composables/useColorMode'
import { reloadWhenOutdated } from './freshness'
import { i18n, preferredLanguage, setLanguage } from './i18n'
import { router } from './router'
import './main.css'

startColorMode()
reloadWhenOutdated()
await setLanguage(preferredLanguage())
createApp(App).use(createPinia()).use(i18n).use(router).use(ui).mount('#app')
