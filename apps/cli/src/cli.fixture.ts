import { runCli } from './cli.ts'

export interface Ran {
  code: number
  out: string
  err: string
}

/** Runs one command line in this process, with nothing of this process's environment. */
export async function cli(
  argv: string[],
  env: Record<string, string | undefined> = {},
): Promise<Ran> {
  const lines = { out: [] as string[], err: [] as string[] }
  const code = await runCli(argv, {
    env,
    out: (line) => lines.out.push(line),
    err: (line) => lines.err.push(line),
    terminal: false,
  })
  return { code, out: lines.out.join('\n'), err: lines.err.join('\n') }
}
