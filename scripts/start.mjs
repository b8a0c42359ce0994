// What `npm start` runs: a network whose figures were measured. It takes what `panoptes run` takes.
import { argv, stderr } from 'node:process';

const isWatched = argv.some((word) => /^--(?:dashboard|quiet)\b/.test(word));
// Like a progress bar, this is for people: where nobody looks it is not there.
if (stderr.isTTY && !isWatched) {
  stderr.write('to see it in a browser while it runs: npm start -- --dashboard\n');
}
argv.splice(2, 0, 'run', 'skype-superpeers');
await import('../packages/sim/bin/panoptes.js');
