export { benchCommands } from './commands/bench-commands.js';
export type { BenchDocument, BenchRow, SuiteName } from './bench-document.js';
export type { MatrixDocument, MatrixOutcome, MatrixRow } from './fault-matrix/matrix-document.js';
