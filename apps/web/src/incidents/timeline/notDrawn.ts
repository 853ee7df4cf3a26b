const counted = (n: number, what: string): string =>
  `${n.toLocaleString('en')} ${n === 1 ? what : `${what}s`}`

/** What there is more of than is drawn. */
export const notDrawn = (runs: number, marks: number): string =>
  [runs > 0 && counted(runs, 'run'), marks > 0 && counted(marks, 'mark')]
    .filter(Boolean)
    .join(' and ')

export const tooManyStretches =
  'Steps and tools are left out: in this time there are too many. Zoom in, or choose fewer agents.'
