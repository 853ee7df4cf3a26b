import { useId } from 'react'

interface MomentInputProps {
  readonly label: string
  readonly value: string
  readonly set: (value: string) => void
  /** Words such as "-2h" need text; a picker takes only a date and a time. */
  readonly type: 'text' | 'datetime-local'
}

/** One end of a window of time, beside its name. */
export function MomentInput({ label, value, set, type }: MomentInputProps) {
  const id = useId()
  return (
    <div className="flex items-center gap-2">
      <label htmlFor={id} className="label w-10">
        {label}
      </label>
      <input
        id={id}
        type={type}
        step={type === 'datetime-local' ? 1 : undefined}
        value={value}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => set(event.target.value)}
        className="border-line bg-bg h-7 min-w-0 grow rounded-ctl border px-2 font-mono text-small max-md:h-10 max-md:text-[16px]"
      />
    </div>
  )
}
