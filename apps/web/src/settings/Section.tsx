import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'

import { ErrorLine, ErrorScreen } from '../errors/ErrorNote'
import { told, type Told } from '../errors/told'
import { Skeleton } from '../ui/Skeleton'
import { type Column, TableHead } from '../ui/TableHead'

interface SectionProps<Row> {
  readonly title: string
  readonly about: string
  readonly query: UseQueryResult<Row[]>
  readonly columns: readonly Column[]
  readonly actions?: ReactNode
  readonly empty?: ReactNode
  /** A command of one of its rows that was refused. */
  readonly refused?: { readonly failed: Told | null; readonly dismiss: () => void }
  readonly renderRow: (row: Row) => ReactNode
}

/** A part of the settings that is a table: its head, its rows, and what stands there when there are none. */
export function Section<Row>(props: SectionProps<Row>) {
  const { title, about, query, columns, actions, empty, refused, renderRow } = props
  return (
    <section aria-label={title} className="flex flex-col">
      {refused !== undefined && refused.failed !== null && (
        <div className="px-3 py-1.5">
          <ErrorLine told={refused.failed} dismiss={refused.dismiss} />
        </div>
      )}
      <div className="flex min-h-11 flex-wrap items-center gap-x-4 gap-y-1 px-3 py-2">
        <p className="label min-w-0 grow basis-60">{about}</p>
        {actions}
      </div>
      {query.data === undefined ? (
        query.failureReason === null ? (
          <Skeleton rows={4} label={`Loading ${title.toLowerCase()}`} />
        ) : (
          <ErrorScreen
            told={told(query.failureReason, 'read')}
            retry={() => void query.refetch()}
          />
        )
      ) : (
        <>
          {query.failureReason !== null && (
            <div className="px-3 py-1.5">
              <ErrorLine
                told={{
                  ...told(query.failureReason, 'read'),
                  notDone: 'What is shown is as it was read last.',
                }}
              />
            </div>
          )}
          {query.data.length === 0 ? (
            empty
          ) : (
            <table aria-label={title} className="border-line w-full border-collapse border-t">
              <TableHead columns={columns} />
              <tbody>{query.data.map(renderRow)}</tbody>
            </table>
          )}
        </>
      )}
    </section>
  )
}

export const cell = 'h-9 px-3 max-md:h-14'
