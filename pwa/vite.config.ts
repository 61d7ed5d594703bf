import { fileURLToPath } from 'node:url'
import { VantResolver } from '@vant/auto-import-resolver'
import vue from '@vitejs/plugin-vue'
import Components from 'unplugin-vue-components/vite'
import { VitePWA } from 'vite-plugin-pwa'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  publicDir: 'static',
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  plugins: [
    vue(),
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
        globPatterns: ['**/*.{js,css,html,svg,png,webmanifest,woff2}'],
      },
    }),
  ],
  server: { proxy: { '/api': 'http://127.0.0.1:8000' } },
  build: { target: ['chrome100', 'safari15.4', 'firefox115'] },
  test: { include: ['tests/**/*.test.ts', 'src/**/*.test.ts'] },
})
