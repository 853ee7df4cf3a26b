const widths = ['w-24', 'w-40', 'w-2/5', 'w-32', 'w-20']

/** Rows that are on their way: shapes only, no numbers that could be taken for data. */
export function Skeleton({ rows, label }: { readonly rows: number; readonly label: string }) {
  return (
    <div role="status" aria-label={label} className="min-h-0 overflow-hidden">
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} className="border-line flex h-8 items-center gap-6 border-b px-3">
          {widths.map((width) => (
            <div key={width} className={`bg-raised h-2 rounded-mark ${width}`} />
          ))}
        </div>
      ))}
    </div>
  )
}
