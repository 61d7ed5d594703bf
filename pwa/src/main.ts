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

// Workers are the only scripts that are started by address (Trusted Types, where the browser has them).
const { trustedTypes } = globalThis as { trustedTypes?: { createPolicy(name: string, rules: object): unknown } }
trustedTypes?.createPolicy('default', {
  createScriptURL(address: string) {
    if (new URL(address, location.href).origin === location.origin) return address
    throw new TypeError('a script of somebody else')
  },
})
listenForInstall()
showTheme()
fetchFirstScreen()

// Not a top-level await: chunks that import this one would wait for it, and it for them.
// Where storage is refused, signing in says so.
void Promise.allSettled([showLanguage(preferredLanguage()), start()]).then(() => {
  startClock()
  createApp(App).use(i18n).use(router).mount('#app')
})
