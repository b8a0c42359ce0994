#!/usr/bin/env node
import { existsSync } from 'node:fs';

// A reader that has seen enough, as in `panoptes … | head`, ends the run without a word.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit();
  });
}

const cli = new URL('../dist/cli.js', import.meta.url);
if (existsSync(cli)) {
  const { main } = await import(cli.href);
  process.exitCode = await main(process.argv.slice(2));
} else {
  console.error(
    'panoptes: not built yet. Run "npm run setup" at the root of the repository first.',
  );
  process.exitCode = 2;
}
