import { fileURLToPath } from 'node:url'
import { VantResolver } from '@vant/auto-import-resolver'
import vue from '@vitejs/plugin-vue'
import Components from 'unplugin-vue-components/vite'
import type { Plugin } from 'vite'
import { VitePWA } from 'vite-plugin-pwa'
import { defineConfig } from 'vitest/config'
import { headFiles, noHeadFiles } from './head/plugin'

/** The app draws its own icons (src/ui/parts/Icon.vue): Vant's inlined icon font would be a third of the CSS. */
const withoutVantIconFont: Plugin = {
  name: 'without-vant-icon-font',
  enforce: 'pre',
  load: (id) => (/vant\/(es|lib)\/icon\/index\.css$/.test(id) ? '' : undefined),
}

export default defineConfig({
  publicDir: 'static',
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  plugins: [
    vue(),
    withoutVantIconFont,
    headFiles(),
    noHeadFiles(),
    Components({ dirs: [], dts: false, resolvers: [VantResolver()] }),
    VitePWA({
      strategies: 'injectManifest',
      srcDir: 'src',
      filename: 'sw.ts',
      // Registered by src/device/updates.ts, which offers a new version instead of forcing it.
      injectRegister: false,
      registerType: 'prompt',
      // static/manifest.webmanifest is written by hand.
      manifest: false,
      injectManifest: {
        // Nobody loads the face finder unasked.
        globIgnores: ['assets/head/**'],
        globPatterns: ['**/*.{js,css,html,svg,png,webmanifest,woff2}'],
      },
    }),
  ],
  define: {
    __VUE_OPTIONS_API__: 'false',
    __VUE_I18N_FULL_INSTALL__: 'false',
    __VUE_I18N_LEGACY_API__: 'false',
    __INTLIFY_PROD_DEVTOOLS__: 'false',
  },
  server: { proxy: { '/api': 'http://127.0.0.1:8000' } },
  build: {
    target: ['chrome100', 'safari15.4', 'firefox115'],
    rolldownOptions: {
      output: {
        // Few files: a phone fetches every one of them before it works offline. Each group also takes what its
        // modules import, unless a group before it has it.
        codeSplitting: {
          groups: [
            { name: 'vendor', test: /node_modules\/(@vue|vue|vue-router|vue-i18n|@intlify)\// },
            { name: 'first', test: /src\/(main\.ts|ui\/screens\/(Today|SignIn)\.vue)/ },
            { name: 'screens', test: /src\/ui\/screens\/(?!Set|Compare|Photo)/ },
            { name: 'photos', test: /src\/ui\/screens\// },
          ].map((group, place, { length }) => ({ ...group, priority: length - place })),
        },
      },
    },
  },
  // A test that hangs ends some time; none is judged by how long it takes.
  test: { include: ['tests/**/*.test.ts', 'src/**/*.test.ts'], testTimeout: 60_000 },
})
