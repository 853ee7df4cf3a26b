import type { Span } from './timeline/span'

interface ExportMenuProps {
  readonly window: Span
  readonly agents: readonly string[] | null
}

export const ExportMenu = (_: ExportMenuProps) => null
