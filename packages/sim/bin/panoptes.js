#!/usr/bin/env node
import { existsSync } from 'node:fs';

// A reader that has seen enough, as in `panoptes … | head`, changes nothing of how the command ends;
// nor does a terminal that was closed. Whatever else keeps it from being read is a failure.
let failure;
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error) => {
    const isGone = error.code === 'EPIPE' || (error.code === 'EIO' && stream.isTTY);
    if (!isGone && stream === process.stdout) failure ??= error;
  });
}

const cli = new URL('../lib/cli.js', import.meta.url);
if (existsSync(cli)) {
  const { main } = await import(cli.href);
  process.exitCode = await main(process.argv.slice(2));
  process.on('beforeExit', () => {
    if (failure === undefined) return;
    console.error(`panoptes: standard output cannot be written: ${failure.message}`);
    failure = undefined;
    process.exitCode ||= 1;
  });
} else {
  console.error(
    'panoptes: not built yet. Run "npm run setup" at the root of the repository first.',
  );
  process.exitCode = 2;
}
