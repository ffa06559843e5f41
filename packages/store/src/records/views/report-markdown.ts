import type { ReportFile } from '../shapes/report-file.ts'

/** A report for people, as `report.md`. */
export function reportMarkdown(report: ReportFile): string {
  const { cost_summary: cost, parallel_efficiency: efficiency, merge_summary: merge } = report
  const lines = [
    `# ${inline(report.workflow_name)}`,
    '',
    `${report.status}, run \`${report.run_id}\`, from ${report.created_at}${
      report.completed_at === null ? '' : ` to ${report.completed_at}, ${time(report.total_duration_min)}`
    }.`,
    '',
    '## Tasks',
    '',
    '| task | tool | state | time | attempts | tokens | cost |',
    '| --- | --- | --- | ---: | ---: | ---: | ---: |',
    ...report.nodes.map((node) => {
      const name = node.label === null ? node.node_id : `${node.node_id}: ${node.label}`
      const numbers = [time(node.duration_min), node.attempts, node.tokens_used, usd(node.cost_usd)]
      return `| ${[name, node.tool ?? '–', node.status, ...numbers].map((cell) => inline(String(cell))).join(' | ')} |`
    }),
    '',
    ...problems(report),
    ...toolLines(report),
    '## Cost',
    '',
    cost.budget_usd === null
      ? `${usd(cost.total_used_usd)}, no budget.`
      : `${usd(cost.total_used_usd)} of ${usd(cost.budget_usd)} (${cost.utilization_pct ?? 0} %).`,
    '',
    ...listOf(Object.entries(cost.breakdown).map(([tool, amount]) => `- ${inline(tool)}: ${usd(amount)}`)),
    '## Time',
    '',
    `One after the other ${time(efficiency.sequential_time_estimate_min)}, really ${time(efficiency.actual_parallel_time_min)}, ` +
      `at least ${time(efficiency.lower_bound_min)}${efficiency.efficiency_pct === null ? '' : `: ${efficiency.efficiency_pct} %`}. ` +
      `${inline(capital(efficiency.note))}.`,
    '',
    '## Landing',
    '',
    `${merge.branches_merged} landed, ${merge.merge_conflicts} conflicted; ` +
      `${merge.pre_merge_checks_passed} of ${merge.pre_merge_checks_run} check runs passed.`,
  ]
  return `${lines.join('\n')}\n`
}

const listOf = (items: readonly string[]): readonly string[] => (items.length === 0 ? [] : [...items, ''])

function problems({ nodes }: ReportFile): string[] {
  const said = nodes.flatMap(({ node_id: id, error }) =>
    error === undefined ? [] : [`- ${inline(id)} ${inline(error)}`],
  )
  return said.length === 0 ? [] : ['## What went wrong', '', ...said, '']
}

/** That a tool is healthy is not worth a line of its own. */
function toolLines({ tools = {} }: ReportFile): string[] {
  const lines = Object.entries(tools).flatMap(
    ([name, { status, version, response_time_ms: ms, warning }]) => {
      const facts = [
        ...(version === null ? [] : [version]),
        ...(ms === null ? [] : [`answers in ${time(ms / 60_000)}`]),
        ...(warning === undefined ? [] : [warning]),
      ]
      if (facts.length === 0 && status === 'healthy') return []
      return [`- ${inline(name)}: ${inline([status, ...facts].join(', '))}`]
    },
  )
  return lines.length === 0 ? [] : ['## Tools', '', ...lines, '']
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

function time(min: number | null): string {
  if (min === null) return '–'
  return min < 1 ? `${Math.round(min * 600) / 10} s` : `${Math.round(min * 10) / 10} min`
}

function usd(amount: number): string {
  return `$${amount.toFixed(amount !== 0 && Math.abs(amount) < 0.01 ? 4 : 2)}`
}

/** In one line, and nothing in it is markup: names come from plans, errors from tools. */
function inline(text: string): string {
  return text.replaceAll(/\s+/g, ' ').replaceAll(/[\\`*_[\]<>|#]/g, String.raw`\$&`)
}
