import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'

// In development the page is served by Vite and the server's endpoints are reached through it.
const server = 'http://127.0.0.1:8880'

export default defineConfig({
  plugins: [vue()],
  server: {
    proxy: {
      '/guest': server,
      '/websocket.signal': { target: server, ws: true },
    },
  },
  build: { target: 'es2022', chunkSizeWarningLimit: 800 },
  test: { environment: 'node', include: ['test/**/*.test.ts'] },
})
