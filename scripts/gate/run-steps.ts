import { nodeArguments, type Step } from './steps.ts'
import { runBounded } from './run-bounded.ts'

export interface StepResult {
  readonly step: Step
  /** `blocked`: a step that it needs did not pass. */
  readonly outcome: 'passed' | 'failed' | 'blocked'
  readonly seconds: number
  readonly output: string
}

export interface RunStepsOptions {
  readonly root: string
  /** How many run at the same time. */
  readonly lanes: number
  /** Called as each one ends. */
  readonly report: (result: StepResult) => void
}

/** Longer than any step may take on a slow machine; one that hangs is a failure, not a gate that never ends. */
const LIMIT_MS = 20 * 60_000

/** Runs the steps in their order, each after those it needs. A step that is needed but not among them is taken as passed. */
export async function runSteps(
  steps: readonly Step[],
  { root, lanes, report }: RunStepsOptions,
): Promise<readonly StepResult[]> {
  const waiting = [...steps]
  const running = new Set<string>()
  const results = new Map<string, StepResult>()
  const isPending = (name: string) => running.has(name) || waiting.some((step) => step.name === name)

  const end = (result: StepResult) => {
    results.set(result.step.name, result)
    report(result)
  }
  const lane = async (): Promise<void> => {
    if (running.size >= lanes) return
    const at = waiting.findIndex(({ needs = [], after = [] }) => ![...needs, ...after].some(isPending))
    const [step] = at === -1 ? [] : waiting.splice(at, 1)
    if (step === undefined) return
    const bad = (step.needs ?? []).filter((name) => (results.get(name)?.outcome ?? 'passed') !== 'passed')
    if (bad.length > 0) {
      end({ step, outcome: 'blocked', seconds: 0, output: `needs ${bad.join(', ')}` })
    } else {
      running.add(step.name)
      const result = await runStep(step, root)
      running.delete(step.name)
      end(result)
    }
    await fill()
  }
  // What has just ended may have freed more than one step.
  const fill = async (): Promise<void> => {
    await Promise.all(Array.from({ length: lanes }, lane))
  }
  await fill()
  return [...results.values()]
}

async function runStep(step: Step, root: string): Promise<StepResult> {
  const started = performance.now()
  const { ok, output } = await runBounded(nodeArguments(step), { cwd: root, limitMs: LIMIT_MS })
  const seconds = (performance.now() - started) / 1000
  return { step, outcome: ok ? 'passed' : 'failed', seconds, output }
}
