/** What some work's streams, their subjects and its bucket are called on a server. */
export const workNames = (id: string): WorkNames => ({
  tasks: `panoptes-work-${id}-tasks`,
  results: `panoptes-work-${id}-results`,
  files: `panoptes-work-${id}`,
  job: `panoptes.work.${id}.job`,
  workers: `panoptes.work.${id}.workers`,
  taskSubject: (key) => `panoptes.work.${id}.tasks.${key}`,
  resultSubject: (key) => `panoptes.work.${id}.results.${key}`,
});

/** The names of all that belongs to some work. */
export interface WorkNames {
  /** Of the stream that has what is still to be done, */
  readonly tasks: string;
  /** of the one that says what it is, and has what came of it, */
  readonly results: string;
  /** and of the object bucket with what it takes. */
  readonly files: string;
  /** The subject on which it is said what the work is. */
  readonly job: string;
  /** The subject on which workers say how they are; no stream keeps that. */
  readonly workers: string;
  readonly taskSubject: (key: number | '*') => string;
  readonly resultSubject: (key: number | '*') => string;
}

/** The subject of all tasks of all work. */
export const allTasks = 'panoptes.work.*.tasks.*';

/** What is called `panoptes-work-<id>-tasks`, by its id. */
export const workOfTasks = (stream: string): string | undefined =>
  /^panoptes-work-([0-9a-f]{32})-tasks$/.exec(stream)?.[1];

/** The key of a task, of its own subject or that of its result. */
export function keyOf(subject: string): number | undefined {
  const [key] = /\d{1,9}$/.exec(subject) ?? [];
  return key === undefined ? undefined : Number(key);
}

/** All of them work of one consumer, which gives each task to one of them. */
export const workersConsumer = 'workers';

/** Says of a task how many workers were lost that had it before it was given back. */
export const lostHeader = 'Panoptes-Lost';
