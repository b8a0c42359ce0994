import type { ObserverHandle } from './observer-handle.js';
import type { ObserverSpec } from './observer-terms.js';
import { type Script, Stage } from './scripted-host.fixture.js';

/**
 * Makes an observer that is live, on a stage of its own.
 *
 * @param script - of its first incarnation; those after it do what they should
 */
export async function live(
  options: ConstructorParameters<typeof Stage>[0] = {},
  spec: Partial<ObserverSpec> = {},
  script: Script = {},
): Promise<{ stage: Stage; handle: ObserverHandle }> {
  const stage = new Stage(options);
  stage.script = script;
  const handle = await stage.supervisor.register(stage.spec('a', spec));
  stage.script = {};
  return { stage, handle };
}
