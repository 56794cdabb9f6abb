// A process that logs a line and exits before the line can be written.
import { createLogger } from '../../src/logging/logger'

const logger = createLogger('info')
for (let line = 0; line < 50; line++) logger.info({ line }, 'said')
process.exit(3)
