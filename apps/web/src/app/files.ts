import { errorCodes, type ErrorBody } from '@holdpoint/protocol'

/** Why there is no file, in words for the page. */
export class ExportFailed extends Error {
  override readonly name = 'ExportFailed'
}

/** What an answer that is not a file says. */
export async function refusal(answer: Response): Promise<string> {
  try {
    const { error } = (await answer.json()) as { error: { data: { holdpoint: ErrorBody } } }
    const { message, hint } = error.data.holdpoint
    return hint === undefined ? message : `${message} ${hint}`
  } catch {
    return errorCodes.INTERNAL.meaning
  }
}

/** The name that an answer gives its file. */
export const fileName = (answer: Response): string | undefined =>
  /filename="([\w.-]+)"/.exec(answer.headers.get('content-disposition') ?? '')?.[1]

/** Hands a file to the browser's downloads. */
export function save(file: File): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(file)
  link.download = file.name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}
