import type { ScriptedProcess } from './scripted-process.ts'

/*
 * The line protocol: one JSON object a line, named by its first key.
 *
 *   to the tool                                   from the tool
 *                                                 {"ready":"1.0"}
 *   {"prompt":7,"session":"s1","text":"…"}        {"part":7,"text":"…"}, {"spent":7,"inputTokens":3,"outputTokens":5}
 *                                                 {"answer":7,"text":"…"}, with "failed" or "isInterrupted" where it is so
 *   {"interrupt":7}
 *   {"open":8,"session":"s1","cwd":"/tmp"}        {"done":8}
 *   {"reset":9,"session":"s1"}                    {"done":9}
 *   (end of input)                                (it ends)
 */

/** What a line of the tool says. */
export interface LineMessage {
  readonly ready?: string
  readonly part?: number
  readonly spent?: number
  readonly answer?: number
  readonly done?: number
  readonly text?: string
  readonly failed?: string
  readonly isInterrupted?: boolean
  readonly isRefused?: boolean
  readonly inputTokens?: number
  readonly outputTokens?: number
  readonly costUsd?: number
  readonly files?: readonly string[]
}

/** What a line to the tool asks. */
export interface LineRequest {
  readonly prompt?: number
  readonly interrupt?: number
  readonly open?: number
  readonly reset?: number
  readonly session?: string
  readonly cwd?: string
  readonly resume?: string
  readonly text?: string
}

/** Says what a scripted tool says first, so that prompts are sent to it. */
export function sayReady(process: ScriptedProcess, version = '1'): Promise<void> {
  return process.write(`${JSON.stringify({ ready: version })}\n`)
}

/** Takes the next request of the line protocol; `undefined` when its input has ended. */
export async function takeRequest(process: ScriptedProcess): Promise<LineRequest | undefined> {
  const line = await process.readLine()
  return line === undefined ? undefined : (JSON.parse(line) as LineRequest)
}

/** Takes the next prompt; @throws where something else comes. */
export async function takePrompt(
  process: ScriptedProcess,
): Promise<{ readonly id: number; readonly text: string; readonly session: string | undefined }> {
  const request = await takeRequest(process)
  if (request?.prompt === undefined) throw new Error(`expected a prompt, got ${JSON.stringify(request)}`)
  return { id: request.prompt, text: request.text ?? '', session: request.session }
}

/** Answers a prompt, which ends its turn. */
export function answerPrompt(
  process: ScriptedProcess,
  id: number,
  answer: string | Omit<LineMessage, 'answer'>,
): Promise<void> {
  const said = typeof answer === 'string' ? { text: answer } : answer
  return process.write(`${JSON.stringify({ answer: id, ...said })}\n`)
}
