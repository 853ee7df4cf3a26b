interface GradeProps {
  readonly score: number | null
  readonly give: (score: number) => void
}

const scores = [
  { score: 0, word: 'wrong' },
  { score: 0.25, word: 'poor' },
  { score: 0.5, word: 'fair' },
  { score: 0.75, word: 'good' },
  { score: 1, word: 'right' },
] as const

/** A person is the grader: the grade lands with the output, whatever the answer. */
export function Grade({ score, give }: GradeProps) {
  return (
    <fieldset className="flex flex-wrap items-center gap-1">
      <legend className="sr-only">Grade of this output</legend>
      <span aria-hidden className="text-muted mr-1 max-md:hidden">
        Grade
      </span>
      {scores.map((each) => (
        <label
          key={each.score}
          className={`flex h-7 cursor-default items-center rounded-ctl border px-2.5 max-md:h-11 max-md:flex-1 max-md:justify-center max-md:px-0 max-md:text-center max-md:leading-4 ${each.score === score ? 'border-accent bg-selected font-medium' : 'border-line'} focus-within:outline-accent focus-within:outline-2`}
        >
          <input
            type="radio"
            name="grade"
            className="sr-only"
            checked={each.score === score}
            onChange={() => give(each.score)}
          />
          {each.score} {each.word}
        </label>
      ))}
    </fieldset>
  )
}
