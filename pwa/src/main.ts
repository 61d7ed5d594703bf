import { createApp } from 'vue'
import { listenForInstall } from './device/install'
import { start } from './state'
import App from './ui/App.vue'
import { startClock } from './ui/clock'
import { i18n, preferredLanguage, showLanguage } from './ui/i18n'
import { fetchFirstScreen, router } from './ui/router'
import { showTheme } from './ui/theme'
import './ui/style/tokens.css'
import './ui/style/base.css'

listenForInstall()
showTheme()
fetchFirstScreen()

// Not a top-level await: chunks that import this one would wait for it, and it for them.
// Where storage is refused, signing in says so.
void Promise.allSettled([showLanguage(preferredLanguage()), start()]).then(() => {
  startClock()
  createApp(App).use(i18n).use(router).mount('#app')
})
