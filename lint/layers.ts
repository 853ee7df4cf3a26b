import type { OxlintOverride } from 'oxlint'

// Who may import whom. planted.ts plants a violation of each rule and proves that lint fails.
// The last override that matches a file wins, so every one carries its whole set of patterns.

type Pattern = ({ regex: string } | { group: string[] }) & {
  message: string
  allowTypeImports?: boolean
}

export const serverNouns = [
  'runs',
  'approvals',
  'policies',
  'detections',
  'agents',
  'operators',
  'views',
  'fleet',
  'health',
  'history',
  'loops',
  'notifications',
]
/** Nouns that every other noun may write to. */
export const serverShared = ['audit', 'live']
/** Below all of them: how the server talks to its database. It knows no other folder. */
export const serverBase = ['database']
export const serverUpper = ['http', 'trpc', 'supervisor']

const tests = ['**/*.test.ts', '**/*.test.tsx', '**/test/**']

const ours = [
  'protocol',
  'rules',
  'merkle-log',
  'recordings',
  'db',
  'sdk',
  'server',
  'web',
  'sample-fleet',
  'e2e',
  'bench',
]

const noReachingIn: Pattern = {
  regex: String.raw`^(\.\./)+(packages/|apps/|[a-z-]+/src/)|^@holdpoint/[a-z-]+/src/`,
  message: 'Import another package by its name and its exports, never by its files.',
}

const noCli: Pattern = { regex: '^holdpoint(/|$)', message: 'Nothing imports the CLI.' }

function only(layer: string, allowed: string[]): Pattern {
  const forbidden = ours.filter((name) => !allowed.includes(name))
  const may = allowed.map((name) => `@holdpoint/${name}`).join(', ') || 'nothing of ours'
  return {
    regex: `^@holdpoint/(${forbidden.join('|')})(/|$)`,
    message: `${layer} may import ${may}.`,
  }
}

function pure(layer: string): Pattern {
  return {
    regex: '^(node:|pg$|kysely)',
    message: `${layer} is pure and also runs in browsers: no Node, no database.`,
  }
}

function siblings(layer: string, folders: string[], files: string[] = []): Pattern {
  const names = [...folders.map((name) => `${name}/`), ...files.map((name) => `${name}\\.ts$`)]
  return {
    regex: String.raw`^(\.\./)+(${names.join('|')})`,
    message: `${layer} may not import this: main -> http -> trpc -> nouns -> {audit, live}.`,
  }
}

function restrict(files: string[], patterns: Pattern[], excludeFiles?: string[]): OxlintOverride {
  return {
    files,
    ...(excludeFiles && { excludeFiles }),
    rules: {
      'no-restricted-imports': ['error', { patterns: [noReachingIn, noCli, ...patterns] }],
    },
  }
}

const packages = [
  // Adapters are the packages that have no rule of their own below.
  restrict(['packages/*/**'], [only('An adapter', ['sdk'])]),
  restrict(['packages/{rules,merkle-log}/**'], [only('A pure package', ['protocol'])]),
  restrict(['packages/{rules,merkle-log}/**'], [only('It', ['protocol']), pure('It')], tests),
  restrict(['packages/recordings/**'], [only('recordings', [])]),
  restrict(['packages/protocol/**'], [only('protocol', [])]),
  restrict(['packages/protocol/**'], [only('protocol', []), pure('protocol')], tests),
  restrict(['packages/db/**'], [only('db', ['protocol'])]),
  restrict(['packages/sdk/**'], [only('A test of sdk', ['protocol', 'db'])]),
  restrict(['packages/sdk/**'], [only('sdk', ['protocol'])], tests),
]

const fromServer = only('server', ['protocol', 'rules', 'merkle-log', 'db'])
const config: Pattern = {
  regex: String.raw`^(\.\./)+config\.ts$`,
  message: 'Only main reads the configuration; take what you need as an argument.',
  allowTypeImports: true,
}

const server = [
  // The base for tests and for main, which composes everything.
  restrict(['apps/server/**'], [fromServer]),
  restrict(
    ['apps/server/src/supervisor/**'],
    [fromServer, config, siblings('supervisor', ['http', 'trpc'], ['main'])],
    tests,
  ),
  restrict(
    ['apps/server/src/http/**'],
    [fromServer, config, siblings('http', ['supervisor'], ['main'])],
    tests,
  ),
  restrict(
    ['apps/server/src/trpc/**'],
    [fromServer, config, siblings('trpc', ['http', 'supervisor'], ['main'])],
    tests,
  ),
  restrict(
    ['apps/server/src/database/**'],
    [
      fromServer,
      config,
      siblings('database', [...serverUpper, ...serverNouns, ...serverShared], ['main']),
    ],
    tests,
  ),
  ...[...serverNouns, ...serverShared].map((noun) => {
    const others = [...serverNouns, ...(serverShared.includes(noun) ? serverShared : [])]
    return restrict(
      [`apps/server/src/${noun}/**`],
      [
        fromServer,
        config,
        siblings(
          'A noun',
          ['http', 'supervisor', ...others.filter((name) => name !== noun)],
          ['main'],
        ),
        {
          // The procedure builder knows no noun; every router.ts is made with it.
          group: ['**/trpc/*', '!**/trpc/procedure.ts'],
          message: 'Of trpc/ a noun imports only procedure.ts.',
        },
      ],
      tests,
    )
  }),
]

const fromWeb: Pattern[] = [
  only('web', ['protocol', 'server']),
  {
    regex: '^@holdpoint/server(/|$)',
    message: 'web imports the type of the router, never its code.',
    allowTypeImports: true,
  },
  { regex: '^(node:|pg$|kysely|hono)', message: 'web runs in a browser.' },
]

const web = [
  restrict(['apps/web/**'], [only('web', ['protocol', 'server'])]),
  restrict(['apps/web/src/**'], fromWeb, tests),
  restrict(
    ['apps/web/src/ui/**'],
    [
      ...fromWeb,
      {
        regex: '^@tanstack/react-(router|query)|^@trpc/',
        message: 'ui/ holds primitives: no router, no query, no trpc.',
      },
      {
        regex: String.raw`^\.\./(\.\./)*[a-z]`,
        message: 'ui/ imports no other folder of the app.',
      },
    ],
    tests,
  ),
  restrict(
    ['apps/web/src/live/**'],
    [...fromWeb, { regex: '^react(-dom)?(/|$)', message: 'The run store knows no React.' }],
    [...tests, 'apps/web/src/live/use*'],
  ),
]

const rest = [
  restrict(
    ['apps/cli/**'],
    [
      only('cli', [
        'protocol',
        'rules',
        'merkle-log',
        'recordings',
        'db',
        'sdk',
        'server',
        'sample-fleet',
      ]),
    ],
  ),
  restrict(['apps/sample-fleet/**'], [only('A test of sample-fleet', ['protocol', 'sdk', 'db'])]),
  restrict(['apps/sample-fleet/**'], [only('sample-fleet', ['protocol', 'sdk'])], tests),
  restrict(['e2e/**'], [only('e2e', ['protocol', 'db', 'sdk', 'sample-fleet'])]),
  restrict(
    ['bench/**'],
    [only('bench', ['protocol', 'rules', 'merkle-log', 'recordings', 'db', 'sdk', 'server'])],
  ),
]

export const layers: OxlintOverride[] = [...packages, ...server, ...web, ...rest]
