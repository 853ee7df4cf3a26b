import { Download } from 'lucide-react'
import { Popover } from 'radix-ui'
import { useEffect, useRef, useState } from 'react'

import { ExportFailed, save } from '../app/files'
import { Button, buttonClass } from '../ui/Button'
import { MenuPanel } from '../ui/MenuPanel'
import { exportRows, type ExportFormat } from './exportRows'
import type { AuditFilter } from './search'
import type { AuditOrder } from './useAuditRows'

interface ExportMenuProps {
  readonly filter: AuditFilter
  readonly order: AuditOrder
}

type Progress =
  | { readonly state: 'idle' }
  | { readonly state: 'running'; readonly rows: number }
  | { readonly state: 'done'; readonly rows: number; readonly name: string }
  | { readonly state: 'stopped' }
  | { readonly state: 'failed'; readonly why: string }

/** The filter as a file: every row of it, also those that were not loaded. */
export function ExportMenu({ filter, order }: ExportMenuProps) {
  const [progress, setProgress] = useState<Progress>({ state: 'idle' })
  const running = useRef<AbortController | null>(null)
  useEffect(() => () => running.current?.abort(), [])
  const begin = async (format: ExportFormat) => {
    const abort = new AbortController()
    running.current = abort
    setProgress({ state: 'running', rows: 0 })
    try {
      const { file, rows } = await exportRows({
        format,
        filter,
        order,
        signal: abort.signal,
        read: (count) => setProgress({ state: 'running', rows: count }),
      })
      save(file)
      setProgress({ state: 'done', rows, name: file.name })
    } catch (error) {
      if (abort.signal.aborted) setProgress({ state: 'stopped' })
      else {
        const why = error instanceof ExportFailed ? error.message : 'The export could not be kept.'
        setProgress({ state: 'failed', why })
      }
    }
  }
  const busy = progress.state === 'running'
  return (
    <Popover.Root>
      <Popover.Trigger className={`${buttonClass('quiet')} max-md:h-10`}>
        <Download aria-hidden className="size-3.5" />{' '}
        {busy ? 'Exporting…' : <span className="max-md:sr-only">Export</span>}
      </Popover.Trigger>
      <MenuPanel label="Export" align="end" className="w-72 gap-2 p-3">
        <p className="text-muted">Every row of this filter, not only what is loaded here.</p>
        <div className="flex gap-2">
          {(['csv', 'json'] as const).map((format) => (
            <Button
              key={format}
              disabled={busy}
              className="grow max-md:h-10"
              onClick={() => void begin(format)}
            >
              {format.toUpperCase()}
            </Button>
          ))}
          {busy && (
            <Button className="max-md:h-10" onClick={() => running.current?.abort()}>
              Stop
            </Button>
          )}
        </div>
        <Said progress={progress} />
      </MenuPanel>
    </Popover.Root>
  )
}

const rowsWord = (rows: number): string =>
  `${rows.toLocaleString('en')} ${rows === 1 ? 'row' : 'rows'}`

function Said({ progress }: { readonly progress: Progress }) {
  switch (progress.state) {
    case 'idle':
      return null
    case 'running':
      return (
        <p role="status" className="label">
          {rowsWord(progress.rows)} so far
        </p>
      )
    case 'done':
      return (
        <p role="status" className="text-small">
          {rowsWord(progress.rows)} in <span className="font-mono">{progress.name}</span>
        </p>
      )
    case 'stopped':
      return (
        <p role="status" className="text-small">
          Stopped; no file was kept.
        </p>
      )
    case 'failed':
      return (
        <p role="alert" className="text-small">
          <span className="text-bad font-medium">{progress.why}</span> No file was kept. Try again,
          or a shorter time.
        </p>
      )
  }
}
