/** The one grid of the table: head and rows share it, narrower windows leave columns out. */
export const columns =
  'md:grid gap-x-4 px-3 grid-cols-[8rem_minmax(7rem,11rem)_minmax(9rem,1fr)_11rem_8rem_4rem] ' +
  'xl:grid-cols-[8rem_minmax(8rem,12rem)_minmax(14rem,1fr)_8rem_12rem_8.25rem_4rem]'

export const onlyWide = 'max-xl:hidden'

export const columnTitles: readonly { readonly title: string; readonly hidden: string }[] = [
  { title: 'State', hidden: '' },
  { title: 'Agent · skill', hidden: '' },
  { title: 'Goal', hidden: '' },
  { title: 'Step', hidden: onlyWide },
  { title: 'Tool, or why it stopped', hidden: '' },
  { title: 'Spend', hidden: '' },
  { title: 'Last event', hidden: '' },
]
