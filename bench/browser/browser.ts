import { startBenchDatabase } from '../bench-database.ts'
import { startConsole } from '../console.ts'
import type { Benchmark, Row } from '../report.ts'
import { launch, openPage } from './chromium.ts'
import { fleet } from './fleet.ts'
import { incidents } from './incidents.ts'
import { longRun } from './run.ts'

/** The console in a real browser under load: the page of a long run, a past of a million events, the fleet page. */
export const browser: Benchmark = async ({ seconds, only, web }) => {
  const database = await startBenchDatabase()
  try {
    const console = await startConsole(database, web)
    try {
      const chromium = await launch()
      try {
        const page = await openPage(chromium)
        await page.goto(console.signInUrl)
        const rows: Row[] = []
        const notes: string[] = []
        // The run comes first: 10,000 live rows would be in its way.
        const wanted = (part: string): boolean => only === undefined || only === part
        if (wanted('run')) add(await longRun(database, console, page, seconds))
        if (wanted('incidents')) add(await incidents(database, console, page, seconds))
        if (wanted('fleet')) add(await fleet(database, console, chromium, page, seconds))
        return {
          title: 'The console in a browser',
          peers: ['no events / 50 events', 'plain rows'],
          rows,
          notes,
        }

        function add(part: { rows: Row[]; notes: string[] }): void {
          rows.push(...part.rows)
          notes.push(...part.notes)
        }
      } finally {
        await chromium.close()
      }
    } finally {
      await console.stop()
    }
  } finally {
    await database.stop()
  }
}
