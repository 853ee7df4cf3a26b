import {
  type Format,
  FormatError,
  isObject,
  type JsonObject,
  labelOf,
  type Recording,
  textOf,
  type Turn,
  within,
} from './recording.ts'

/** Conversations of several agents as Who&When keeps them: one run a file. */
export const whoAndWhen: Format = {
  looksLike: 'an object {question, history: [{role or name, content}]}',
  recognises: (json) => isObject(json) && 'history' in json,
  read(json, file) {
    const run = isObject(json) ? json : {}
    const history: unknown = run['history']
    if (!Array.isArray(history) || !history.every(isObject) || history.length === 0) {
      throw new FormatError(`${file}: "history" is not a list of messages.`)
    }
    const turns = history.map(readTurn)
    return [readRun(run, turns)]
  },
}

function readRun(run: JsonObject, turns: readonly Turn[]): Recording {
  const led = turns.some(({ speaker }) => speaker.startsWith('Orchestrator'))
  const question = within(textOf(run['question']).trim())
  return {
    agent: led ? 'orchestrator' : 'team',
    goal: question || turns[0]?.text || 'no goal recorded',
    labels: {
      speakers: String(new Set(turns.map(({ speaker }) => speaker.split(' ')[0])).size),
      ...('level' in run && { level: labelOf(run['level']) }),
      ...('question_ID' in run && { question: labelOf(run['question_ID']) }),
    },
    turns,
  }
}

function readTurn(message: JsonObject): Turn {
  const speaker = textOf(message['name']) || textOf(message['role']) || 'someone'
  return {
    speaker,
    text: within(textOf(message['content'])),
    byModel: !/^(human|user|computer_terminal)/i.test(speaker),
    calls: [],
  }
}
