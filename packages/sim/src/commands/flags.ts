import { Option } from 'commander';
import { type FaultRequest, parseFaultRequest } from '../faults/injection/fault-request.js';
import { builtInObservers, parseObserverList } from '../observers/observer-list.js';
import { parseSpeed } from '../time/speed.js';

/** `--observers`, for each command that plays churn. */
export const observersFlag = (): Option =>
  new Option('--observers <list>', 'which observers follow, as in kademlia,mesh*4')
    .argParser(parseObserverList)
    .default(parseObserverList(builtInObservers.join(',')), builtInObservers.join(','));

/** `--speed`, for each command that plays churn. */
export const speedFlag = (): Option =>
  new Option('--speed <speed>', 'max, or virtual seconds in a real one, such as 60x')
    .argParser(parseSpeed)
    .default(parseSpeed('max'), 'max');

/** `--fault`, for each command that plays churn; may be given several times. */
export const faultFlag = (): Option =>
  new Option(
    '--fault <fault[:observer][@time]>',
    'an observer misbehaves (see: panoptes faults), such as loop:mesh@2h, or all, such as chaos@5m',
  )
    .argParser((text: string, given: readonly FaultRequest[]) => [
      ...given,
      parseFaultRequest(text),
    ])
    .default([], 'nobody');

/** `--record`, for each command that plays churn. */
export const recordFlag = (): Option =>
  new Option('--record <file>', 'put down what every observer sees, for panoptes check');
