import { defineConfig } from 'vite'
import { licenses } from './licenses'
import { maps } from './maps'

// Built by Debian 12's nodejs 18. Everything is local: no font, script or map is fetched from another host.
export default defineConfig({
  base: './',
  esbuild: { jsx: 'automatic', jsxImportSource: 'preact', legalComments: 'none' },
  build: { target: 'es2022', assetsInlineLimit: 0, modulePreload: { polyfill: false }, chunkSizeWarningLimit: 300 },
  plugins: [maps(), licenses(['echarts4-maps'])],
  server: { proxy: { '/api': 'http://127.0.0.1:8787', '/facts.csv': 'http://127.0.0.1:8787', '/feed.atom': 'http://127.0.0.1:8787' } },
})
