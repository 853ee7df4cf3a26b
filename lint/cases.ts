export interface Planted {
  path: string
  rule: string
  code: string
}

const layer = (path: string, from: string): Planted => ({
  path,
  rule: 'no-restricted-imports',
  code: `import { thing } from '${from}'\nconsole.log(thing)\n`,
})

const layers = [
  layer('packages/protocol/src/a.ts', '@holdpoint/db'),
  layer('packages/protocol/src/b.ts', 'node:fs'),
  layer('packages/rules/src/a.ts', '@holdpoint/db'),
  layer('packages/rules/src/b.ts', 'pg'),
  layer('packages/merkle-log/src/a.ts', '@holdpoint/sdk'),
  layer('packages/recordings/src/a.ts', '@holdpoint/protocol'),
  layer('packages/db/src/a.ts', '@holdpoint/sdk'),
  layer('packages/db/src/b.ts', '../../protocol/src/can.ts'),
  layer('packages/sdk/src/a.ts', '@holdpoint/db'),
  layer('packages/langgraph/src/a.ts', '@holdpoint/protocol'),
  layer('apps/server/src/main.ts', '@holdpoint/sdk'),
  layer('apps/server/src/supervisor/a.ts', '../trpc/root.ts'),
  layer('apps/server/src/http/a.ts', '../main.ts'),
  layer('apps/server/src/trpc/a.ts', '../http/app.ts'),
  layer('apps/server/src/runs/a.ts', '../approvals/decide.ts'),
  layer('apps/server/src/runs/b.ts', '../trpc/router.ts'),
  layer('apps/server/src/runs/c.ts', '../config.ts'),
  layer('apps/server/src/runs/deep/d.ts', '../../agents/add.ts'),
  layer('apps/server/src/database/a.ts', '../runs/pause.ts'),
  layer('apps/server/src/audit/a.ts', '../live/publish.ts'),
  layer('apps/server/src/live/a.ts', '../runs/pause.ts'),
  layer('apps/web/src/runs/a.ts', '@holdpoint/db'),
  layer('apps/web/src/runs/b.ts', '@holdpoint/server/router'),
  layer('apps/web/src/runs/c.ts', '../../../server/src/trpc/router.ts'),
  layer('apps/web/src/ui/a.ts', '@tanstack/react-router'),
  layer('apps/web/src/ui/b.ts', '@trpc/client'),
  layer('apps/web/src/ui/c.ts', '../live/store.ts'),
  layer('apps/web/src/live/a.ts', 'react'),
  layer('apps/cli/src/a.ts', '@holdpoint/web'),
  layer('apps/sample-fleet/src/a.ts', '@holdpoint/server/main'),
  layer('e2e/a.ts', '@holdpoint/server/main'),
  layer('bench/a.ts', '@holdpoint/web'),
]

const rules: Planted[] = [
  {
    path: 'apps/server/src/runs/floating.ts',
    rule: 'no-floating-promises',
    code: 'const later = async () => 1\nlater()\n',
  },
  {
    path: 'apps/server/src/runs/misused.ts',
    rule: 'no-misused-promises',
    code: 'export const wait = (p: Promise<boolean>) => (p ? 1 : 2)\n',
  },
  {
    path: 'packages/protocol/src/exhaustive.ts',
    rule: 'switch-exhaustiveness-check',
    code: "export function f(a: 'x' | 'y') {\n  switch (a) {\n    case 'x':\n      return 1\n  }\n  return 2\n}\n",
  },
  {
    path: 'packages/protocol/src/any.ts',
    rule: 'no-explicit-any',
    code: 'export const f = (a: any) => String(a)\n',
  },
  {
    path: 'packages/protocol/src/bang.ts',
    rule: 'no-non-null-assertion',
    code: 'export const f = (a: string | null) => a!\n',
  },
  {
    path: 'packages/protocol/src/types.ts',
    rule: 'consistent-type-imports',
    code: "import { Ping } from './ping.ts'\nexport const f = (a: Ping) => a\n",
  },
  {
    path: 'packages/protocol/src/ping.ts',
    rule: 'no-cycle',
    code: "import { pong } from './pong.ts'\nexport type Ping = 1\nexport const ping = () => pong()\n",
  },
  {
    path: 'packages/protocol/src/pong.ts',
    rule: 'no-cycle',
    code: "import { ping } from './ping.ts'\nexport const pong = (): unknown => ping()\n",
  },
  {
    path: 'packages/protocol/src/long.ts',
    rule: 'max-lines',
    code: 'export {}\n'.repeat(301),
  },
  {
    path: 'packages/protocol/src/long-function.ts',
    rule: 'max-lines-per-function',
    code: `export function f() {\n${'  console.log(1)\n'.repeat(60)}}\n`,
  },
  {
    path: 'apps/web/src/runs/LongComponent.tsx',
    rule: 'max-lines-per-function',
    code: `export function F() {\n${'  console.log(1)\n'.repeat(120)}}\n`,
  },
  {
    path: 'apps/web/src/runs/useHook.ts',
    rule: 'rules-of-hooks',
    code: "import { useState } from 'react'\nexport function useA(a: boolean) {\n  if (a) useState(1)\n}\n",
  },
  {
    path: 'apps/web/src/runs/Image.tsx',
    rule: 'alt-text',
    code: 'export const Image = () => <img src="a.png" />\n',
  },
  {
    path: 'apps/server/src/runs/environment.ts',
    rule: 'no-process-env',
    code: "export const url = process.env['DATABASE_URL']\n",
  },
  {
    path: 'packages/rules/src/clock.ts',
    rule: 'no-restricted-globals',
    code: 'export const now = () => Date.now()\n',
  },
]

export const planted: Planted[] = [...layers, ...rules]

const use = (from: string) => `import { thing } from '${from}'\n\nconsole.log(thing)\n`

/** The other half of the proof: lint says nothing of what DESIGN allows. */
export const allowed = [
  { path: 'packages/db/src/fine.ts', code: use('@holdpoint/protocol') },
  { path: 'packages/langgraph/src/fine.ts', code: use('@holdpoint/sdk') },
  { path: 'packages/sdk/test/fine.test.ts', code: use('@holdpoint/db/testing') },
  { path: 'apps/server/src/config.ts', code: "export const url = process.env['DATABASE_URL']\n" },
  { path: 'apps/server/src/http/fine.ts', code: use('../trpc/router.ts') },
  { path: 'apps/server/src/trpc/fine.ts', code: use('../runs/router.ts') },
  { path: 'apps/server/src/supervisor/fine.ts', code: use('../runs/pause.ts') },
  { path: 'apps/server/src/runs/fine.ts', code: use('../audit/append.ts') },
  { path: 'apps/server/src/runs/end.ts', code: use('../database/run-verb.ts') },
  { path: 'apps/server/src/runs/router.ts', code: use('../trpc/procedure.ts') },
  { path: 'apps/server/src/runs/list.ts', code: use('./queries.ts') },
  {
    path: 'apps/web/src/app/fine.ts',
    code: "import type { AppRouter } from '@holdpoint/server/router'\n\nexport type Router = AppRouter\n",
  },
  { path: 'apps/web/src/live/useRuns.ts', code: use('react') },
  { path: 'apps/web/src/ui/Fine.ts', code: use('radix-ui') },
]
