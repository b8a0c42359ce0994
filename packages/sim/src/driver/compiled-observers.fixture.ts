import { openRegistry } from './open-registry.js';
import type { OpenRegistry } from './registry-port.js';

/** Opens a real registry: it is compiled, and loads the compiled forms of this package's observers. */
export const openWithCompiled: OpenRegistry = async (options) => {
  const registry = await openRegistry(options);
  const register = registry.registerObserver.bind(registry);
  registry.registerObserver = ({ module, ...how }) =>
    register({ ...how, module: new URL(module.href.replace('/src/', '/dist/')) });
  return registry;
};
