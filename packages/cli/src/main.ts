#!/usr/bin/env node
import { ownTerminal } from './platform/own-terminal.ts'
import { runCli } from './run-cli.ts'

process.exitCode = await runCli(process.argv.slice(2), ownTerminal())
