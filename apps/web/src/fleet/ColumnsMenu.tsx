import { ArrowDown, ArrowUp, Columns3 } from 'lucide-react'
import { Popover } from 'radix-ui'

import { MenuPanel } from '../ui/MenuPanel'
import { columnIds, sameColumns, usualColumns, type ColumnId } from './columnIds'
import { columns } from './columns'
import { Face, menuButtonClass } from './LazyMenu'
import type { FleetSearch } from './search'

interface ColumnsMenuProps {
  readonly search: FleetSearch
  readonly set: (search: FleetSearch) => void
}

function withColumns(search: FleetSearch, cols: readonly ColumnId[]): FleetSearch {
  const { cols: _, ...rest } = search
  return sameColumns(cols, usualColumns) ? rest : { ...rest, cols }
}

function moved(cols: readonly ColumnId[], index: number, by: 1 | -1): readonly ColumnId[] {
  const next = [...cols]
  const [taken] = next.splice(index, 1)
  if (taken !== undefined) next.splice(index + by, 0, taken)
  return next
}

/** Which columns, and in which order: those shown stand above in their order, the rest below. */
export default function ColumnsMenu({ search, set }: ColumnsMenuProps) {
  const cols = search.cols ?? usualColumns
  const change = (next: readonly ColumnId[]) => set(withColumns(search, next))
  const hidden = columnIds.filter((id) => !cols.includes(id))
  return (
    <Popover.Root defaultOpen>
      <Popover.Trigger className={menuButtonClass}>
        <Face icon={Columns3} word="Columns" />
      </Popover.Trigger>
      <MenuPanel label="Columns" align="end" className="max-h-[70dvh] w-64 overflow-y-auto p-1.5">
        <ul aria-label="Shown columns">
          {cols.map((id, index) => (
            <li key={id} className="hover:bg-raised flex h-7 items-center gap-1 rounded-ctl px-1.5">
              <Choice
                id={id}
                on
                disabled={cols.length === 1}
                toggle={() => change(cols.filter((other) => other !== id))}
              />
              <Move id={id} up off={index === 0} move={() => change(moved(cols, index, -1))} />
              <Move
                id={id}
                off={index === cols.length - 1}
                move={() => change(moved(cols, index, 1))}
              />
            </li>
          ))}
        </ul>
        <ul aria-label="More columns" className="border-line mt-1 border-t pt-1">
          {hidden.map((id) => (
            <li key={id} className="hover:bg-raised flex h-7 items-center rounded-ctl px-1.5">
              <Choice id={id} toggle={() => change([...cols, id])} />
            </li>
          ))}
        </ul>
        {search.cols !== undefined && (
          <button
            type="button"
            className="text-muted hover:text-text mt-1 self-start px-1.5 underline"
            onClick={() => change(usualColumns)}
          >
            Back to the usual columns
          </button>
        )}
      </MenuPanel>
    </Popover.Root>
  )
}

interface ChoiceProps {
  readonly id: ColumnId
  readonly on?: boolean
  readonly disabled?: boolean
  readonly toggle: () => void
}

const Choice = ({ id, on = false, disabled = false, toggle }: ChoiceProps) => (
  <label className="flex min-w-0 grow items-center gap-2">
    <input
      type="checkbox"
      checked={on}
      disabled={disabled}
      onChange={toggle}
      className="accent-accent size-3.5"
    />
    <span className={`truncate ${on ? '' : 'text-muted'}`}>{columns[id].title}</span>
  </label>
)

interface MoveProps {
  readonly id: ColumnId
  readonly up?: boolean
  readonly off: boolean
  readonly move: () => void
}

const Move = ({ id, up = false, off, move }: MoveProps) => (
  <button
    type="button"
    disabled={off}
    aria-label={`${columns[id].title}: ${up ? 'earlier' : 'later'}`}
    onClick={move}
    className="text-muted hover:text-text flex size-5 items-center justify-center rounded-mark disabled:opacity-25"
  >
    {up ? <ArrowUp aria-hidden className="size-3" /> : <ArrowDown aria-hidden className="size-3" />}
  </button>
)
