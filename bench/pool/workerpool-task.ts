import workerpool from 'workerpool'
import echo from './echo-task.ts'

workerpool.worker({ echo })
