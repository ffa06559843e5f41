/** The file of an attempt at a task, in the folder of its run. */
export function logName(task: string, attempt: number): string {
  return attempt === 1 ? `${task}.log` : `${task}.${attempt}.log`
}
