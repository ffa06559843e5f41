import type { Command } from '../arguments/command.ts'
import { archiveCommand } from './archive.ts'
import { adoptCommand } from './adopt.ts'
import { attachCommand } from './attach.ts'
import { backupCommands } from './backup.ts'
import { cancelCommand } from './cancel.ts'
import { completionsCommand } from './completions.ts'
import { demoCommand } from './demo.ts'
import { discardCommand } from './discard.ts'
import { gcCommand } from './gc.ts'
import { healthCommand } from './health.ts'
import { initCommand } from './init.ts'
import { listCommand } from './list.ts'
import { logsCommand } from './logs.ts'
import { mergeApproveCommand } from './merge-approve.ts'
import { mergeCommands } from './merge.ts'
import { newCommand } from './new.ts'
import { pauseCommand } from './pause.ts'
import { reportCommand } from './report.ts'
import { rescueCommands } from './rescue.ts'
import { resumeCommand } from './resume.ts'
import { runAllCommand } from './run-all.ts'
import { runCommand } from './run.ts'
import { settingsCommands } from './settings.ts'
import { statusCommand } from './status.ts'
import { steeringCommands } from './steer.ts'
import { syncCommand } from './sync.ts'
import { toolsCommand } from './tools.ts'
import { whyCommand } from './why.ts'
import { worktreeCommands } from './worktrees.ts'

/** Every command of `ws`, in the order in which they are shown. */
export const commands: readonly Command[] = [
  initCommand,
  demoCommand,
  runCommand,
  newCommand,
  runAllCommand,
  attachCommand,
  resumeCommand,
  statusCommand,
  listCommand,
  whyCommand,
  logsCommand,
  reportCommand,
  pauseCommand,
  cancelCommand,
  ...steeringCommands,
  discardCommand,
  ...mergeCommands,
  mergeApproveCommand,
  adoptCommand,
  syncCommand,
  healthCommand,
  toolsCommand,
  ...rescueCommands,
  ...worktreeCommands,
  gcCommand,
  ...settingsCommands,
  archiveCommand,
  ...backupCommands,
  completionsCommand(() => commands),
]
