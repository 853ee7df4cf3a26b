import { ending, starting, working, workingAlone } from './agents.fixture.ts'
import type { Overlap } from './overlap.fixture.ts'
import { deciding, leading } from './people.fixture.ts'
import type { Command } from './world.fixture.ts'

interface Alone {
  readonly command: Command
  readonly nth: number
  /** So many events are counted after it. */
  readonly counted: number
}
export type Step = Alone | Overlap

export const commands: readonly Command[] = [
  starting,
  working,
  workingAlone,
  deciding,
  leading,
  ending,
].flat()

function named(name: string): Command {
  const command = commands.find((each) => each.name === name)
  if (command === undefined) throw new Error(`There is no command ${name}.`)
  return command
}

const told = (text: string): Alone[] =>
  text.split('; ').map((words) => {
    const [, name = words, nth = '0'] = /^(.*?) #(\d+)$/.exec(words) ?? []
    return { command: named(name), nth: Number(nth), counted: 0 }
  })

const side = (text: string): Overlap['first'] =>
  told(text).map(({ command, nth }) => [command, nth])

/** In which every command is done: no chance decides whether one of them is ever tried. `#5` is the choice it is given. */
export const story: readonly Step[] = [
  ...told('start below another; start in plain SQL; step; use a tool; spend; wait; look in'),
  ...told('write a task; write an audit row; find that the world has moved'),
  ...told('begin an action; end an action: confirmed; begin an action; end an action: failed'),
  ...told('begin an action; end an action: unknown; settle; pause; resume'),
  ...told('ask; give more time; decide: approved; go on; ask; decide: rejected; go on'),
  ...told('ask for a call; hand a request on; approve something else; go on'),
  ...told('ask; expire; start in plain SQL; pause itself; complete'),
  ...told('start with little to spend; spend; limit; fail'),
  ...told('start under a lease; go round in circles; follow drift; hold by a rule; kill'),
  ...told('start under a lease #1; let go; claim; lose; claim the next #1'),
  ...told('leave a run for any worker; start in plain SQL #5; hold until someone looks'),
  ...told('start under a login of its own; isolate; lift an isolation'),
  {
    first: side('start in plain SQL; step'),
    second: side('start under a lease; begin an action; pause'),
    crossed: true,
    undone: false,
  },
]
