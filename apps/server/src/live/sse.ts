import type { FrameName, Position } from '@holdpoint/protocol'

/** One server-sent event. `json` is one line: JSON text has no bare line breaks. */
export const encodeEvent = (name: FrameName, json: string, position?: Position): Buffer =>
  Buffer.from(
    `event: ${name}\n${position === undefined ? '' : `id: ${position}\n`}data: ${json}\n\n`,
  )
