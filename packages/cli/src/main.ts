#!/usr/bin/env node
import { beginSmall } from './platform/begin-small.ts'

// Before all else is loaded, which takes five times as long.
beginSmall()
const [{ ownTerminal }, { runCli }] = await Promise.all([
  import('./platform/own-terminal.ts'),
  import('./run-cli.ts'),
])
process.exitCode = await runCli(process.argv.slice(2), ownTerminal())
