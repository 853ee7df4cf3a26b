import { type Command, dataOption, schemaOption } from '../command.ts'
import { readSettings, settingsHelp } from '../settings.ts'
import { stopSteps } from './stop-in-order.ts'
import { StopSignal } from './stop-signal.ts'

export const startCommand: Command = {
  name: 'start',
  summary: 'Start the database, the server and a few sample agents',
  operands: [],
  options: [
    ...settingsHelp,
    { name: 'empty', text: 'no sample agents' },
    {
      name: 'no-night-shift',
      text: 'sample agents, and no script that decides for you after a while',
    },
    schemaOption,
    dataOption,
  ],
  notes: [
    'With DATABASE_URL set, that Postgres (16 or later) is used and none is started. It must name a',
    'superuser, or a login with CREATEROLE and CREATE on the database. Runs until Ctrl-C or SIGTERM.',
  ],
  examples: ['holdpoint start', 'holdpoint start --port 8080 --data ./holdpoint-data --empty'],
  async run(args, { env, out, err, terminal }) {
    const settings = readSettings(args.values, env)
    const stop = new StopSignal(err, env['HOLDPOINT_DEBUG'] === '1')
    const steps = stopSteps(err)
    const fleet = {
      empty: args.switches.has('empty'),
      nightShift: !args.switches.has('no-night-shift'),
    }
    try {
      // Loaded only now: the other commands need neither the server nor a database of ours.
      const { startAll } = await import('./start-all.ts')
      const lines = await startAll({ settings, env, fleet, say: err, stop, steps })
      for (const line of lines) out(line)
      await stop.wanted
    } catch (error) {
      if (stop.why === undefined) throw error
    } finally {
      // The terminal shows ^C without a line end.
      const gap = stop.why === 'SIGINT' && terminal ? '\n' : ''
      if (stop.why !== undefined) err(`${gap}Stopping (${stop.why}) ...`)
      // A start that failed leaves nothing running either.
      await steps.run()
      stop.close()
    }
    err('Stopped.')
    return stop.exitCode
  },
}
