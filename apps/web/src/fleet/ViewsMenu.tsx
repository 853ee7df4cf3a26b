import { Bookmark, Trash2 } from 'lucide-react'
import { Popover } from 'radix-ui'
import { useState } from 'react'

import { useBarred } from '../app/useMe'
import { ErrorLine } from '../errors/ErrorNote'
import { told } from '../errors/told'
import { Button } from '../ui/Button'
import { MenuPanel } from '../ui/MenuPanel'
import { visible } from '../ui/visible'
import { Face, menuButtonClass } from './LazyMenu'
import type { FleetSearch } from './search'
import { queryOf, searchOf, useKeepViews, useSavedViews, type KeepViews } from './useSavedViews'
import ViewName from './ViewName'

interface ViewsMenuProps {
  readonly search: FleetSearch
  readonly set: (search: FleetSearch) => void
}

/** Filter, order and columns under a name, for everyone who signs in here. */
export default function ViewsMenu({ search, set }: ViewsMenuProps) {
  const [open, setOpen] = useState(true)
  const views = useSavedViews()
  const barred = useBarred('control')
  const keep = useKeepViews()
  const here = queryOf(search)
  const names = views.data?.map(({ name }) => name) ?? []
  const current = views.data?.find((view) => queryOf(searchOf(view)) === here)
  return (
    <Popover.Root open={open} onOpenChange={setOpen}>
      <Popover.Trigger className={menuButtonClass}>
        <Face icon={Bookmark} word={<ViewName search={search} />} />
      </Popover.Trigger>
      <MenuPanel
        label="Saved views"
        align="start"
        className="max-h-[70dvh] w-80 overflow-y-auto p-1.5"
      >
        {views.isPending && <p className="label px-2 py-1.5">Loading…</p>}
        {views.isError && (
          <div className="px-2 py-1.5">
            <ErrorLine told={told(views.error, 'read')} />
            <Button className="mt-1.5" onClick={() => void views.refetch()}>
              Try again
            </Button>
          </div>
        )}
        {views.data?.length === 0 && (
          <p className="label px-2 py-1.5">
            No view is saved yet. A view keeps this filter, order and columns for everyone.
          </p>
        )}
        <ul>
          {views.data?.map((view) => (
            <li
              key={view.name}
              className={`flex h-8 items-center rounded-ctl max-md:h-11 ${view === current ? 'bg-selected' : 'hover:bg-raised'}`}
            >
              <button
                type="button"
                className="h-full min-w-0 grow truncate px-2 text-left"
                title={`Saved by ${view.madeBy}`}
                onClick={() => {
                  set(searchOf(view))
                  setOpen(false)
                }}
              >
                {visible(view.name)}
              </button>
              {barred === null && <RemoveButton name={view.name} keep={keep} />}
            </li>
          ))}
        </ul>
        {keep.failed !== null && (
          <div className="px-2 py-1.5">
            <ErrorLine told={keep.failed} />
          </div>
        )}
        {barred === null && views.data !== undefined && (
          <SaveForm search={search} names={names} keep={keep} done={() => setOpen(false)} />
        )}
      </MenuPanel>
    </Popover.Root>
  )
}

function RemoveButton({ name, keep }: { readonly name: string; readonly keep: KeepViews }) {
  const [sure, setSure] = useState(false)
  const label = sure ? `Remove ${name} for everyone` : `Remove ${name}`
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      disabled={keep.busy}
      onClick={() => (sure ? keep.remove(name) : setSure(true))}
      onBlur={() => setSure(false)}
      className={`flex h-full shrink-0 items-center gap-1 px-2 ${sure ? 'text-bad text-small font-medium' : 'text-muted hover:text-text'}`}
    >
      {sure ? 'Remove' : <Trash2 aria-hidden className="size-3.5" />}
    </button>
  )
}

interface SaveFormProps {
  readonly search: FleetSearch
  readonly names: readonly string[]
  readonly keep: KeepViews
  readonly done: () => void
}

/** A name that is taken is replaced, after asking: the view is everyone's. */
function SaveForm({ search, names, keep, done }: SaveFormProps) {
  const [name, setName] = useState('')
  const [replaces, setReplaces] = useState(false)
  const trimmed = name.trim()
  const save = () => {
    if (trimmed === '') return
    if (names.includes(trimmed) && !replaces) return setReplaces(true)
    keep.save(trimmed, search, done)
  }
  return (
    <form
      className="border-line mt-1 flex flex-col gap-1.5 border-t px-2 pt-2 pb-1"
      onSubmit={(event) => {
        event.preventDefault()
        save()
      }}
    >
      <div className="flex gap-2">
        <input
          aria-label="Name of this view"
          placeholder="Save this view as…"
          value={name}
          maxLength={80}
          onChange={(event) => {
            setName(event.target.value)
            setReplaces(false)
          }}
          className="bg-bg border-line placeholder:text-muted h-7 min-w-0 grow rounded-ctl border px-2 max-md:h-10 max-md:text-[16px]"
        />
        <Button
          type="submit"
          disabled={trimmed === '' || keep.busy}
          look={replaces ? 'danger' : 'plain'}
        >
          {keep.busy ? 'Saving…' : replaces ? 'Replace' : 'Save'}
        </Button>
      </div>
      {replaces && (
        <p role="status" className="text-small">
          There is a view “{visible(trimmed)}” already. Replace it for everyone?
        </p>
      )}
    </form>
  )
}
