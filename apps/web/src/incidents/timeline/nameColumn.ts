/** The column of agents at the left of the lanes. */
export const nameColumn = 'w-24 md:w-44 shrink-0'
