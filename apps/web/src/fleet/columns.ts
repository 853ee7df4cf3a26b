/** The one grid of the table: head and rows share it, narrower windows leave columns out. */
export const columns =
  'md:grid gap-x-4 px-3 grid-cols-[7.5rem_minmax(7rem,11rem)_minmax(9rem,1fr)_11rem_7.5rem_4rem] ' +
  'xl:grid-cols-[7.5rem_minmax(8rem,13rem)_minmax(14rem,1fr)_7.5rem_11.5rem_7.5rem_4rem]'

export const onlyWide = 'max-xl:hidden'

export const columnTitles: readonly { readonly title: string; readonly look: string }[] = [
  { title: 'State', look: '' },
  { title: 'Agent · skill', look: '' },
  { title: 'Goal', look: '' },
  { title: 'Step', look: onlyWide },
  { title: 'Tool, or why it stopped', look: '' },
  { title: 'Spend', look: 'text-right' },
  { title: 'Last event', look: 'text-right' },
]
