import type { AuditRow } from '@holdpoint/protocol'
import { Link } from '@tanstack/react-router'

import { actionSel } from '../runs/search'
import { CopyId } from '../ui/CopyId'
import { visible } from '../ui/visible'
import { incidentOf } from './incidentWindow'
import type { AuditSearch } from './search'

interface RowLinksProps {
  readonly row: AuditRow
  readonly narrow: ((by: AuditSearch) => void) | undefined
}

const link = 'hover:text-text underline'
/** How much before and after a row its surroundings are, in ms. */
const aroundMs = 5 * 60_000

/** Tables whose rows stand among the links already. */
const linked = new Set(['actions', 'approval_queue', 'workflow_checkpoints'])

/** Where the row leads: to what it is about, and to the rows that share something with it. */
export function RowLinks({ row, narrow }: RowLinksProps) {
  const { agentId, runId, targetTable, targetRowId } = row
  const seen = Date.parse(row.seenAt)
  const near = (ms: number) => new Date(seen + ms).toISOString()
  const around = { from: near(-aroundMs), to: near(aroundMs) }
  const others: readonly (readonly [string, AuditSearch])[] = [
    ['10 minutes around it', around],
    ['this actor', { actor: row.actor }],
    ['this login', { login: row.login }],
    ...(row.action === '' ? [] : [['this action', { action: row.action }] as const]),
    ...(targetTable === null ? [] : [['this table', { table: targetTable }] as const]),
    ...(targetRowId === null
      ? []
      : [
          [
            'this row',
            { row: targetRowId, ...(targetTable !== null && { table: targetTable }) },
          ] as const,
        ]),
  ]
  return (
    <div className="flex flex-col gap-1.5">
      <p className="text-muted flex flex-wrap items-baseline gap-x-4 gap-y-1">
        {agentId !== null && (
          <Link to="/" search={{ agent: [agentId] }} className={link}>
            Agent {visible(agentId)}
          </Link>
        )}
        {runId !== null && (
          <span>
            <Link to="/runs/$runId" params={{ runId }} className={link}>
              Run
            </Link>
            <CopyId of="the run" id={runId} />
          </span>
        )}
        {runId !== null && targetTable === 'actions' && targetRowId !== null && (
          <span>
            <Link
              to="/runs/$runId"
              params={{ runId }}
              search={{ sel: actionSel(targetRowId) }}
              className={link}
            >
              Action
            </Link>
            <CopyId of="the action" id={targetRowId} />
          </span>
        )}
        {targetTable === 'approval_queue' && targetRowId !== null && (
          <span>
            <Link to="/approvals/$approvalId" params={{ approvalId: targetRowId }} className={link}>
              Approval
            </Link>
            <CopyId of="the approval" id={targetRowId} />
          </span>
        )}
        <Link
          to="/incidents"
          search={incidentOf({
            ...around,
            ...(agentId !== null && { agent: agentId }),
            ...(runId !== null && { run: runId }),
          })}
          className={link}
        >
          Incident timeline
        </Link>
      </p>
      {targetTable !== null && (runId === null || !linked.has(targetTable)) && (
        <p className="text-muted font-mono text-small wrap-anywhere">
          {visible(targetTable)} {visible(targetRowId ?? '')}
        </p>
      )}
      {narrow !== undefined && (
        <p className="flex flex-wrap items-center gap-1.5">
          <span className="label">Only</span>
          {others.map(([word, by]) => (
            <button
              key={word}
              type="button"
              onClick={() => narrow(by)}
              className="border-line hover:bg-raised h-6 rounded-ctl border px-2 text-small max-md:h-9"
            >
              {word}
            </button>
          ))}
        </p>
      )}
    </div>
  )
}
