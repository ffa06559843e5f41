export { acpAgent } from './adapters/acp-agent.ts'
export type { AcpAgentOptions } from './adapters/acp-agent.ts'
export { toolAdapter } from './adapters/adapter-spec.ts'
export type { AdapterExtras, AdapterSpec, SpecLaunch } from './adapters/adapter-spec.ts'
export { builtInAdapter, builtInAdapters } from './adapters/built-in.ts'
export { genericTool } from './adapters/generic.ts'
export type { GenericToolOptions } from './adapters/generic.ts'
export type { LaunchSettings } from './adapters/launch-settings.ts'
export type {
  AdapterTraits,
  Connection,
  ConnectOptions,
  Launch,
  LaunchMode,
  LaunchRequest,
  Permission,
  PermissionAnswer,
  PermissionAsk,
  Readiness,
  SessionAnswer,
  SessionOptions,
  SessionUsage,
  ToolAdapter,
  ToolSession,
  TurnEnd,
  TurnEvent,
  TurnOptions,
  TurnReport,
  TurnUsage,
  UsageScope,
} from './adapter/tool-adapter.ts'
export { classifyError } from './failure/classify.ts'
export type { ClassifyOptions, Spending } from './failure/classify.ts'
export { FailureReason, FailureRule } from './failure/failure-rule.ts'
export type { ErrorFacts } from './failure/failure-rule.ts'
export { checkHealth } from './health/check-health.ts'
export type { CheckHealthOptions, ProbedTool } from './health/check-health.ts'
export { healthJsonSchema, HealthSnapshot, ToolHealthEntry, ToolStatus } from './health/health-snapshot.ts'
export { judgeHealth } from './health/judge-health.ts'
export type { HealthVerdict } from './health/judge-health.ts'
export { UsualTimes } from './health/usual-times.ts'
export type { Probe, ProbeAnswer, ProbeOptions } from './health/probe.ts'
export { applyRules } from './message/apply-rules.ts'
export type { Saying, ToolKind } from './message/apply-rules.ts'
export { MessageRule } from './message/message-rule.ts'
export type { Condition } from './message/message-rule.ts'
export { acp } from './protocols/acp/acp-connection.ts'
export { acpUsage } from './protocols/acp/acp-spec.ts'
export type { AcpSpec } from './protocols/acp/acp-spec.ts'
export { claudeStream } from './protocols/claude/claude-stream.ts'
export { codexServer } from './protocols/codex/codex-server.ts'
export { oneShot } from './protocols/one-shot.ts'
export type { OneShotSpec } from './protocols/one-shot.ts'
export type { Protocol, ProtocolSetting } from './protocols/protocol.ts'
export { lineRepl } from './protocols/repl/line-repl.ts'
export { ReplSpec } from './protocols/repl/repl-spec.ts'
export type { ReplSpecInput, TurnFraming } from './protocols/repl/repl-spec.ts'
export { installHint } from './registry/install-hint.ts'
export { parseRegistry, registryJsonSchema } from './registry/parse-registry.ts'
export type { ParseRegistryOptions, RegistryResult } from './registry/parse-registry.ts'
export type { ToolEntry } from './registry/tool-entry-defaults.ts'
export { RegistryFile } from './registry/tool-entry.ts'
export type { RegistryFileInput } from './registry/tool-entry.ts'
export { ToolRegistry } from './registry/tool-registry.ts'
export { chooseTool } from './selection/choose-tool.ts'
export type {
  ChooseToolOptions,
  SelectableTool,
  ToolAnswer,
  ToolLoad,
  ToolSelection,
} from './selection/choose-tool.ts'
export type { ToolKinds } from './turn/tool-calls.ts'
export { Pricing, priceTokens, pricesOf, TokenPrices } from './usage/pricing.ts'
export { UsageMeter } from './usage/usage-meter.ts'
export type { UsageMeterOptions, UsageReading } from './usage/usage-meter.ts'
export { defaultMaxLineBytes, LineFramer } from './wire/line-framer.ts'
export type { Line, LineFramerOptions } from './wire/line-framer.ts'
export { readJsonLines, readLines } from './wire/read-lines.ts'
export type { JsonFrame, JsonObject } from './wire/read-lines.ts'
export { redacted, redactSecrets, secretRedactor } from './wire/secret-redactor.ts'
export type { SecretRedactorOptions } from './wire/secret-redactor.ts'
export { sanitizeTerminalText, terminalSanitizer } from './wire/terminal-sanitizer.ts'
export type { TerminalSanitizerOptions } from './wire/terminal-sanitizer.ts'
export { chain } from './wire/text-transform.ts'
export type { TextTransform } from './wire/text-transform.ts'
export type { Wire, WireExit } from './wire/wire.ts'
