import { ExportFailed, fileName, refusal } from '../app/files.ts'
import type { Span } from './timeline/span.ts'

export type ExportFormat = 'md' | 'json'

/** How a whole file ends. */
const ends = { md: /<!-- complete -->\n$/, json: /"complete": true\n\}\n$/ } as const

/**
 * What happened in a window as a file.
 * @throws ExportFailed: there is no file then
 */
export async function exportWindow(
  format: ExportFormat,
  { from, to }: Span,
  agents: readonly string[] | null,
): Promise<File> {
  const query = new URLSearchParams({
    format,
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    ...(agents !== null && { agents: agents.join() }),
  })
  try {
    const answer = await fetch(`/api/history/export?${query.toString()}`)
    if (!answer.ok) throw new ExportFailed(await refusal(answer))
    const whole = await answer.blob()
    if (!ends[format].test(await whole.slice(-200).text()))
      throw new ExportFailed('The export has no end: some of it is missing.')
    return new File([whole], fileName(answer) ?? `incident.${format}`)
  } catch (error) {
    if (error instanceof ExportFailed) throw error
    throw new ExportFailed('The server could not be reached.')
  }
}
