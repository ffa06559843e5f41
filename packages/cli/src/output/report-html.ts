import type { ReportFile } from '@ws/store/records'
import { fromIsoTime } from '../platform/iso-time.ts'

type Node = ReportFile['nodes'][number]

/**
 * A report as one page that needs nothing else: no script, no picture, no font. Names come from plans and errors from
 * tools, so that everything is escaped, and the page itself forbids whatever is not its own style.
 */
export function reportHtml(report: ReportFile): string {
  const { cost_summary: cost, parallel_efficiency: efficiency, merge_summary: merge } = report
  const ended = report.completed_at === null ? '' : ` to ${report.completed_at}`
  const share = efficiency.efficiency_pct === null ? '' : `: ${efficiency.efficiency_pct} %`
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<title>${escape(`${report.workflow_name}: ${report.status}`)}</title>
<style>${style}</style>
</head>
<body>
<h1>${escape(report.workflow_name)}</h1>
<p><strong class="${classOf(report.status)}">${escape(report.status)}</strong>, run <code>${escape(report.run_id)}</code>,
from ${escape(report.created_at)}${escape(ended)}${report.total_duration_min === null ? '' : `, ${time(report.total_duration_min)}`}</p>
<h2>Tasks</h2>
<table>
<thead><tr><th>task</th><th>workstream</th><th>tool</th><th>state</th><th>time</th><th>attempts</th><th>tokens</th><th>cost</th></tr></thead>
<tbody>
${report.nodes.map(row).join('\n')}
</tbody>
</table>
${timeline(report.nodes)}
${problems(report.nodes)}
<h2>Cost</h2>
<p>${usd(cost.total_used_usd)}${cost.budget_usd === null ? ', no budget' : ` of ${usd(cost.budget_usd)} (${cost.utilization_pct ?? 0} %)`}</p>
<ul>${Object.entries(cost.breakdown)
    .map(([tool, amount]) => `<li>${escape(tool)}: ${usd(amount)}</li>`)
    .join('')}</ul>
<h2>Time</h2>
<p>One after the other ${time(efficiency.sequential_time_estimate_min)}, really ${time(efficiency.actual_parallel_time_min)},
at least ${time(efficiency.lower_bound_min)}${share}. ${escape(efficiency.note)}</p>
<h2>Landing</h2>
<p>${merge.branches_merged} landed, ${merge.merge_conflicts} conflicted;
${merge.pre_merge_checks_passed} of ${merge.pre_merge_checks_run} check runs passed.</p>
</body>
</html>
`
}

const style = `
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif }
body { max-width: 70rem; margin: 2rem auto; padding: 0 1rem }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; padding: .25rem .6rem; border-bottom: 1px solid #8884; vertical-align: top }
td:nth-child(n+5) { font-variant-numeric: tabular-nums }
.good { color: #187a33 } .bad { color: #c0262d } .other { color: #8a6100 }
@media (prefers-color-scheme: dark) { .good { color: #5fce7d } .bad { color: #ff8a8a } .other { color: #e0b64c } }
svg { width: 100%; height: auto; font: 11px system-ui, sans-serif; fill: currentColor }
rect.good { fill: #3a9d57 } rect.bad { fill: #d1494f } rect.other { fill: #b78a24 }
`

function row(node: Node): string {
  const name = node.label === null ? node.node_id : `${node.node_id}: ${node.label}`
  const cells = [
    escape(name),
    escape(node.workstream_id),
    escape(node.tool ?? '–'),
    `<span class="${classOf(node.status)}">${escape(node.status)}</span>`,
    time(node.duration_min),
    `${node.attempts}`,
    `${node.tokens_used}`,
    usd(node.cost_usd),
  ]
  return `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`
}

/** When each task began and ended, as bars on one axis; nothing where no task has. */
function timeline(nodes: readonly Node[]): string {
  const bars = nodes.flatMap((node) => {
    const [from, to] = [fromIsoTime(node.start_time), fromIsoTime(node.end_time)]
    return from === undefined || to === undefined ? [] : [{ node, from, to }]
  })
  if (bars.length === 0) return ''
  const first = Math.min(...bars.map(({ from }) => from))
  const whole = Math.max(1, ...bars.map(({ to }) => to - first))
  const x = (at: number) => 200 + Math.round(((at - first) / whole) * 780)
  const drawn = bars.map(({ node, from, to }, index) => {
    const y = index * 20
    const what = `${node.node_id}: ${node.status}, ${time(node.duration_min)}`
    return `<g><title>${escape(what)}</title><text x="0" y="${y + 14}">${escape(shortened(node.node_id))}</text><rect class="${classOf(node.status)}" x="${x(from)}" y="${y + 3}" width="${Math.max(2, x(to) - x(from))}" height="14" rx="2"/></g>`
  })
  return `<h2>When</h2>
<svg viewBox="0 0 1000 ${bars.length * 20}" role="img" aria-label="when each task ran">${drawn.join('')}</svg>`
}

function shortened(text: string): string {
  return text.length > 28 ? `${text.slice(0, 27)}…` : text
}

function problems(nodes: readonly Node[]): string {
  const said = nodes.flatMap(({ node_id: id, error }) =>
    error === undefined ? [] : [`<li>${escape(id)} ${escape(error)}</li>`],
  )
  return said.length === 0 ? '' : `<h2>What went wrong</h2>\n<ul>${said.join('')}</ul>`
}

function classOf(status: string): string {
  if (status === 'SUCCEEDED' || status === 'COMPLETED') return 'good'
  return status === 'FAILED' || status === 'QUARANTINED' ? 'bad' : 'other'
}

function time(min: number | null): string {
  if (min === null) return '–'
  return min < 1 ? `${Math.round(min * 600) / 10} s` : `${Math.round(min * 10) / 10} min`
}

function usd(amount: number): string {
  return `$${amount.toFixed(amount !== 0 && Math.abs(amount) < 0.01 ? 4 : 2)}`
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escape(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? '')
}
