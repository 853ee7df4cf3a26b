import { csvLine } from './csv.ts'
import { auditJson, utcText } from './row.ts'

/** How rows become a file. Each cell is text as the database writes it: no number is rounded on the way. */
export interface ExportFormat {
  readonly contentType: string
  /** The cells of a row of `l`. */
  readonly select: string
  readonly head: (facts: ExportFacts) => string
  /** `first` is true for the first row of the file. */
  readonly row: (cells: readonly (string | null)[], first: boolean) => string
  /** Only a whole export has it: a file without it was cut off. */
  readonly tail: (rows: number) => string
}

export interface ExportFacts {
  readonly at: string
  readonly order: string
  readonly filter: Readonly<Record<string, unknown>>
}

const columns = {
  seen_at: utcText('l.seen_at'),
  actor: 'l.actor',
  login: 'l.login',
  agent_id: 'l.agent_id',
  run_id: 'l.workflow_id::text',
  action: 'l.action',
  target_table: 'l.target_table',
  target_row_id: 'l.target_row_id',
  data_before: 'l.data_before::text',
  data_after: 'l.data_after::text',
  late: 'l.late::text',
  claimed_credentials: 'l.credentials',
  claimed_logged_at: utcText('l.logged_at'),
  claimed_data_timestamp: utcText('l.data_timestamp'),
  log_id: 'l.log_id::text',
} as const
const names = Object.keys(columns)

const csv: ExportFormat = {
  contentType: 'text/csv; charset=utf-8; header=present',
  select: `array[${Object.values(columns).join(', ')}]`,
  head: () => csvLine(names),
  row: (cells) => csvLine(cells),
  // As many cells as every record, so that it is read as one.
  tail: (rows) =>
    csvLine(['# complete', `${rows} rows`, ...Array.from({ length: names.length - 2 }, () => '')]),
}

const json: ExportFormat = {
  contentType: 'application/json; charset=utf-8',
  select: `array[(${auditJson()} || jsonb_build_object('dataTimestamp', l.data_timestamp))::text]`,
  head: ({ at, order, filter }) =>
    `${JSON.stringify({ format: 'holdpoint.audit/1', at, order, filter }).slice(0, -1)},"rows":[\n`,
  row: ([text], first) => `${first ? '' : ',\n'}${text ?? 'null'}`,
  tail: (rows) => `\n],"count":${rows},"complete":true}\n`,
}

export const exportFormats = { csv, json } as const
