import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, isAbsolute, resolve, sep } from 'node:path'
import { WsError } from '@ws/core'
import type { Launch } from '@ws/tools'
import { findCommand } from './find-command.ts'
import { secretsIn, toolEnvironment } from './environment.ts'

/** A process as it will be started: a file, never a shell. */
export interface ResolvedLaunch {
  readonly file: string
  readonly args: readonly string[]
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  /** Values of the environment that must not be shown. */
  readonly secrets: readonly string[]
}

/** What a launch is completed with. */
export interface LaunchSurroundings {
  readonly cwd: string
  /** The environment of this program; a tool gets what is allowed of it. */
  readonly inherited: Readonly<Record<string, string | undefined>>
  /** Set for the tool, over what its adapter says. */
  readonly env: Readonly<Record<string, string>>
  readonly configDir?: string | undefined
}

/** Finds the program, makes its environment and writes the files that the tool wants before it starts. */
export async function resolveLaunch(launch: Launch, around: LaunchSurroundings): Promise<ResolvedLaunch> {
  const env = toolEnvironment({
    inherited: around.inherited,
    passEnv: launch.passEnv,
    set: [launch.env, around.env],
  })
  const natives = launch.natives === undefined ? {} : { natives: launch.natives }
  const found = findCommand(launch.commands, { env, cwd: around.cwd, ...natives })
  // Some tools refuse to start where theirs is missing.
  if (around.configDir !== undefined) await mkdir(around.configDir, { recursive: true })
  for (const { path, content } of launch.files ?? []) await writeBelow(around.configDir, path, content)
  return {
    file: found.file,
    args: [...found.args, ...launch.args],
    cwd: around.cwd,
    env,
    secrets: secretsIn(env, launch.passEnv),
  }
}

async function writeBelow(folder: string | undefined, path: string, content: string): Promise<void> {
  const file = folder === undefined ? undefined : resolve(folder, path)
  if (folder === undefined || file === undefined || !file.startsWith(resolve(folder) + sep))
    throw new WsError(
      'WS_TOOL_FILES',
      `the tool wants to write "${path}", which is not below its directory`,
      {
        details: { path, configDir: folder ?? null, isAbsolute: isAbsolute(path) },
        hint: 'give it a directory of its own with the option configDir',
      },
    )
  await mkdir(dirname(file), { recursive: true })
  await writeFile(file, content)
}
