import type { SavedView } from '@holdpoint/protocol'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'

import { parseQuery, writeQuery } from '../app/query'
import { api } from '../app/trpc'
import { told, type Told } from '../errors/told'
import { parseFleetSearch, type FleetSearch } from './search'

const key = ['views']

/** A view as the URL writes it, without its question mark: two are the same when these are. */
export const queryOf = (search: FleetSearch): string => writeQuery({ ...search }).slice(1)

export const searchOf = ({ search }: SavedView): FleetSearch => parseFleetSearch(parseQuery(search))

export const useSavedViews = () =>
  useQuery({ queryKey: key, queryFn: () => api.views.list.query() })

export interface KeepViews {
  readonly save: (name: string, search: FleetSearch, then: () => void) => void
  readonly remove: (name: string) => void
  readonly busy: boolean
  readonly failed: Told | null
}

/** The list is read again after a change: it is everyone's. */
export function useKeepViews(): KeepViews {
  const client = useQueryClient()
  const again = async () => client.invalidateQueries({ queryKey: key })
  const save = useMutation({
    mutationFn: (view: { name: string; search: string }) => api.views.save.mutate(view),
    onSuccess: again,
  })
  const remove = useMutation({
    mutationFn: (name: string) => api.views.remove.mutate({ name }),
    onSuccess: again,
  })
  const error = save.error ?? remove.error
  return {
    save: (name, search, then) => {
      remove.reset()
      save.mutate({ name, search: queryOf(search) }, { onSuccess: then })
    },
    remove: (name) => {
      save.reset()
      remove.mutate(name)
    },
    busy: save.isPending || remove.isPending,
    failed: error === null ? null : told(error, 'change'),
  }
}
