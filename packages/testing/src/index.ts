export { scriptCheck } from './check-program/check-program.ts'
export type { CheckProgram, CheckStep } from './check-program/check-program.ts'
export { adapterContract } from './contracts/adapter-contract.ts'
export type { AdapterPlace } from './contracts/adapter-contract.ts'
export { clockContract } from './contracts/clock-contract.ts'
export type { ClockPlace } from './contracts/clock-contract.ts'
export { executorContract } from './contracts/executor-contract.ts'
export type { ExecutorPlace } from './contracts/executor-contract.ts'
export { landingContract } from './contracts/landing-contract.ts'
export type { LandingPlace } from './contracts/landing-contract.ts'
export { probeContract } from './contracts/probe-contract.ts'
export type { ContractProbe } from './contracts/probe-contract.ts'
export { processTableContract } from './contracts/process-table-contract.ts'
export type {
  ContractProcessRow,
  ContractProcessTable,
  ProcessTablePlace,
} from './contracts/process-table-contract.ts'
export type {
  ContractAdapter,
  ContractConnection,
  ContractExit,
  ContractLaunchRequest,
  ContractProgram,
  ContractSession,
  ContractTurnEnd,
  ContractWire,
} from './contracts/tool-under-contract.ts'
export { workspacesContract } from './contracts/workspaces-contract.ts'
export type { WorkspacesPlace } from './contracts/workspaces-contract.ts'
export type {
  AgentEnding,
  AgentStep,
  AgentTurn,
  AgentUsage,
  FailStep,
  FakeTool,
  Misbehaviour,
  SayStep,
  WaitStep,
  WriteStep,
} from './fake-agent/agent-step.ts'
export { fakeAgent } from './fake-agent/fake-agent.ts'
export type { FakeAgent, FakeAgentOptions, FakeTurn } from './fake-agent/fake-agent.ts'
export { readTranscript, transcriptNames } from './fake-agent/transcript.ts'
export type { TranscriptEntry } from './fake-agent/transcript.ts'
export { journalContract } from './journal-contract/journal-contract.ts'
export type { ContractCase, OpenJournal } from './journal-contract/journal-contract.ts'
export { startMockModel } from './mock-model/mock-model.ts'
export type { MockModel, MockModelOptions, MockModelRequest } from './mock-model/mock-model.ts'
export { modelScript } from './mock-model/model-script.ts'
export type { ModelStep, ModelUsage } from './mock-model/model-step.ts'
export { echoTool } from './scripted-tool/echo-tool.ts'
export { lineAdapter } from './scripted-tool/line-adapter.ts'
export type {
  LineAdapter,
  LineAdapterOptions,
  LineLaunchRequest,
  LineTraits,
} from './scripted-tool/line-adapter.ts'
export type {
  LineConnection,
  LineConnectionOptions,
  LineExit,
  LineReadiness,
  LineSessionAnswer,
  LineWire,
} from './scripted-tool/line-connection.ts'
export { answerPrompt, sayReady, takePrompt, takeRequest } from './scripted-tool/line-protocol.ts'
export type { LineMessage, LineRequest } from './scripted-tool/line-protocol.ts'
export type { LineSession, LineTurnEnd, LineTurnEvent, LineUsage } from './scripted-tool/line-session.ts'
export { LineSplitter } from './scripted-tool/line-splitter.ts'
export type {
  ChildOptions,
  RunnerCommand,
  RunnerMessage,
  RunnerStart,
} from './scripted-tool/runner-message.ts'
export { ScriptedProcess } from './scripted-tool/scripted-process.ts'
export { startScriptedTool } from './scripted-tool/scripted-tool.ts'
export type { ScriptedTool } from './scripted-tool/scripted-tool.ts'
export { makeTempRepository, withTempRepository } from './temp-repository.ts'
export type { TempRepository, TempRepositoryOptions } from './temp-repository.ts'
export { assertNoLeaks, trackResources } from './track-resources.ts'
export type { Leak, ResourceTracker, TrackOptions } from './track-resources.ts'
export { withTempDir } from './with-temp-dir.ts'
