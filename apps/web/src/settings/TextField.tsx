interface TextFieldProps {
  readonly label: string
  readonly value: string
  readonly change: (value: string) => void
  readonly type?: 'text' | 'email' | 'password' | 'number'
  readonly complete?: string
}

export const TextField = ({
  label,
  value,
  change,
  type = 'text',
  complete = 'off',
}: TextFieldProps) => (
  <label className="flex flex-col gap-1">
    <span className="label">{label}</span>
    <input
      type={type}
      value={value}
      autoComplete={complete}
      autoCapitalize="none"
      spellCheck={false}
      maxLength={320}
      onChange={(event) => change(event.target.value)}
      className="bg-bg border-line h-7 w-full rounded-ctl border px-2.5 max-md:h-11 max-md:text-[16px]"
    />
  </label>
)
