import { type Context, type ContextManager, ROOT_CONTEXT } from '@opentelemetry/api';

/** Keeps what is active while a function runs, and no longer. */
export class SyncContexts implements ContextManager {
  #active: Context = ROOT_CONTEXT;

  active(): Context {
    return this.#active;
  }

  with<Given extends unknown[], Task extends (...given: Given) => ReturnType<Task>>(
    active: Context,
    task: Task,
    self?: ThisParameterType<Task>,
    ...given: Given
  ): ReturnType<Task> {
    const before = this.#active;
    this.#active = active;
    try {
      return task.call(self, ...given);
    } finally {
      this.#active = before;
    }
  }

  bind<Target>(_: Context, target: Target): Target {
    return target;
  }

  enable(): this {
    return this;
  }

  disable(): this {
    this.#active = ROOT_CONTEXT;
    return this;
  }
}
