import { isUuid } from '@holdpoint/protocol'

export interface AuditSearch {
  readonly agent?: string
  readonly run?: string
}

export function parseAuditSearch(raw: Record<string, unknown>): AuditSearch {
  const { agent, run } = raw
  return {
    ...(typeof agent === 'string' && agent !== '' && { agent }),
    ...(typeof run === 'string' && isUuid(run) && { run }),
  }
}
