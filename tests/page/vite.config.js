import { defineConfig } from 'vite'

// One classic script: the tests put it into an empty page themselves, and no server serves it.
export default defineConfig({
  build: {
    target: 'es2022',
    lib: { entry: 'src/main.js', name: 'millraceTestPage', formats: ['iife'], fileName: () => 'page.js' },
  },
})
