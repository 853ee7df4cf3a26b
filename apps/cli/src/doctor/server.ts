import { readConnection } from '../connection-file.ts'
import type { Check } from './check.ts'
import { judgeClock } from './database.ts'

const TIMEOUT_MS = 5000

/** Whether the server of this data folder answers, and how its clock stands. */
export async function checkServer(dataDir: string): Promise<Check[]> {
  const name = 'server'
  const connection = readConnection(dataDir)
  if (connection === undefined)
    return [{ area: 'server', name, status: 'unknown', detail: `none runs on ${dataDir}` }]
  const url = connection.localUrl ?? connection.consoleUrl
  try {
    const response = await fetch(new URL('/healthz', url), {
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    await response.body?.cancel()
    const detail = `${url} answers ${response.status}`
    const found: Check = { area: 'server', name, status: response.ok ? 'ok' : 'bad', detail }
    return [found, ...clockOf(response.headers.get('date'))]
  } catch {
    return [{ area: 'server', name, status: 'bad', detail: `${url} does not answer` }]
  }
}

/** An HTTP date knows only whole seconds, and a server may hand out the last one for a moment longer. */
const DATE_IS_ROUGH_MS = 2500

function clockOf(date: string | null): Check[] {
  const name = 'its clock'
  const ahead = Date.parse(date ?? '') + 500 - Date.now()
  if (Number.isNaN(ahead)) return []
  if (Math.abs(ahead) < DATE_IS_ROUGH_MS)
    return [{ area: 'server', name, status: 'ok', detail: 'the server and this machine agree' }]
  return [{ area: 'server', name, ...judgeClock(ahead, 'the server', 'this machine') }]
}
