import { visible } from '../ui/visible'
import type { FleetSearch } from './search'
import { queryOf, searchOf, useSavedViews } from './useSavedViews'

/** What the button of the views says: the saved view that this is, if it is one. */
export default function ViewName({ search }: { readonly search: FleetSearch }) {
  const here = queryOf(search)
  const view = useSavedViews().data?.find((each) => queryOf(searchOf(each)) === here)
  if (view === undefined) return 'Views'
  return (
    <span className="max-w-48 truncate">
      <span className="sr-only">Views: </span>
      {visible(view.name)}
    </span>
  )
}
