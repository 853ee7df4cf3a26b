import babel from '@rolldown/plugin-babel'
import tailwindcss from '@tailwindcss/vite'
import { tanstackRouter } from '@tanstack/router-plugin/vite'
import react, { reactCompilerPreset } from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

const server = process.env['HOLDPOINT_DEV_SERVER'] ?? 'http://127.0.0.1:4653'

const firstLoad =
  /node_modules\/(react|react-dom|scheduler|@tanstack\/(react-router|router-core|history|store|react-store|query-core|react-query)|@trpc\/(client|server))\//
const everyPage =
  /src\/(app\/(FreshnessBar|NavRail|Shell|SignedOut|StateCounts|TopBar|trpc|useCounts|query)|errors|live\/(?!hub|feed)|time)\b|src\/runs\/(StateMark|stateLook|Spend|inFlight)|src\/fleet\/(choice|useChoice|columns|columnIds|LazyMenu|useRowWindow|search|order|copyLink)\b|src\/ui\/(visible|useMediaQuery|Skeleton)\b|icons\/(bookmark|check|columns-3|list-filter|x)\.mjs|protocol\/src/

export default defineConfig({
  plugins: [
    tanstackRouter({ target: 'react', autoCodeSplitting: true }),
    react(),
    babel({ presets: [reactCompilerPreset()] }),
    tailwindcss(),
  ],
  worker: { format: 'es' },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    sourcemap: true,
    target: 'es2024',
    rolldownOptions: {
      // Told to everyone who starts it on a slow machine, and none of it is for them.
      checks: { pluginTimings: false },
      output: {
        // What every page needs travels in two files: many small ones compress worse.
        codeSplitting: {
          groups: [
            { name: 'vendor', test: firstLoad },
            { name: 'console', test: everyPage },
          ],
        },
      },
    },
  },
  server: { proxy: { '/trpc': server, '/api': server } },
})
