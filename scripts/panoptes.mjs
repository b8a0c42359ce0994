// Runs the command for `npm run`, which starts scripts in the checkout: files that the user names are
// where the user is.
import { env } from 'node:process';

if (env.INIT_CWD !== undefined) process.chdir(env.INIT_CWD);
await import('../packages/sim/bin/panoptes.js');
