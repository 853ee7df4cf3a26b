import { runCli } from './cli.ts'

/** What is typed when it asks; undefined: nobody is there. */
export type Answer = string | (() => Promise<string>)

export interface Ran {
  code: number
  out: string
  err: string
}

/** Runs one command line in this process, with nothing of this process's environment, and gives `answer` when asked. */
export async function cli(
  argv: string[],
  env: Record<string, string | undefined> = {},
  answer?: Answer,
): Promise<Ran> {
  const lines = { out: [] as string[], err: [] as string[] }
  const code = await runCli(argv, {
    env,
    out: (line) => lines.out.push(line),
    err: (line) => lines.err.push(line),
    terminal: false,
    ask: async (question) => {
      lines.out.push(question)
      return typeof answer === 'function' ? answer() : answer
    },
  })
  return { code, out: lines.out.join('\n'), err: lines.err.join('\n') }
}
