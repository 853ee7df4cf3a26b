import { basename, extname } from 'node:path'

import {
  type Format,
  FormatError,
  isObject,
  type JsonObject,
  labelOf,
  type Recording,
  textOf,
  type ToolCall,
  type Turn,
  within,
} from './recording.ts'

/** Trajectories as tau-bench writes them: one agent, one customer, tool calls with their results. */
export const tauBench: Format = {
  looksLike: 'an array of {task_id, trial, reward, traj: [{role, content, tool_calls}]}',
  recognises: (json) => Array.isArray(json) && isObject(json[0]) && 'traj' in json[0],
  read(json, file) {
    const runs: unknown[] = Array.isArray(json) ? json : []
    return runs.map((run, index) => readRun(run, file, index))
  },
}

function readRun(run: unknown, file: string, index: number): Recording {
  const traj: unknown = isObject(run) ? run['traj'] : undefined
  if (!isObject(run) || !Array.isArray(traj) || !traj.every(isObject)) {
    throw new FormatError(`${file}: entry ${index} has no "traj", a list of messages.`)
  }
  const messages: JsonObject[] = traj
  const asked = messages.find(({ role }) => role === 'user')
  return {
    agent: agentOf(file),
    goal: within(textOf(asked?.['content'])) || 'no goal recorded',
    labels: {
      task: labelOf(run['task_id'] ?? index),
      trial: labelOf(run['trial'] ?? 0),
      reward: labelOf(run['reward']),
    },
    turns: messages
      .map((message, at) => ({ message, later: messages.slice(at + 1) }))
      .filter(({ message: { role } }) => role === 'user' || role === 'assistant')
      .map(({ message, later }) => readTurn(message, later)),
  }
}

/** "gpt-4o-airline.json" is the airline agent. */
function agentOf(file: string): string {
  const words = basename(file, extname(file))
    .toLowerCase()
    .split(/[^a-z0-9]+/)
  return `${words.findLast((word) => word !== '') ?? 'tau'}-agent`
}

function readTurn(message: JsonObject, later: readonly JsonObject[]): Turn {
  const calls = Array.isArray(message['tool_calls']) ? (message['tool_calls'] as unknown[]) : []
  return {
    speaker: textOf(message['role']),
    text: within(textOf(message['content'])),
    byModel: message['role'] === 'assistant',
    calls: calls.filter(isObject).map((call) => readCall(call, later)),
  }
}

/** The next answer with the call's id is its own: a run may use an id twice. */
function readCall(call: JsonObject, later: readonly JsonObject[]): ToolCall {
  const answer = later.find(
    ({ role, tool_call_id }) => role === 'tool' && tool_call_id === call['id'],
  )
  const called = isObject(call['function']) ? call['function'] : {}
  return {
    tool: textOf(called['name']) || 'unnamed tool',
    request: parsed(textOf(called['arguments'])),
    response: answer === undefined ? null : parsed(textOf(answer['content'])),
  }
}

/** JSON within JSON where it is some, the text where it is not. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return within(text)
  }
}
