/** A column's heading. `only` are classes: its width, its side, where it is shown. */
export interface Column {
  readonly title: string
  readonly only?: string
  /** Named for those who do not see that it holds buttons. */
  readonly hidden?: boolean
}

/** What a phone has no room for. */
export const deskOnly = 'max-md:hidden'

export const TableHead = ({ columns }: { readonly columns: readonly Column[] }) => (
  <thead>
    <tr className="label border-line border-b text-left">
      {columns.map(({ title, only = '', hidden = false }) => (
        <th key={title} scope="col" className={`h-7 px-3 font-normal whitespace-nowrap ${only}`}>
          {hidden ? <span className="sr-only">{title}</span> : title}
        </th>
      ))}
    </tr>
  </thead>
)
