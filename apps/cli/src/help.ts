import { type Command, helpOption } from './command.ts'

const exitCodes = [
  '0  done',
  '1  refused or failed; the reason is one line on standard error',
  '2  the command line is wrong',
  '3  the server or the database cannot be reached',
]

/** The help of one command: usage, options, exit codes, an example. */
export function commandHelp(command: Command): string {
  const operands = operandsOf(command)
    .map((name) => ` ${name}`)
    .join('')
  const options = [...command.options, helpOption].map((option) => ({
    left: option.value === undefined ? `--${option.name}` : `--${option.name} ${option.value}`,
    right: option.text,
  }))
  return [
    `Usage: holdpoint ${command.name}${operands} [options]`,
    '',
    command.summary,
    ...(command.notes === undefined ? [] : ['', ...command.notes]),
    '',
    'Options:',
    ...columns(options),
    '',
    'Exit codes:',
    ...exitCodes.map((line) => `  ${line}`),
    '',
    command.examples.length === 1 ? 'Example:' : 'Examples:',
    ...command.examples.map((line) => `  ${line}`),
  ].join('\n')
}

/** What `holdpoint` alone and `holdpoint --help` print; for a group such as `agent`, its part. */
export function overview(commands: readonly Command[], group?: string): string {
  const shown = commands.filter(({ name }) => group === undefined || name.startsWith(`${group} `))
  const lines = shown.map((command) => ({
    left: [command.name, ...operandsOf(command)].join(' '),
    right: command.summary,
  }))
  return [
    `Usage: holdpoint ${group === undefined ? 'COMMAND' : `${group} COMMAND`} [options]`,
    '',
    'Commands:',
    ...columns(lines),
    '',
    `holdpoint ${group === undefined ? 'COMMAND' : `${group} COMMAND`} --help tells more of each.`,
    ...(group === undefined ? ['', 'Exit codes:', ...exitCodes.map((line) => `  ${line}`)] : []),
  ].join('\n')
}

const operandsOf = ({ operands, optional = [] }: Command): string[] => [
  ...operands,
  ...optional.map((name) => `[${name}]`),
]

function columns(lines: readonly { left: string; right: string }[]): string[] {
  const width = Math.max(...lines.map(({ left }) => left.length)) + 2
  return lines.map(({ left, right }) => `  ${left.padEnd(width)}${right}`)
}
