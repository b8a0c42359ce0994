import { systemClock } from '@panoptes/core';
import { faultNamed } from '@panoptes/testkit';
import { Testbed } from './testbed.js';
import { FaultTrial } from './fault-trial.js';

/*
 * The process in which a fault is tried that may take it down. It is told which, and upserts a
 * second; it sends one row and waits to be killed, and never outlives who started it.
 */
const die = (): boolean => process.kill(process.pid, 'SIGKILL');
process.once('disconnect', die);
// It may have happened while the modules were loaded.
if (!process.connected) die();

const [name, rate] = process.argv.slice(2);
const testbed = await Testbed.open({ host: 'thread', rate: Number(rate), clock: systemClock });
const row = await new FaultTrial(testbed, name!, faultNamed(name!, 'fault')).run();
process.send!(row);
