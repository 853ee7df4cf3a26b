/** The column of agents at the left of the lanes. */
export const nameColumn = 'w-24 md:w-56 shrink-0'
