import { Download } from 'lucide-react'
import { Popover } from 'radix-ui'
import { useState, type ReactNode } from 'react'

import { ExportFailed, save } from '../app/files'
import { Button, buttonClass } from '../ui/Button'
import { MenuPanel } from '../ui/MenuPanel'
import { exportWindow, type ExportFormat } from './exportWindow'
import type { Span } from './timeline/span'

interface ExportMenuProps {
  readonly window: Span
  readonly agents: readonly string[] | null
  /** Another way to take it along. */
  readonly children: ReactNode
}

type Progress =
  | { readonly state: 'idle' | 'running' }
  | { readonly state: 'done'; readonly name: string }
  | { readonly state: 'failed'; readonly why: string }

const formats = [
  ['md', 'Markdown'],
  ['json', 'JSON'],
] as const satisfies readonly (readonly [ExportFormat, string])[]

/** What happened in the window as a file, also what is not listed here. */
export function ExportMenu({ window, agents, children }: ExportMenuProps) {
  const [progress, setProgress] = useState<Progress>({ state: 'idle' })
  const take = async (format: ExportFormat) => {
    setProgress({ state: 'running' })
    try {
      const file = await exportWindow(format, window, agents)
      save(file)
      setProgress({ state: 'done', name: file.name })
    } catch (error) {
      const why = error instanceof ExportFailed ? error.message : 'The export could not be kept.'
      setProgress({ state: 'failed', why })
    }
  }
  return (
    <Popover.Root>
      <Popover.Trigger className={`${buttonClass('quiet')} max-md:h-10`}>
        <Download aria-hidden className="size-3.5" /> <span className="max-md:sr-only">Export</span>
      </Popover.Trigger>
      <MenuPanel label="Export" align="end" className="w-72 gap-2 p-3">
        <p className="text-muted">
          What happened in this window, in order: stops, answers, commands.
        </p>
        <div className="flex gap-2">
          {formats.map(([format, word]) => (
            <Button
              key={format}
              disabled={progress.state === 'running'}
              className="grow max-md:h-10"
              onClick={() => void take(format)}
            >
              {word}
            </Button>
          ))}
        </div>
        <Said progress={progress} />
        {children}
      </MenuPanel>
    </Popover.Root>
  )
}

function Said({ progress }: { readonly progress: Progress }) {
  switch (progress.state) {
    case 'idle':
      return null
    case 'running':
      return (
        <p role="status" className="label">
          Writing it…
        </p>
      )
    case 'done':
      return (
        <p role="status" className="text-small">
          Kept as <span className="font-mono wrap-anywhere">{progress.name}</span>
        </p>
      )
    case 'failed':
      return (
        <p role="alert" className="text-small">
          <span className="text-bad font-medium">{progress.why}</span> No file was kept.
        </p>
      )
  }
}
